"""The arguments of each child of an agent: from its spec, and from the children that come before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from pulumi import Input, Output

from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.agent.targets import Target
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.identity.access import AccessArgs
from pulumi_sre_agent.identity.identity import Identity, IdentityArgs
from pulumi_sre_agent.monitoring.alerts import AlertsArgs
from pulumi_sre_agent.monitoring.dashboard import DashboardArgs
from pulumi_sre_agent.monitoring.diagnostics import DiagnosticSettingArgs
from pulumi_sre_agent.monitoring.spend import SpendArgs
from pulumi_sre_agent.monitoring.telemetry import Telemetry, TelemetryArgs
from pulumi_sre_agent.network.network import THROUGH_SUBNET, Network, NetworkArgs, mode_of
from pulumi_sre_agent.schema.outputs import lift
from pulumi_sre_agent.schema.validation import get_path
from pulumi_sre_agent.webhook_bridge import WebhookBridgeArgs

HIDDEN_LINK = "hidden-link: /app-insights-resource-id"
"""Tag by which the Azure portal finds an agent's Application Insights.

See docs/reference/control-plane.md#identity.
"""
OWN_SUBSCRIPTION = "subscription"
"""Name of the agent's own subscription among those whose alerts it works on."""


class DeploymentScope(NamedTuple):
    """Where the agent and what is made for it lie."""

    group: Input[str]
    """Name of the resource group."""
    group_id: Input[str]
    subscription: Input[str]


def placement(spec: AgentSpec, scope: DeploymentScope) -> dict[str, Any]:
    """Return where a new child lies and how it is tagged, as part of its arguments."""
    return {"resource_group_name": scope.group, "location": spec.location, "tags": spec.tags}


def identity_args(spec: AgentSpec, scope: DeploymentScope) -> IdentityArgs:
    if spec.identity_ids:
        return {"existing_id": spec.identity_ids[0]}
    args = {
        **placement(spec, scope),
        "identity_name": lift("id-{}".format, spec.name),
        "federated_credentials": spec.args.get("federated_credentials", {}),
    }
    return cast("IdentityArgs", args)


def telemetry_args(spec: AgentSpec, scope: DeploymentScope) -> TelemetryArgs:
    if spec.app_insights_id:
        return {"existing_app_insights_id": spec.app_insights_id}
    args = {
        **placement(spec, scope),
        "app_insights_name": lift("appi-{}".format, spec.name),
        "workspace_name": lift("log-{}".format, spec.name),
    }
    if "existing_workspace_id" in spec.args:
        args["existing_workspace_id"] = spec.args["existing_workspace_id"]
    return cast("TelemetryArgs", args)


def network_args(spec: AgentSpec, scope: DeploymentScope) -> NetworkArgs | None:
    """Return None where the agent's own arguments say all there is to say."""
    options = spec.args.get("network")
    if options is None:
        subnet = get_path(spec.arguments, "vnet_configuration", "subnet_resource_id")
        egress = get_path(spec.arguments, "sandbox_configuration", "egress")
        if not isinstance(subnet, str) or not isinstance(egress, Mapping):
            return None
        args = {"egress": egress, "existing_subnet_id": subnet, "location": spec.location}
        return cast("NetworkArgs", args)
    if mode_of(options) != THROUGH_SUBNET:
        return options
    if "existing_subnet_id" in options:
        return {"location": spec.location, **options}
    defaults = {
        **placement(spec, scope),
        "virtual_network_name": lift("vnet-{}".format, spec.name),
        "network_security_group_name": lift("nsg-{}".format, spec.name),
        "nat_gateway_name": lift("ng-{}".format, spec.name),
        "public_ip_address_name": lift("pip-{}".format, spec.name),
    }
    return cast("NetworkArgs", {**defaults, **options})


def access_args(
    spec: AgentSpec, scope: DeploymentScope, identity: Identity, targets: Mapping[str, Input[str]]
) -> AccessArgs:
    """Return what the identity that the agent acts as may do in Azure."""
    return {
        "principal_id": identity.principal_id,
        "access_level": spec.access_level,
        "targets": targets,
        "home_id": scope.group_id,
        "alert_subscriptions": dict(alert_subscriptions(spec, scope)),
        "former_names": former_names(spec),
        "extra_roles": spec.extra_roles,
    }


def alert_subscriptions(spec: AgentSpec, scope: DeploymentScope) -> Iterator[tuple[str, Input[str]]]:
    """Yield the subscriptions whose alerts the agent works on: by default those of what it watches."""
    if "alert_subscriptions" in spec.args:
        yield from spec.args["alert_subscriptions"].items()
    elif spec.on_azure_monitor:
        if any(is_own(spec, target) for target in spec.targets):
            yield OWN_SUBSCRIPTION, Output.format("/subscriptions/{}", scope.subscription)
        for target in spec.targets:
            if not is_own(spec, target):
                subscription = ArmId(target.text or "").subscription_id
                yield subscription.lower(), str(ArmId.scope(subscription))


def is_own(spec: AgentSpec, target: Target) -> bool:
    """Tell whether a target lies in the agent's subscription, as far as that is known."""
    if target.text is None or target.is_group_name:
        return True
    return ArmId(target.text).subscription_id.lower() == (spec.subscription or "").lower()


def former_names(spec: AgentSpec) -> dict[str, str]:
    """Return what roles on targets and alerts were called by in release 0.1.0: what the program said."""
    texts = [target.text or "" for target in spec.targets]
    subscriptions = {each.lower(): each for each in (ArmId(text).subscription_id for text in texts)}
    names = {target.name: target.former_name for target in spec.targets}
    return {now: former for now, former in {**subscriptions, **names}.items() if former and former != now}


def people_args(spec: AgentSpec, agent_id: Input[str]) -> AccessArgs | None:
    """Return what people may do with the agent; None where nobody is named."""
    return {**spec.people, "agent_id": agent_id} if any(spec.people.values()) else None


def agent_args(
    spec: AgentSpec,
    scope: DeploymentScope,
    identity: Identity,
    telemetry: Telemetry,
    network: Network | None,
    targets: Sequence[Input[str]],
) -> dict[str, Any]:
    """Return the agent's own arguments: its identities, telemetry, network, what it watches."""
    configurations = {}
    if network:
        sandbox = _joined(spec.arguments.get("sandbox_configuration", {}), network.sandbox_configuration)
        configurations = {"vnet_configuration": network.vnet_configuration, "sandbox_configuration": sandbox}
    return {
        **spec.arguments,
        **configurations,
        "resource_group_name": scope.group,
        "subscription_id": scope.subscription,
        "tags": _joined(spec.tags, {HIDDEN_LINK: telemetry.app_insights_id}),
        "identity": {
            "type": "SystemAssigned, UserAssigned" if spec.system_assigned else "UserAssigned",
            "user_assigned_identities": [identity.identity_id, *spec.identity_ids[1:]],
        },
        "action_configuration": {
            **spec.arguments["action_configuration"],
            "identity": identity.identity_id,
        },
        "knowledge_graph_configuration": {
            "identity": identity.identity_id,
            "managed_resources": targets,
        },
        "log_configuration": {
            "application_insights_configuration": {
                "app_id": telemetry.app_id,
                "connection_string": telemetry.connection_string,
            }
        },
    }


def diagnostic_settings(spec: AgentSpec, workspace_id: Input[Any]) -> Iterator[DiagnosticSettingArgs]:
    """Yield the settings; what names no destination sends to the workspace of the agent's telemetry."""
    for setting in spec.args.get("diagnostic_settings", ()):
        if any(name.endswith("_resource_id") for name in setting):
            yield setting
        else:
            yield {**setting, "workspace_resource_id": workspace_id}


def webhook_bridge_args(
    spec: AgentSpec, scope: DeploymentScope, agent_id: Input[str], trigger_urls: Mapping[str, Input[str]]
) -> WebhookBridgeArgs | None:
    if spec.webhook_bridge is None:
        return None
    options = {**spec.webhook_bridge}
    if "trigger" in options:
        options["trigger_url"] = trigger_urls[options.pop("trigger")]
    defaults = {**placement(spec, scope), "workflow_name": lift("logic-{}".format, spec.name)}
    return cast("WebhookBridgeArgs", {**defaults, **options, "agent_id": agent_id})


def alerts_args(
    spec: AgentSpec,
    scope: DeploymentScope,
    targets: Mapping[str, Input[str]],
    callback_url: Input[str] | None,
) -> AlertsArgs | None:
    """Tell the webhook bridge too, by its URL, where the agent does not look for alerts by itself."""
    if not spec.wants_alerts:
        return None
    options = _without_enabled(spec.args.get("alerts", {}))
    bridge = {} if spec.on_azure_monitor or callback_url is None else {"agent": callback_url}
    defaults: dict[str, Any] = {
        "resource_group_name": scope.group,
        "action_group_name": lift("ag-{}".format, spec.name),
        "health_scopes": [targets[each.name] for each in spec.targets if _has_health(spec, each)],
        "tags": spec.tags,
    }
    return cast("AlertsArgs", {**defaults, **options, "webhooks": {**bridge, **options.get("webhooks", {})}})


def _has_health(spec: AgentSpec, target: Target) -> bool:
    """Tell whether a rule of the agent's subscription can watch a target's health, as far as is known."""
    is_known = target.text is not None and not target.is_group_name
    return is_own(spec, target) and (not is_known or bool(ArmId(target.text or "").resource_group))


def dashboard_args(
    spec: AgentSpec, scope: DeploymentScope, app_insights_id: Input[str]
) -> DashboardArgs | None:
    if not spec.wants_dashboard:
        return None
    defaults = {
        **placement(spec, scope),
        "app_insights_id": app_insights_id,
        "display_name": lift("Incidents of {}".format, spec.name),
    }
    return cast("DashboardArgs", {**defaults, **_without_enabled(spec.args.get("dashboard", {}))})


def spend_args(
    spec: AgentSpec,
    scope: DeploymentScope,
    app_insights_id: Input[str],
    agent_id: Input[str],
    action_group_id: Input[str] | None,
) -> SpendArgs | None:
    """Tell whom the alerts tell of the limit too."""
    if spec.unit_limit is None:
        return None
    options = _without_enabled(spec.args.get("spend", {}))
    defaults: dict[str, Any] = {
        **placement(spec, scope),
        "monthly_unit_limit": spec.unit_limit,
        "app_insights_id": app_insights_id,
    }
    if action_group_id is not None:
        defaults["action_group_id"] = action_group_id
    if "budget" in options:
        defaults |= {"budget_scope": scope.group_id, "agent_id": agent_id}
    return cast("SpendArgs", {**defaults, **options})


def _joined(options: Input[Mapping[str, Any]], more: Mapping[str, Any]) -> Input[Mapping[str, Any]]:
    """Lay members over those of what may be an output."""
    if isinstance(options, Mapping):
        return {**options, **more}
    return Output.all(options, more).apply(lambda both: {**both[0], **both[1]})


def _without_enabled(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "enabled"}

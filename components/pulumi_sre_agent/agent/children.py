"""What each part around an agent is given: from the plan, and from the parts that come before it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from pulumi import Input, Output

from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.identity import identity as identities
from pulumi_sre_agent.identity.access import AccessArgs
from pulumi_sre_agent.identity.identity import Identity, IdentityArgs
from pulumi_sre_agent.lock import check_kind
from pulumi_sre_agent.monitoring import spend as spends
from pulumi_sre_agent.monitoring.alerts import AlertsArgs, adjusted_rules
from pulumi_sre_agent.monitoring.dashboard import DashboardArgs
from pulumi_sre_agent.monitoring.diagnostics import DiagnosticSettingArgs, named
from pulumi_sre_agent.monitoring.spend import SpendArgs
from pulumi_sre_agent.monitoring.telemetry import Telemetry, TelemetryArgs
from pulumi_sre_agent.network import network as networks
from pulumi_sre_agent.network.network import THROUGH_SUBNET, Network, NetworkArgs, mode_of
from pulumi_sre_agent.webhook_bridge import WebhookBridgeArgs

HIDDEN_LINK = "hidden-link: /app-insights-resource-id"
"""Tag by which the Azure portal finds an agent's Application Insights (api.md A.4)."""
OWN = "subscription"
"""What the agent's own subscription is called among those whose alerts it works on."""


class DeploymentScope(NamedTuple):
    """Where the agent and what is made for it lie."""

    group: Input[str]
    """Name of the resource group."""
    group_id: Input[str]
    subscription: Input[str]


def check(plan: AgentSpec) -> None:
    """Refuse what the parts would refuse, before any of them is registered. Raises `pulumi.RunError`."""
    nowhere = DeploymentScope("", "", "")
    identities.check(identity(plan, nowhere))
    if reach := network(plan, nowhere):
        networks.check(reach)
    if "lock" in plan.args:
        check_kind(plan.args["lock"]["kind"])
    for _ in named([*diagnostic_settings(plan, "")]):
        pass
    if rules := alerts(plan, nowhere, {}, None):
        for _ in adjusted_rules(rules):
            pass
    if limit := spend(plan, nowhere, "", "", "" if plan.wants_alerts else None):
        spends.check(limit)


def identity(plan: AgentSpec, place: DeploymentScope) -> IdentityArgs:
    trusted: IdentityArgs = {"federated_credentials": plan.args.get("federated_credentials", {})}
    if plan.identity_ids:
        return {**trusted, "existing_id": plan.identity_ids[0]}
    return {
        **trusted,
        "identity_name": f"id-{plan.name}",
        "resource_group_name": place.group,
        "location": plan.location,
        "tags": plan.tags,
    }


def telemetry(plan: AgentSpec, place: DeploymentScope) -> TelemetryArgs:
    if plan.app_insights_id:
        return {"existing_app_insights_id": plan.app_insights_id}
    made: TelemetryArgs = {
        "app_insights_name": f"appi-{plan.name}",
        "workspace_name": f"log-{plan.name}",
        "resource_group_name": place.group,
        "location": plan.location,
        "tags": plan.tags,
    }
    if "existing_workspace_id" in plan.args:
        made["existing_workspace_id"] = plan.args["existing_workspace_id"]
    return made


def network(plan: AgentSpec, place: DeploymentScope) -> NetworkArgs | None:
    """Return what the network is to be; None where the agent's own arguments say all there is to say."""
    wanted = plan.args.get("network")
    if wanted is None:
        subnet = plan.arguments.get("vnet_configuration", {}).get("subnet_resource_id")
        if not isinstance(subnet, str):
            return None
        egress = plan.arguments["sandbox_configuration"]["egress"]
        return {"egress": egress, "existing_subnet_id": subnet, "location": plan.location}
    if mode_of(wanted) != THROUGH_SUBNET:
        return wanted
    if "existing_subnet_id" in wanted:
        return {"location": plan.location, **wanted}
    named: NetworkArgs = {
        "resource_group_name": place.group,
        "location": plan.location,
        "tags": plan.tags,
        "virtual_network_name": f"vnet-{plan.name}",
        "network_security_group_name": f"nsg-{plan.name}",
        "nat_gateway_name": f"ng-{plan.name}",
        "public_ip_address_name": f"pip-{plan.name}",
    }
    return {**named, **wanted}


def is_new(reach: NetworkArgs | None) -> bool:
    """Tell whether a network is one with an address of its own."""
    return reach is not None and mode_of(reach) == THROUGH_SUBNET and "existing_subnet_id" not in reach


def access(
    plan: AgentSpec, place: DeploymentScope, identity: Identity, targets: Mapping[str, Input[str]]
) -> AccessArgs:
    """Return what the identity that the agent acts as may do in Azure."""
    return {
        "principal_id": identity.principal_id,
        "access_level": plan.access_level,
        "targets": targets,
        "home_id": place.group_id,
        "alert_subscriptions": dict(alert_subscriptions(plan, place)),
        "extra_roles": plan.extra_roles,
    }


def alert_subscriptions(plan: AgentSpec, place: DeploymentScope) -> Iterator[tuple[str, Input[str]]]:
    """Yield the subscriptions whose alerts the agent works on: by default those of what it watches."""
    if "alert_subscriptions" in plan.args:
        yield from plan.args["alert_subscriptions"].items()
    elif plan.on_azure_monitor:
        theirs = dict.fromkeys(
            ArmId(target).subscription_id for target in plan.targets if target.startswith("/")
        )
        if any(is_own(plan, target) for target in plan.targets):
            yield OWN, Output.format("/subscriptions/{}", place.subscription)
        yield from ((other, f"/subscriptions/{other}") for other in theirs if other != plan.subscription)


def is_own(plan: AgentSpec, target: str) -> bool:
    """Tell whether a target lies in the agent's subscription, as far as that is known."""
    return not target.startswith("/") or ArmId(target).subscription_id == plan.subscription


def people(plan: AgentSpec, agent_id: Input[str]) -> AccessArgs | None:
    """Return what people may do with the agent; None where nobody is named."""
    return {**plan.people, "agent_id": agent_id} if any(plan.people.values()) else None


def agent(
    plan: AgentSpec,
    place: DeploymentScope,
    identity: Identity,
    telemetry: Telemetry,
    network: Network | None,
    targets: Sequence[Input[str]],
) -> dict[str, Any]:
    """Return the agent's own arguments: its identities (api.md A.4), telemetry, network, what it watches."""
    others = plan.identity_ids[1:]
    reach = {}
    if network:
        sandbox = {**plan.arguments.get("sandbox_configuration", {}), **network.sandbox_configuration}
        reach = {"vnet_configuration": network.vnet_configuration, "sandbox_configuration": sandbox}
    return {
        **plan.arguments,
        **reach,
        "resource_group_name": place.group,
        "subscription_id": place.subscription,
        "tags": {**plan.tags, HIDDEN_LINK: telemetry.app_insights_id},
        "identity": {
            "type": "SystemAssigned, UserAssigned" if plan.system_assigned else "UserAssigned",
            "user_assigned_identities": [identity.identity_id, *others],
        },
        "action_configuration": {
            **plan.arguments["action_configuration"],
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


def diagnostic_settings(plan: AgentSpec, workspace_id: Input[Any]) -> Iterator[DiagnosticSettingArgs]:
    """Yield the settings; what names no place sends to the workspace of the agent's telemetry."""
    for setting in plan.args.get("diagnostic_settings", ()):
        if any(name.endswith("_resource_id") for name in setting):
            yield setting
        else:
            yield {**setting, "workspace_resource_id": workspace_id}


def webhook_bridge(
    plan: AgentSpec, place: DeploymentScope, agent_id: Input[str], trigger_urls: Mapping[str, Input[str]]
) -> WebhookBridgeArgs | None:
    if plan.webhook_bridge is None:
        return None
    wanted = {**plan.webhook_bridge}
    if "trigger" in wanted:
        wanted["trigger_url"] = trigger_urls[wanted.pop("trigger")]
    made = {
        "workflow_name": f"logic-{plan.name}",
        "resource_group_name": place.group,
        "location": plan.location,
        "tags": plan.tags,
    }
    return cast("WebhookBridgeArgs", {**made, **wanted, "agent_id": agent_id})


def alerts(
    plan: AgentSpec,
    place: DeploymentScope,
    targets: Mapping[str, Input[str]],
    callback_url: Input[str] | None,
) -> AlertsArgs | None:
    """Return what alerts are to be; the webhook bridge is told where the agent does not look by itself."""
    if not plan.wants_alerts:
        return None
    wanted = _without_enabled(plan.args.get("alerts", {}))
    told = {} if plan.on_azure_monitor or callback_url is None else {"agent": callback_url}
    made = {
        "resource_group_name": place.group,
        "action_group_name": f"ag-{plan.name}",
        "health_scopes": [scope for target, scope in targets.items() if _has_health(plan, target)],
        "tags": plan.tags,
    }
    return cast("AlertsArgs", {**made, **wanted, "webhooks": {**told, **wanted.get("webhooks", {})}})


def _has_health(plan: AgentSpec, target: str) -> bool:
    """Tell whether a rule of the agent's subscription can watch a target's health."""
    return is_own(plan, target) and (not target.startswith("/") or bool(ArmId(target).resource_group))


def dashboard(plan: AgentSpec, place: DeploymentScope, app_insights_id: Input[str]) -> DashboardArgs | None:
    if not plan.wants_dashboard:
        return None
    made = {
        "app_insights_id": app_insights_id,
        "resource_group_name": place.group,
        "location": plan.location,
        "display_name": f"Incidents of {plan.name}",
        "tags": plan.tags,
    }
    return cast("DashboardArgs", {**made, **_without_enabled(plan.args.get("dashboard", {}))})


def spend(
    plan: AgentSpec,
    place: DeploymentScope,
    app_insights_id: Input[str],
    agent_id: Input[str],
    action_group_id: Input[str] | None,
) -> SpendArgs | None:
    """Return what warns of the limit; it tells whom the alerts tell."""
    if plan.unit_limit is None:
        return None
    wanted = _without_enabled(plan.args.get("spend", {}))
    told = {} if action_group_id is None else {"action_group_id": action_group_id}
    billed = {"budget_scope": place.group_id, "agent_id": agent_id} if "budget" in wanted else {}
    made = {
        "monthly_unit_limit": plan.unit_limit,
        "app_insights_id": app_insights_id,
        "resource_group_name": place.group,
        "location": plan.location,
        "tags": plan.tags,
    }
    return cast("SpendArgs", {**made, **told, **billed, **wanted})


def _without_enabled(wishes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wishes.items() if name != "enabled"}

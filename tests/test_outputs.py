"""Outputs as arguments of components: taken where the type says `Input`, else refused in a sentence."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.directory import AgentDirectory
from pulumi_sre_agent.directory.formats.agent_file import AgentSettings
from pulumi_sre_agent.schema.validation import format_path
from support.agents import ADA, AGENT_ID, HOME, IDENTITY_ID, OPTIONS, SMALL
from support.arguments import Path, arguments, at, paths, replaced, spelled, takes_output
from support.mocks import COMPUTED, SUBSCRIPTION, Json, Made, Registered, run
from support.networks import NEW_NETWORK

PROVIDERS = f"{HOME}/providers"
INSIGHTS = f"{PROVIDERS}/microsoft.insights/components/appi"
WORKSPACE = f"{PROVIDERS}/Microsoft.OperationalInsights/workspaces/log"
SUBNET = f"{PROVIDERS}/Microsoft.Network/virtualNetworks/vnet/subnets/agent"
GROUP = f"{PROVIDERS}/microsoft.insights/actionGroups/ag"
SUBNET_TYPE, NETWORK_TYPE = "azure-native:network:Subnet", "azure-native:network:VirtualNetwork"
PLACE: Json = {"resource_group_name": "rg-oncall", "location": "swedencentral", "tags": {"team": "a"}}
ADDRESS: Json = {"address_prefix": "10.0.0.0/24", "subnet_name": "agent", "subnet_prefix": "10.0.0.0/27"}
RULE: Json = {"enabled": True, "threshold": 9, "severity": 1, "window": "PT5M", "frequency": "PT1M"}
EGRESS: Json = {
    "mode": "Limited",
    "allow_http_mcp_server_network_access": True,
    "allowed_hosts": ["api.contoso.com"],
    "exact_allowed_hosts": False,
    "allowed_registries": ["pypi"],
    "allowed_code_repositories": ["Github"],
    "http_proxy": {"http_url": "http://10.0.0.4:8080"},
    "vnet_configuration": {"use_private_dns_resolution": True},
}
DIAGNOSTICS: Json = {
    "name": "logs",
    "workspace_resource_id": WORKSPACE,
    "storage_account_resource_id": f"{PROVIDERS}/Microsoft.Storage/storageAccounts/logs",
    "event_hub_authorization_rule_resource_id": f"{PROVIDERS}/Microsoft.EventHub/namespaces/n/x/y",
    "event_hub_name": "logs",
    "marketplace_partner_resource_id": f"{PROVIDERS}/Contoso.Logs/monitors/m",
    "log_analytics_destination_type": "Dedicated",
    "log_groups": ["audit"],
    "log_categories": ["a"],
    "metric_categories": ["AllMetrics"],
}
NEW: Json = {**NEW_NETWORK, **ADDRESS, "outbound_ports": ["22"], "private_dns_zones": ["a.example.com"]}
ALERTS: Json = {
    "app_insights": {"shop": INSIGHTS},
    **dict.fromkeys(("failed_requests", "exceptions", "response_time"), RULE),
    "health_scopes": [HOME],
    "action_group_name": "ag",
    "short_name": "sre",
    "emails": {"duty": "duty@contoso.com"},
    "webhooks": {"bridge": "https://contoso.com"},
    "tags": {"team": "a"},
}
SPEND: Json = {
    "location": "swedencentral",
    "share": 0.5,
    "severity": 2,
    "action_group_id": GROUP,
    "budget": 50,
    "budget_scope": HOME,
    "tags": {"team": "a"},
}
ROLES: Json = {
    "extra_roles": {"pull": {"role": "AcrPull", "scope": HOME}},
    "people": [{"principal_id": ADA, "role": "SRE Agent Reader", "principal_type": "Group"}],
    "role_assignments": [
        {"principal_id": ADA, "role_definition_id_or_name": "Owner", "principal_type": "Group"}
    ],
}
TRUSTED: Json = {"main": {"issuer": "https://i.contoso.com", "subject": "main", "audience": "api://a"}}
AGENT: Json = {
    **SMALL,
    **OPTIONS,
    **ROLES,
    "tags": {"team": "a"},
    "existing_resource_group": False,
    "subscription_id": SUBSCRIPTION,
    "protect": False,
    "lock": {"kind": "CanNotDelete", "name": "lock", "notes": "Ask Ada."},
    "access_level": "High",
    "action_mode": "Review",
    "targets": ["rg-shop", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"],
    "make_targets": False,
    "alert_subscriptions": {"own": f"/subscriptions/{SUBSCRIPTION}"},
    "federated_credentials": TRUSTED,
    "network": {**NEW, "tags": {"team": "a"}},
    "existing_workspace_id": WORKSPACE,
    "diagnostic_settings": [DIAGNOSTICS],
    "incident_platform": {**OPTIONS["incident_platform"], "adopt": False},
    "alerts": {**ALERTS, "enabled": True},
    "dashboard": {"enabled": True, "location": "swedencentral", "display_name": "D", "tags": {"team": "a"}},
    "spend": {**SPEND, "enabled": True},
    "http_triggers": {"look": {"agent_prompt": "Look.", "agent": "helper", "is_enabled": True}},
    "webhook_bridge": {"trigger": "look", "workflow_name": "l", "location": "swedencentral", "tags": {}},
}
ELSEWHERE = (
    "directory",
    "directories",
    "agents",
    "defaults",
    "settings",
    "http_triggers",
    "incident_platform",
)
"""Arguments that files hold, those of a fleet's agents, and those that resources are handed as they are."""
NOTHING = AgentDirectory(path=FilePath(), agent=AgentSettings(arguments={}), items=())


class Case(NamedTuple):
    """A component with arguments of which each is fit to be replaced by an output of itself."""

    component: Any
    type_: Any
    args: Json


CASES = {
    "agent": Case(sre.Agent, sre.AgentArgs, AGENT),
    "agent-of-what-exists": Case(
        sre.Agent,
        sre.AgentArgs,
        {
            **SMALL,
            "existing_resource_group": True,
            "managed_identities": {"system_assigned": False, "user_assigned_resource_ids": [IDENTITY_ID]},
            "existing_app_insights_id": INSIGHTS,
            "network": {"existing_subnet_id": SUBNET},
            "incident_platform": {"type": "AzMonitor"},
            "targets": ["rg-shop"],
            "settings": {"upgrade_channel": "Stable", "monthly_agent_unit_limit": 1000},
            "alerts": {"existing_action_group_id": GROUP},
            "webhook_bridge": {"trigger_url": "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/1"},
        },
    ),
    "agent-with-limits": Case(
        sre.Agent,
        sre.AgentArgs,
        {
            **SMALL,
            "existing_identity_id": IDENTITY_ID,
            "network": {"egress": EGRESS},
            "settings": {
                "vnet_configuration": {"subnet_resource_id": SUBNET},
                "sandbox_configuration": {"egress": {"mode": "AzureVNet"}},
            },
            "quickstart_plan": True,
        },
    ),
    "fleet": Case(
        sre.Fleet,
        sre.FleetArgs,
        {
            **PLACE,
            "existing_resource_group": False,
            "agents": {
                "shop": {
                    "location": "swedencentral",
                    "targets": ["rg-shop"],
                    "network": {"existing_subnet_id": SUBNET},
                }
            },
            "defaults": {"tags": {"team": "a"}, "people": ROLES["people"]},
            "shared_workspace": {"workspace_name": "log", "retention_in_days": 60},
            "shared_network": {
                "address_prefixes": {"swedencentral": "10.20.0.0/16"},
                "subnet_prefixes": {"shop": "10.20.0.0/27"},
                "outbound_ports": ["22"],
            },
        },
    ),
    "fleet-of-little": Case(
        sre.Fleet,
        sre.FleetArgs,
        {"agents": {"shop": {"name": "shop", "resource_group_name": "rg-shop", "location": "swedencentral"}}},
    ),
    "extensions": Case(sre.Extensions, sre.ExtensionsArgs, {"agent_id": AGENT_ID, "directory": NOTHING}),
    "access": Case(
        sre.Access,
        sre.AccessArgs,
        {
            "principal_id": ADA,
            "access_level": "High",
            "targets": {"rg-shop": HOME},
            "home_id": HOME,
            "alert_subscriptions": {"own": f"/subscriptions/{SUBSCRIPTION}"},
            "former_names": {"rg-shop": "RG-Shop"},
            "agent_id": AGENT_ID,
            **ROLES,
        },
    ),
    "identity": Case(
        sre.Identity,
        sre.IdentityArgs,
        {**PLACE, "identity_name": "id-oncall", "federated_credentials": TRUSTED},
    ),
    "identity-that-exists": Case(sre.Identity, sre.IdentityArgs, {"existing_id": IDENTITY_ID}),
    "telemetry": Case(
        sre.Telemetry,
        sre.TelemetryArgs,
        {**PLACE, "app_insights_name": "appi", "workspace_name": "log", "retention_in_days": 60},
    ),
    "telemetry-on-what-exists": Case(
        sre.Telemetry,
        sre.TelemetryArgs,
        {**PLACE, "app_insights_name": "appi", "existing_workspace_id": WORKSPACE},
    ),
    "telemetry-that-exists": Case(sre.Telemetry, sre.TelemetryArgs, {"existing_app_insights_id": INSIGHTS}),
    "network": Case(sre.Network, sre.NetworkArgs, NEW | {"tags": {"team": "a"}}),
    "network-that-exists": Case(
        sre.Network, sre.NetworkArgs, {"existing_subnet_id": SUBNET, "location": "swedencentral"}
    ),
    "network-with-limits": Case(sre.Network, sre.NetworkArgs, {"egress": EGRESS}),
    "shared-network": Case(
        sre.SharedNetwork,
        sre.SharedNetworkArgs,
        {
            **NEW_NETWORK,
            "tags": {"team": "a"},
            "outbound_ports": ["22"],
            "address_prefix": "10.20.0.0/16",
            "agents": ["shop"],
            "subnet_prefixes": {"shop": "10.20.0.0/27"},
        },
    ),
    "alerts": Case(sre.Alerts, sre.AlertsArgs, {**ALERTS, "resource_group_name": "rg-oncall"}),
    "alerts-that-tell-others": Case(
        sre.Alerts,
        sre.AlertsArgs,
        {"resource_group_name": "rg-oncall", "existing_action_group_id": GROUP, "health_scopes": [HOME]},
    ),
    "dashboard": Case(
        sre.Dashboard, sre.DashboardArgs, {**PLACE, "app_insights_id": INSIGHTS, "display_name": "Incidents"}
    ),
    "spend": Case(
        sre.Spend,
        sre.SpendArgs,
        {
            **SPEND,
            "monthly_unit_limit": 1000,
            "app_insights_id": INSIGHTS,
            "resource_group_name": "rg-oncall",
            "agent_id": AGENT_ID,
        },
    ),
    "diagnostics": Case(
        sre.DiagnosticSettings,
        sre.DiagnosticSettingsArgs,
        {"resource_id": AGENT_ID, "settings": [DIAGNOSTICS]},
    ),
    "lock": Case(
        sre.Lock, sre.LockArgs, {"scope": AGENT_ID, "kind": "ReadOnly", "name": "lock", "notes": "Ask Ada."}
    ),
    "webhook-bridge": Case(
        sre.WebhookBridge,
        sre.WebhookBridgeArgs,
        {
            **PLACE,
            "agent_id": AGENT_ID,
            "trigger_url": "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/1",
            "workflow_name": "logic",
        },
    ),
}
EACH = [pytest.param(case, id=name) for name, case in CASES.items()]


@pytest.fixture(autouse=True)
def _a_subnet_that_suits(monkeypatch: pytest.MonkeyPatch) -> None:
    delegated = [{"name": "agent", "serviceName": "Microsoft.App/environments"}]
    monkeypatch.setitem(COMPUTED, SUBNET_TYPE, {"addressPrefix": "10.0.0.0/24", "delegations": delegated})
    monkeypatch.setitem(COMPUTED, NETWORK_TYPE, {"location": "swedencentral"})


def registered(case: Case, changes: Mapping[Path, Any], *, preview: bool = False) -> Registered:
    """Run a program with outputs in some places: those are made where its event loop runs."""

    def program() -> None:
        args: Any = case.args
        for path, change in changes.items():
            args = replaced(args, path, change)
        case.component("it", args)

    return run(program, preview=preview)


def known(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def unknown(_value: Any) -> pulumi.Output[Any]:
    """Return what another resource's output is in a preview."""
    return pulumi.Output.from_input(pulumi.UNKNOWN)


def taken(case: Case) -> list[Path]:
    return [path for path in paths(case.args) if takes_output(case.type_, path)]


def outermost(found: list[Path]) -> list[Path]:
    """Return the paths that lie in none of the others."""
    return [path for path in found if not any(path[:end] in found for end in range(1, len(path)))]


def innermost(found: list[Path]) -> list[Path]:
    """Return the paths that hold none of the others."""
    return [path for path in found if not any(path == each[: len(path)] for each in found if each != path)]


@pytest.mark.parametrize("case", EACH)
def test_outputs_are_taken_where_the_type_says_so(case: Case) -> None:
    """As their values are: the same resources with the same inputs, and no word of an output in them."""
    plain = registered(case, {})
    made = registered(case, dict.fromkeys(innermost(taken(case)), known))
    previewed = registered(case, dict.fromkeys(outermost(taken(case)), unknown), preview=True)

    for seen in (made, previewed):
        assert "__str__" not in repr(seen)
        assert sorted(each.type for each in declared(seen)) == sorted(each.type for each in declared(plain))
    assert inputs(made) == inputs(plain)


def declared(seen: Registered) -> list[Made]:
    """Return resources without the subnets that are looked at, which those of the same program are not."""
    return [each for each in seen.made if not (each.read_id and each.type in {SUBNET_TYPE, NETWORK_TYPE})]


def inputs(seen: Registered) -> list[str]:
    """Return what resources are given, in no order: those of outputs have other names."""
    return sorted(f"{each.type} {sorted(each.inputs.items())}" for each in declared(seen))


def refused(case: Case) -> Iterator[Path]:
    yield from (path for path in paths(case.args) if not takes_output(case.type_, path))


@pytest.mark.parametrize("change", [known, unknown])
@pytest.mark.parametrize("case", EACH)
def test_outputs_are_refused_with_their_path_where_they_decide_what_is_made(case: Case, change: Any) -> None:
    for path in refused(case):
        with pytest.raises(pulumi.RunError) as error:
            registered(case, {path: change}, preview=change is unknown)

        sentence = f" cannot be: {format_path(path)} is an output, but decides what is made: give the value"
        assert sentence in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("case", EACH)
def test_outputs_are_refused_for_names(case: Case) -> None:
    """In every mapping, those that are taken as a whole, too."""
    for path in [(), *paths(case.args)]:
        if isinstance(at(case.args, path), dict):
            with pytest.raises(pulumi.RunError) as error:
                registered(case, {path: lambda value: {known("x"): "y", **value}})

            assert "has an output for a name: give the name itself." in str(error.value)
            assert format_path(path) in str(error.value)


def test_no_argument_of_a_component_is_left_out() -> None:
    """Every argument that a component has is in one of the cases."""
    for type_ in {case.type_ for case in CASES.values()}:
        cases = [case.args for case in CASES.values() if case.type_ is type_]
        covered = {spelled(type_, path) for path in chain.from_iterable(map(paths, cases))}
        missing = [path for path in arguments(type_) if path not in covered and path[0] not in ELSEWHERE]
        assert missing == [], type_.__name__


def test_a_directory_is_no_output() -> None:
    with pytest.raises(pulumi.RunError, match="cannot be: directory is an output, but decides what is made"):
        run(lambda: sre.Agent("it", {"directory": known("agents/oncall")}))


def test_a_folder_of_directories_is_no_output() -> None:
    with pytest.raises(
        pulumi.RunError, match="cannot be: directories is an output, but decides what is made"
    ):
        run(lambda: sre.Fleet("it", {"directories": known("agents")}))


def test_arguments_as_a_whole_are_no_output() -> None:
    with pytest.raises(pulumi.RunError, match="cannot be: the arguments as a whole is an output"):
        run(lambda: sre.Lock("it", known({"scope": AGENT_ID, "kind": "ReadOnly"})))  # type: ignore[arg-type] # wrong on purpose

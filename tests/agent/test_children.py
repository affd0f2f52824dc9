"""What there is around an agent where an option asks for it, or where something is there already."""

from pathlib import Path
from typing import Any

import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.api.kinds import INCIDENT_FILTER, INCIDENT_PLATFORM, SUBAGENT
from pulumi_sre_agent.directory import Item, Source
from pulumi_sre_agent.identity.roles import READING
from support.agents import (
    ADA,
    AGENT,
    AGENT_ID,
    ASSIGNMENT,
    AZURE_MONITOR,
    COMPONENT,
    HOME,
    IDENTITY,
    MONITORING_CONTRIBUTOR,
    OPTIONS,
    RESOURCE_GROUP,
    SMALL,
    deploy,
    names,
    with_items,
)
from support.mocks import (
    ADDRESS,
    AGENTS_ADDRESS,
    CALLBACK_URL,
    COMPUTED,
    SUBSCRIPTION,
    TRIGGER_URL,
    Secret,
)

PROMPT = "pulumi-python:dynamic/sre:CommonPrompt"

GROUP_WATCHED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
HERE = Source("here.yaml", 1)
RESOURCES: dict[str, set[tuple[str, str]]] = {
    "network": {
        ("VirtualNetwork", "it-network"),
        ("Subnet", "it-network"),
        ("NetworkSecurityGroup", "it-network"),
        ("NatGateway", "it-network"),
        ("PublicIPAddress", "it-network"),
    },
    "lock": {("ManagementLockByScope", "it-lock")},
    "diagnostic_settings": {("DiagnosticSetting", "it-diagnostics-diagnostics")},
    "alerts": {("ActionGroup", "it-alerts"), ("ActivityLogAlert", "it-alerts-resource-health")},
    "webhook_bridge": {("Workflow", "it-webhook"), ("RoleAssignment", "it-webhook-role")},
    "people": {("RoleAssignment", f"it-people-{ADA}-sre-agent-reader")},
    "role_assignments": {("RoleAssignment", f"it-people-{ADA}-owner")},
    "extra_roles": {("RoleAssignment", "it-access-pull")},
    "federated_credentials": {("FederatedIdentityCredential", "it-identity-main")},
    "settings": {("ScheduledQueryRule", "it-spend-pace")},
    "incident_platform": {("IncidentPlatform", "it-incidents")},
    "quickstart_plan": {("QuickstartPlan", "it-quickstart")},
    "http_triggers": {("HttpTrigger", "it-look")},
}
"""What there is only where an option asks for it, by type and name in Pulumi."""


def test_existing_parts_are_used_and_not_made() -> None:
    theirs = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers"
    identity = f"{theirs}/Microsoft.ManagedIdentity/userAssignedIdentities/id"
    insights = f"{theirs}/Microsoft.Insights/components/appi"

    seen = deploy(
        {
            **SMALL,
            "existing_resource_group": True,
            "existing_identity_id": identity,
            "existing_app_insights_id": insights,
        }
    )

    assert seen.of(RESOURCE_GROUP) == {}
    assert seen.one(IDENTITY).read_id == identity
    assert seen.one(COMPONENT).read_id == insights
    inputs = seen.one(AGENT).inputs
    assert inputs["resource_group_name"] == "rg-oncall"
    assert inputs["identity"]["user_assigned_identities"] == [identity]
    assert inputs["tags"] == {"hidden-link: /app-insights-resource-id": insights}


def test_telemetry_may_go_to_an_existing_workspace() -> None:
    workspace = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/w/providers/Microsoft.OperationalInsights/workspaces/w"
    )

    seen = deploy({**SMALL, "existing_workspace_id": workspace})

    assert seen.one(COMPONENT).inputs["workspaceResourceId"] == workspace


@pytest.mark.parametrize("argument", RESOURCES)
def test_a_part_is_there_where_it_is_asked_for_and_not_otherwise(argument: str) -> None:
    """Its names in Pulumi are a contract too."""
    watching: AgentArgs = {**SMALL, "targets": ["rg-payments"]}

    without = names(deploy(watching))
    found = names(deploy({**watching, argument: OPTIONS[argument]}))  # type: ignore[misc] # any of its keys

    assert {each for each in found - without if each[0] not in sre.__all__} == RESOURCES[argument]
    assert without <= found


@pytest.mark.parametrize("argument", ["dashboard", "spend"])
def test_what_is_there_by_default_can_be_switched_off(argument: str) -> None:
    kept = {"dashboard": "ScheduledQueryRule", "spend": "Workbook"}[argument]
    args: AgentArgs = {**SMALL, "settings": {"monthly_agent_unit_limit": 1000}}

    seen = names(deploy({**args, argument: {"enabled": False}}))  # type: ignore[misc] # any of its keys

    assert {type_ for type_, _ in seen} & {"Workbook", "ScheduledQueryRule"} == {kept}


def test_azure_monitor_brings_its_role_and_alerts_unless_they_are_switched_off() -> None:
    """On the subscriptions of what it watches; on health only where a rule of its subscription can."""
    elsewhere = "/subscriptions/00000000-0000-0000-0000-0000000000b2/resourceGroups/rg-x"
    args: AgentArgs = {**SMALL, "targets": ["rg-payments", elsewhere], "incident_platform": AZURE_MONITOR}

    seen = deploy(args)
    roles = [made for made in seen.of(ASSIGNMENT).values() if made.inputs["role"] == MONITORING_CONTRIBUTOR]

    assert {(made.name, made.inputs["scope"]) for made in roles} == {
        ("it-access-subscription-monitoring-contributor", f"/subscriptions/{SUBSCRIPTION}"),
        (
            "it-access-00000000-0000-0000-0000-0000000000b2-monitoring-contributor",
            "/subscriptions/00000000-0000-0000-0000-0000000000b2",
        ),
    }
    (health,) = seen.of("azure-native:monitor:ActivityLogAlert").values()
    assert health.inputs["scopes"] == [GROUP_WATCHED]

    without = deploy({**args, "alerts": {"enabled": False}, "alert_subscriptions": {}})
    assert without.of("azure-native:monitor:ActivityLogAlert") == {}
    assert {made.inputs["role"] for made in without.of(ASSIGNMENT).values()} == {*READING.values()}


def test_a_new_network_is_named_after_the_agent_and_seen_from_outside() -> None:
    seen = deploy({**SMALL, "network": {"subnet_prefix": "10.0.0.64/26"}})

    assert seen.one("azure-native:network:VirtualNetwork").inputs["virtualNetworkName"] == "vnet-oncall"
    assert seen.one("azure-native:network:Subnet").inputs["addressPrefix"] == "10.0.0.64/26"
    inputs = seen.one(AGENT).inputs
    assert inputs["vnet_configuration"]["subnet_resource_id"].endswith(
        "/virtualNetworks/vnet-oncall/subnets/agent"
    )
    assert inputs["sandbox_configuration"] == {"egress": {"mode": "AzureVNet"}}
    assert seen.outputs["sre:index:Agent::it"]["outbound_ip_addresses"] == [ADDRESS]


def test_limits_are_limits_and_nothing_is_made_for_them() -> None:
    egress: sre.NetworkEgressArgs = {"mode": "Limited", "allowed_hosts": ["api.contoso.com"]}

    seen = deploy({**SMALL, "network": {"egress": egress}})

    assert seen.one(AGENT).inputs["sandbox_configuration"] == {"egress": egress}
    assert {type_ for type_, _ in names(seen)} & {"VirtualNetwork", "NatGateway"} == set()
    assert seen.outputs["sre:index:Agent::it"]["outbound_ip_addresses"] == [AGENTS_ADDRESS]


def test_a_subnet_among_its_settings_is_looked_at_before_the_agent_joins_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one of the argument `network` is; what the settings say of egress is said as it is."""
    network, subnet = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
    theirs = f"{HOME}/providers/Microsoft.Network/virtualNetworks/theirs/subnets/agent"
    suits = {"addressPrefix": "10.1.0.0/27", "delegations": [{"serviceName": "Microsoft.App/environments"}]}
    monkeypatch.setitem(COMPUTED, subnet, suits)
    monkeypatch.setitem(COMPUTED, network, {"location": "swedencentral"})
    configurations: Any = {
        "vnet_configuration": {"subnet_resource_id": theirs},
        "sandbox_configuration": {"egress": {"mode": "AzureVNet"}},
    }

    seen = deploy({**SMALL, "settings": configurations})

    assert (seen.one(subnet).read_id, seen.one(network).read_id) == (theirs, theirs.partition("/subnets")[0])
    inputs = seen.one(AGENT).inputs
    assert {name: inputs[name] for name in configurations} == configurations


def test_it_acts_as_the_first_of_the_identities_that_it_is_given() -> None:
    first, second = (f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{n}" for n in "ab")

    seen = deploy(
        {
            **SMALL,
            "managed_identities": {"system_assigned": False, "user_assigned_resource_ids": [first, second]},
        }
    )

    inputs = seen.one(AGENT).inputs
    assert inputs["identity"] == {"type": "UserAssigned", "user_assigned_identities": [first, second]}
    assert inputs["action_configuration"]["identity"] == first
    assert not any(made.name.startswith("it-system-access") for made in seen.made)


def test_what_could_not_be_made_again_is_protected_where_asked_for() -> None:
    """And nothing else, so that people, roles and items still come and go."""
    args: AgentArgs = {
        **SMALL,
        "protect": True,
        "network": {},
        "settings": {"monthly_agent_unit_limit": 1000},
    }

    kept = {made.type.rpartition(":")[2] for made in deploy(args).made if made.protect}

    assert kept == {
        *("Agent", "ResourceGroup", "Identity", "UserAssignedIdentity"),
        *("Telemetry", "Workspace", "Component"),
        *("Network", "VirtualNetwork", "Subnet", "NetworkSecurityGroup", "NatGateway", "PublicIPAddress"),
    }


def test_a_lock_comes_last_so_that_it_goes_first() -> None:
    """While it stands, Azure refuses to take a role off the agent."""
    below = ("people", "webhook_bridge", "incident_platform")
    args: AgentArgs = {**SMALL, **{name: OPTIONS[name] for name in below}}  # type: ignore[typeddict-item]

    seen = deploy({**args, "lock": OPTIONS["lock"]})

    lock = seen.one("azure-native:authorization:ManagementLockByScope")
    assert (lock.inputs["scope"], lock.parent) == (AGENT_ID, "it-lock")
    assert seen.one("sre:index:Lock").waits_for >= {
        *(f"it-people-{ADA}-sre-agent-reader", "it-webhook-role", "it-incidents")
    }


def test_logs_go_to_the_agents_own_workspace_unless_a_place_is_named() -> None:
    storage = f"{HOME}/providers/Microsoft.Storage/storageAccounts/logs"
    settings: Any = [{}, {"name": "kept", "storage_account_resource_id": storage}]

    seen = deploy({**SMALL, "diagnostic_settings": settings}).of("azure-native:monitor:DiagnosticSetting")

    assert seen["it-diagnostics-diagnostics"].inputs["workspaceId"].endswith("/workspaces/log-oncall")
    assert seen["it-diagnostics-kept"].inputs["storageAccountId"] == storage
    assert {made.inputs["resourceUri"] for made in seen.values()} == {AGENT_ID}


def test_alerts_are_told_to_the_webhook_bridge_and_the_warning_of_units_to_whom_alerts_tell() -> None:
    args: AgentArgs = {**SMALL, "alerts": OPTIONS["alerts"], "webhook_bridge": OPTIONS["webhook_bridge"]}

    seen = deploy({**args, "settings": {"monthly_agent_unit_limit": 1000}, "spend": {"budget": 50}})

    group = seen.one("azure-native:monitor:ActionGroup").inputs
    [receiver] = group["webhookReceivers"].value
    assert (receiver["name"], receiver["serviceUri"]) == ("agent", CALLBACK_URL)
    rule = seen.one("azure-native:monitor:ScheduledQueryRule").inputs
    assert rule["actions"]["actionGroups"] == [f"{HOME}/providers/microsoft.insights/actionGroups/ag-oncall"]
    assert seen.one("azure-native:consumption:Budget").inputs["scope"] == HOME
    assert seen.outputs["sre:index:Agent::it"]["callback_url"] == Secret(CALLBACK_URL)


def test_the_bridge_may_run_a_trigger_that_is_made_beside_it() -> None:
    args: AgentArgs = {**SMALL, "http_triggers": OPTIONS["http_triggers"]}

    seen = deploy({**args, "webhook_bridge": {"trigger": "look"}})

    assert seen.one("azure-native:logic:Workflow").inputs["parameters"]["triggerUrl"] == {
        "value": TRIGGER_URL
    }
    assert seen.outputs["sre:index:Agent::it"]["trigger_urls"] == {"look": TRIGGER_URL}


def test_plans_alone_wait_for_the_platform_of_an_argument(folder: Path) -> None:
    """Which an agent sees half a minute later; everything else can be made meanwhile."""
    plan = {"name": "severe", "incident_platform": "PagerDuty"}

    seen = deploy(
        {
            "directory": with_items(folder, Item(INCIDENT_FILTER, "severe", plan, HERE)),
            "incident_platform": OPTIONS["incident_platform"],
        }
    )

    assert "it-incidents" in seen.one("pulumi-python:dynamic/sre:IncidentFilter").waits_for
    assert "it-incidents" not in seen.one(PROMPT).waits_for


def test_what_arguments_add_to_a_directory_waits_for_what_it_names_and_no_more(folder: Path) -> None:
    """A trigger for its subagent, the plan that a platform brings for the platform."""
    lead = {"name": "lead", "instructions": "Look at the queues first, then at the database, and say so."}
    directory = with_items(
        folder, Item(SUBAGENT, "lead", lead, HERE), Item(INCIDENT_PLATFORM, "", AZURE_MONITOR, HERE)
    )
    look: dict[str, Any] = {"look": {**OPTIONS["http_triggers"]["look"], "agent": "lead"}}

    seen = deploy({"directory": directory, "http_triggers": look, "quickstart_plan": False})

    trigger = seen.one("pulumi-python:dynamic/sre:HttpTrigger").waits_for
    assert (trigger & {"it-lead", "it-safety"}) == {"it-lead"}
    assert not seen.one("pulumi-python:dynamic/sre:QuickstartPlan").waits_for & {"it-lead", "it-safety"}


def test_whatever_lives_on_the_agent_goes_with_it_and_not_one_by_one(folder: Path) -> None:
    """Azure deletes it with the agent; a delete of each before that would only cost time."""
    platform: AgentArgs = {
        "incident_platform": AZURE_MONITOR,
        "http_triggers": OPTIONS["http_triggers"],
        "quickstart_plan": False,
    }

    seen = deploy({"directory": with_items(folder), **platform})

    on_it = {made.type.rpartition(":")[2]: made for made in seen.made if "agent_id" in made.inputs}
    assert on_it.keys() >= {"CommonPrompt", "HttpTrigger", "IncidentPlatform", "QuickstartPlan"}
    assert {name for name, made in on_it.items() if made.deleted_with != "it"} == set()


def test_the_plan_of_a_platform_is_judged_once_the_platform_is_there() -> None:
    args: AgentArgs = {**SMALL, "incident_platform": AZURE_MONITOR, "quickstart_plan": False}

    seen = deploy(args)

    assert "it-incidents" in seen.one("pulumi-python:dynamic/sre:QuickstartPlan").waits_for


def test_azure_monitor_needs_no_bridge_for_its_alerts() -> None:
    """The agent looks for them by itself; told twice, it would work on each of them twice."""
    args: AgentArgs = {
        **SMALL,
        "incident_platform": AZURE_MONITOR,
        "webhook_bridge": OPTIONS["webhook_bridge"],
    }

    assert not deploy(args).one("azure-native:monitor:ActionGroup").inputs.get("webhookReceivers")

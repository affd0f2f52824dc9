"""sre.Agent: everything around an agent, and the agent in the middle of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.api.kinds import INCIDENT_FILTER, INCIDENT_PLATFORM, SUBAGENT
from pulumi_sre_agent.directory import AgentDirectory, Item, Source
from pulumi_sre_agent.identity.access import ALERTING, READING, PersonArgs
from pulumi_sre_agent.monitoring.dashboard import workbook_name
from support.mocks import (
    ADDRESS,
    AGENTS_ADDRESS,
    CALLBACK_URL,
    COMPUTED,
    CONNECTION_STRING,
    ENDPOINT,
    PRINCIPAL,
    SUBSCRIPTION,
    SYSTEM_PRINCIPAL,
    TRIGGER_URL,
    Made,
    Registered,
    Secret,
    run,
)

RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
COMPONENT = "azure-native:applicationinsights:Component"
ASSIGNMENT = "pulumi-python:dynamic/sre:RoleAssignment"
AGENT = "pulumi-python:dynamic/sre:Agent"
PROMPT = "pulumi-python:dynamic/sre:CommonPrompt"

ADA = "00000000-0000-0000-0000-00000000ada0"
HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-oncall"
AGENT_ID = f"{HOME}/providers/Microsoft.App/agents/oncall"
IDENTITY_ID = f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-oncall"
SUBNET = f"{HOME}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
APP_INSIGHTS_ID = f"{HOME}/providers/microsoft.insights/components/appi-oncall"

WORKBOOK_ID = f"{HOME}/providers/microsoft.insights/workbooks/{workbook_name('rg-oncall', 'it-dashboard')}"
GROUP_WATCHED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
MONITORING_CONTRIBUTOR = ALERTING["Monitoring Contributor"]
AZURE_MONITOR: sre.AgentIncidentPlatformArgs = {"type": "AzMonitor"}
HERE = Source("here.yaml", 1)
NAMED: dict[str, set[tuple[str, str]]] = {
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
"""What there is only where an argument asks for it, by type and name in Pulumi."""
ASKED: dict[str, Any] = {
    "network": {},
    "lock": {"kind": "CanNotDelete"},
    "diagnostic_settings": [{}],
    "alerts": {"emails": {"duty": "duty@contoso.com"}},
    "webhook_bridge": {"trigger_url": "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/1"},
    "people": [{"principal_id": ADA, "role": "SRE Agent Reader"}],
    "role_assignments": [{"principal_id": ADA, "role_definition_id_or_name": "Owner"}],
    "extra_roles": {"pull": {"role": "AcrPull", "scope": HOME}},
    "federated_credentials": {"main": {"issuer": "https://issuer.contoso.com", "subject": "main"}},
    "settings": {"monthly_agent_unit_limit": 1000},
    "incident_platform": {"type": "PagerDuty", "connection_key": "u+of-ada", "obo_user": "ada@contoso.com"},
    "quickstart_plan": False,
    "http_triggers": {"look": {"agent_prompt": "Look at this."}},
}

SMALL: AgentArgs = {"name": "oncall", "resource_group_name": "rg-oncall", "location": "swedencentral"}


def deployed(args: AgentArgs, **config: str) -> Registered:
    return run(
        lambda: sre.Agent("it", args), {name.replace("__", ":"): value for name, value in config.items()}
    )


def with_items(folder: Path, *items: Item) -> AgentDirectory:
    read = sre.directory.read(folder)
    return replace(read, items=(*read.items, *items))


def names(seen: Registered) -> set[tuple[str, str]]:
    """Return what was registered, by the last word of its type and its name."""
    return {(made.type.rpartition(":")[2], made.name) for made in seen.made}


def agent(args: AgentArgs) -> Made:
    return deployed(args).one(AGENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an agent directory with one common prompt."""
    settings = {
        "identity": {
            "agentName": "oncall",
            "resourceGroup": "rg-oncall",
            "location": "swedencentral",
            "targetResourceGroups": ["rg-payments"],
        },
        "access": {"accessLevel": "Low", "actionMode": "Review"},
        "upgradeChannel": "Stable",
        "monthlyAgentUnitLimit": 5000,
        "tags": {"team": "a"},
    }
    (tmp_path / "agent.json").write_text(json.dumps(settings))
    prompts = tmp_path / "config" / "common-prompts"
    prompts.mkdir(parents=True)
    (prompts / "safety.yaml").write_text("metadata: {name: safety}\nspec: {prompt: Be careful.}\n")
    return tmp_path


def test_without_a_directory_three_arguments_make_an_agent() -> None:
    seen = deployed(SMALL)

    inputs = seen.one(AGENT).inputs
    assert inputs == {
        "name": "oncall",
        "resource_group_name": "rg-oncall",
        "subscription_id": SUBSCRIPTION,
        "location": "swedencentral",
        "tags": {"hidden-link: /app-insights-resource-id": APP_INSIGHTS_ID},
        "identity": {"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [IDENTITY_ID]},
        "action_configuration": {"identity": IDENTITY_ID, "mode": "Review", "access_level": "Low"},
        "knowledge_graph_configuration": {"identity": IDENTITY_ID, "managed_resources": []},
        "log_configuration": Secret(  # as a whole, since the mocks hand secrets over with what holds them
            {"application_insights_configuration": {"app_id": "app", "connection_string": CONNECTION_STRING}}
        ),
        "experimental_settings": {
            "EnableWorkspaceTools": True,
            "EnableHttpTriggers": True,
            "EnableV2AgentLoop": True,
        },
    }


def test_what_is_made_around_it_is_named_after_it() -> None:
    seen = deployed(SMALL)

    assert seen.one(RESOURCE_GROUP).inputs["resourceGroupName"] == "rg-oncall"
    assert seen.one(IDENTITY).inputs["resourceName"] == "id-oncall"
    assert seen.one(COMPONENT).inputs["resourceName"] == "appi-oncall"
    workspace = seen.one("azure-native:operationalinsights:Workspace")
    assert workspace.inputs["workspaceName"] == "log-oncall"


def test_names_in_pulumi_are_a_contract() -> None:
    """Another name would be another resource in everyone's state."""
    seen = deployed({**SMALL, "targets": ["rg-payments"]})

    assert {(made.type.rpartition(":")[2], made.name, made.parent) for made in seen.made} == {
        ("Agent", "it", ""),
        ("ResourceGroup", "it", "it"),
        ("Identity", "it-identity", "it"),
        ("UserAssignedIdentity", "it-identity", "it-identity"),
        ("Telemetry", "it-telemetry", "it"),
        ("Workspace", "it-telemetry", "it-telemetry"),
        ("Component", "it-telemetry", "it-telemetry"),
        ("Dashboard", "it-dashboard", "it"),
        ("Workbook", "it-dashboard", "it-dashboard"),
        ("Access", "it-access", "it"),
        ("RoleAssignment", "it-access-rg-payments-reader", "it-access"),
        ("RoleAssignment", "it-access-rg-payments-log-analytics-reader", "it-access"),
        ("RoleAssignment", "it-access-rg-payments-monitoring-reader", "it-access"),
        ("RoleAssignment", "it-access-home-monitoring-reader", "it-access"),
        ("Agent", "it", "it"),
        ("Access", "it-system-access", "it"),
        ("RoleAssignment", "it-system-access-rg-payments-reader", "it-system-access"),
        ("RoleAssignment", "it-system-access-rg-payments-log-analytics-reader", "it-system-access"),
        ("RoleAssignment", "it-system-access-rg-payments-monitoring-reader", "it-system-access"),
    }


def test_its_outputs_are_documented_and_complete() -> None:
    outputs = deployed(SMALL).outputs["sre:index:Agent::it"]

    assert outputs == {
        "agent_id": AGENT_ID,
        "endpoint": ENDPOINT,
        "identity_id": IDENTITY_ID,
        "principal_id": PRINCIPAL,
        "portal_url": f"https://sre.azure.com/#/agent/{SUBSCRIPTION}/rg-oncall/oncall",
        "outbound_ip_addresses": [AGENTS_ADDRESS],
        "trigger_urls": {},
        "dashboard_url": f"https://portal.azure.com/#resource{WORKBOOK_ID}/workbook",
    }  # and no callback_url: there is no webhook bridge


def test_the_agent_comes_after_the_roles_of_its_identity() -> None:
    seen = deployed({**SMALL, "targets": ["rg-payments"]})

    assert seen.one(AGENT).waits_for >= {
        "it-access-rg-payments-reader",
        "it-access-rg-payments-log-analytics-reader",
        "it-access-rg-payments-monitoring-reader",
        "it-access-home-monitoring-reader",
    }


@pytest.mark.parametrize("level", ["Low", "High"])
def test_what_its_connectors_log_in_as_may_read_what_it_watches_and_no_more(level: str) -> None:
    """That is the system-assigned identity, asked for because it comes with the agent."""
    seen = deployed({**SMALL, "targets": ["rg-payments"], "access_level": level})

    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
    theirs = [made for made in seen.of(ASSIGNMENT).values() if made.parent == "it-system-access"]
    assert {made.inputs["role"] for made in theirs} == {*READING.values()}
    assert {made.inputs["principal_id"] for made in theirs} == {SYSTEM_PRINCIPAL}
    assert {made.inputs["scope"] for made in theirs} == {scope}
    assert all("it" in made.waits_for for made in theirs)
    lookup = {"resourceGroupName": "rg-oncall", "agentName": "oncall"}
    assert ("azure-native:app:getAgent", lookup) in seen.calls


def test_an_identity_taken_away_in_azure_is_the_one_that_the_agent_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that a preview which puts it back does not fail for want of a principal."""
    monkeypatch.setitem(COMPUTED, "azure-native:app:Agent", {})
    monkeypatch.setitem(COMPUTED, AGENT, {"system_assigned_principal_id": "the-old-one"})

    seen = deployed({**SMALL, "targets": ["rg-payments"]})

    made = seen.of(ASSIGNMENT)["it-system-access-rg-payments-reader"]
    assert made.inputs["principal_id"] == "the-old-one"


def test_items_do_not_wait_for_what_connectors_may_read(folder: Path) -> None:
    waits_for = deployed({"directory": folder}).one(PROMPT).waits_for

    assert [name for name in waits_for if name.startswith("it-system-access")] == []


def test_people_and_items_come_after_the_agent(folder: Path) -> None:
    person: PersonArgs = {"principal_id": ADA, "role": "SRE Agent Reader"}

    seen = deployed({"directory": folder, "people": [person]})

    (theirs,) = (made for name, made in seen.of(ASSIGNMENT).items() if name.startswith("it-people-"))
    assert theirs.inputs["scope"] == AGENT_ID
    assert theirs.waits_for >= {"it"}
    prompt = seen.one(PROMPT)
    assert (prompt.name, prompt.parent, prompt.deleted_with) == ("it-safety", "it", "it")
    assert prompt.inputs["agent_id"] == AGENT_ID


def test_it_is_what_its_directory_says(folder: Path) -> None:
    inputs = agent({"directory": folder}).inputs

    assert inputs["upgrade_channel"] == "Stable"
    assert inputs["monthly_agent_unit_limit"] == 5000
    assert inputs["tags"]["team"] == "a"
    assert inputs["knowledge_graph_configuration"]["managed_resources"] == [
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
    ]


def test_a_directory_may_be_given_as_it_was_read(folder: Path) -> None:
    assert agent({"directory": sre.directory.read(folder)}).inputs == agent({"directory": str(folder)}).inputs


def test_arguments_win_over_the_directory(folder: Path) -> None:
    inputs = agent(
        {
            "directory": folder,
            "name": "night",
            "location": "uksouth",
            "access_level": "High",
            "action_mode": "ReadOnly",
            "targets": ["/subscriptions/other/resourceGroups/rg-x"],
            "tags": {"team": "b"},
            "settings": {"upgrade_channel": "Preview", "default_model": {"name": "gpt-5"}},
        }
    ).inputs

    assert inputs["name"] == "night"
    assert inputs["location"] == "uksouth"
    assert inputs["action_configuration"].items() >= {"access_level": "High", "mode": "ReadOnly"}.items()
    assert inputs["knowledge_graph_configuration"]["managed_resources"] == [
        "/subscriptions/other/resourceGroups/rg-x"
    ]
    assert inputs["tags"]["team"] == "b"
    assert (inputs["upgrade_channel"], inputs["default_model"]) == ("Preview", {"name": "gpt-5"})
    assert inputs["monthly_agent_unit_limit"] == 5000


def test_the_general_api_version_gets_no_experimental_settings() -> None:
    inputs = agent({**SMALL, "settings": {"api_version": "2026-01-01"}}).inputs

    assert "experimental_settings" not in inputs


def test_existing_parts_are_used_and_not_made() -> None:
    theirs = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers"
    identity = f"{theirs}/Microsoft.ManagedIdentity/userAssignedIdentities/id"
    insights = f"{theirs}/Microsoft.Insights/components/appi"

    seen = deployed(
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

    seen = deployed({**SMALL, "existing_workspace_id": workspace})

    assert seen.one(COMPONENT).inputs["workspaceResourceId"] == workspace


def test_groups_to_watch_are_made_where_asked_for() -> None:
    """All but the agent's own, which is made anyway, and what is given by its id."""
    elsewhere = "/subscriptions/other/resourceGroups/rg-x"
    seen = deployed({**SMALL, "targets": ["rg-payments", "rg-oncall", elsewhere], "make_targets": True})

    assert seen.of(RESOURCE_GROUP).keys() == {"it", "it-rg-payments"}
    assert seen.of(ASSIGNMENT)["it-access-rg-payments-reader"].waits_for >= {"it-rg-payments"}
    assert seen.one(AGENT).inputs["knowledge_graph_configuration"]["managed_resources"] == [
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments",
        HOME,
        elsewhere,
    ]


def test_the_subscription_comes_from_the_group_where_only_azure_knows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with a login by the Azure CLI, where neither configuration nor environment says it."""
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID", raising=False)

    seen = deployed({**SMALL, "targets": ["rg-payments"]}, **{"azure-native:subscriptionId": ""})

    assert seen.one(AGENT).inputs["subscription_id"] == SUBSCRIPTION
    assert seen.of(ASSIGNMENT)["it-access-rg-payments-reader"].inputs["scope"] == (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
    )


@pytest.mark.parametrize("argument", NAMED)
def test_a_part_is_there_where_it_is_asked_for_and_not_otherwise(argument: str) -> None:
    """Its names in Pulumi are a contract too."""
    watching: AgentArgs = {**SMALL, "targets": ["rg-payments"]}

    without = names(deployed(watching))
    found = names(deployed({**watching, argument: ASKED[argument]}))  # type: ignore[misc] # any of its keys

    assert {each for each in found - without if each[0] not in sre.__all__} == NAMED[argument]
    assert without <= found


@pytest.mark.parametrize("argument", ["dashboard", "spend"])
def test_what_is_there_by_default_can_be_switched_off(argument: str) -> None:
    kept = {"dashboard": "ScheduledQueryRule", "spend": "Workbook"}[argument]
    args: AgentArgs = {**SMALL, "settings": {"monthly_agent_unit_limit": 1000}}

    seen = names(deployed({**args, argument: {"enabled": False}}))  # type: ignore[misc] # any of its keys

    assert {type_ for type_, _ in seen} & {"Workbook", "ScheduledQueryRule"} == {kept}


def test_azure_monitor_brings_its_role_and_alerts_unless_they_are_switched_off() -> None:
    """On the subscriptions of what it watches; on health only where a rule of its subscription can."""
    elsewhere = "/subscriptions/00000000-0000-0000-0000-0000000000b2/resourceGroups/rg-x"
    args: AgentArgs = {**SMALL, "targets": ["rg-payments", elsewhere], "incident_platform": AZURE_MONITOR}

    seen = deployed(args)
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

    without = deployed({**args, "alerts": {"enabled": False}, "alert_subscriptions": {}})
    assert without.of("azure-native:monitor:ActivityLogAlert") == {}
    assert {made.inputs["role"] for made in without.of(ASSIGNMENT).values()} == {*READING.values()}


def test_a_new_network_is_named_after_the_agent_and_seen_from_outside() -> None:
    seen = deployed({**SMALL, "network": {"subnet_prefix": "10.0.0.64/26"}})

    assert seen.one("azure-native:network:VirtualNetwork").inputs["virtualNetworkName"] == "vnet-oncall"
    assert seen.one("azure-native:network:Subnet").inputs["addressPrefix"] == "10.0.0.64/26"
    inputs = seen.one(AGENT).inputs
    assert inputs["vnet_configuration"]["subnet_resource_id"].endswith(
        "/virtualNetworks/vnet-oncall/subnets/agent"
    )
    assert inputs["sandbox_configuration"] == {"egress": {"mode": "AzureVNet"}}
    assert seen.outputs["sre:index:Agent::it"]["outbound_ip_addresses"] == [ADDRESS]


def test_limits_are_limits_and_nothing_is_made_for_them() -> None:
    egress: sre.resources.EgressArgs = {"mode": "Limited", "allowed_hosts": ["api.contoso.com"]}

    seen = deployed({**SMALL, "network": {"egress": egress}})

    assert seen.one(AGENT).inputs["sandbox_configuration"] == {"egress": egress}
    assert {type_ for type_, _ in names(seen)} & {"VirtualNetwork", "NatGateway"} == set()
    assert seen.outputs["sre:index:Agent::it"]["outbound_ip_addresses"] == [AGENTS_ADDRESS]


def test_it_acts_as_the_first_of_the_identities_that_it_is_given() -> None:
    first, second = (f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{n}" for n in "ab")

    seen = deployed(
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

    kept = {made.type.rpartition(":")[2] for made in deployed(args).made if made.protect}

    assert kept == {
        *("Agent", "ResourceGroup", "Identity", "UserAssignedIdentity"),
        *("Telemetry", "Workspace", "Component"),
        *("Network", "VirtualNetwork", "Subnet", "NetworkSecurityGroup", "NatGateway", "PublicIPAddress"),
    }


def test_a_lock_comes_last_so_that_it_goes_first() -> None:
    """While it stands, Azure refuses to take a role off the agent."""
    below = ("people", "webhook_bridge", "incident_platform")
    args: AgentArgs = {**SMALL, **{name: ASKED[name] for name in below}}  # type: ignore[typeddict-item]

    seen = deployed({**args, "lock": ASKED["lock"]})

    lock = seen.one("azure-native:authorization:ManagementLockByScope")
    assert (lock.inputs["scope"], lock.parent) == (AGENT_ID, "it-lock")
    assert seen.one("sre:index:Lock").waits_for >= {
        *(f"it-people-{ADA}-sre-agent-reader", "it-webhook-role", "it-incidents")
    }


def test_logs_go_to_the_agents_own_workspace_unless_a_place_is_named() -> None:
    storage = f"{HOME}/providers/Microsoft.Storage/storageAccounts/logs"
    settings: Any = [{}, {"name": "kept", "storage_account_resource_id": storage}]

    seen = deployed({**SMALL, "diagnostic_settings": settings}).of("azure-native:monitor:DiagnosticSetting")

    assert seen["it-diagnostics-diagnostics"].inputs["workspaceId"].endswith("/workspaces/log-oncall")
    assert seen["it-diagnostics-kept"].inputs["storageAccountId"] == storage
    assert {made.inputs["resourceUri"] for made in seen.values()} == {AGENT_ID}


def test_alerts_are_told_to_the_webhook_bridge_and_the_warning_of_units_to_whom_alerts_tell() -> None:
    args: AgentArgs = {**SMALL, "alerts": ASKED["alerts"], "webhook_bridge": ASKED["webhook_bridge"]}

    seen = deployed({**args, "settings": {"monthly_agent_unit_limit": 1000}, "spend": {"budget": 50}})

    group = seen.one("azure-native:monitor:ActionGroup").inputs
    assert CALLBACK_URL in str(group["webhookReceivers"])
    rule = seen.one("azure-native:monitor:ScheduledQueryRule").inputs
    assert rule["actions"]["actionGroups"] == [f"{HOME}/providers/microsoft.insights/actionGroups/ag-oncall"]
    assert seen.one("azure-native:consumption:Budget").inputs["scope"] == HOME
    assert seen.outputs["sre:index:Agent::it"]["callback_url"] == Secret(CALLBACK_URL)


def test_the_bridge_may_run_a_trigger_that_is_made_beside_it() -> None:
    args: AgentArgs = {**SMALL, "http_triggers": ASKED["http_triggers"]}

    seen = deployed({**args, "webhook_bridge": {"trigger": "look"}})

    assert seen.one("azure-native:logic:Workflow").inputs["parameters"]["triggerUrl"] == {
        "value": TRIGGER_URL
    }
    assert seen.outputs["sre:index:Agent::it"]["trigger_urls"] == {"look": TRIGGER_URL}


def test_a_platform_in_the_directory_counts_unless_an_argument_names_another(folder: Path) -> None:
    directory = with_items(folder, Item(INCIDENT_PLATFORM, "", AZURE_MONITOR, HERE))

    theirs = deployed({"directory": directory})
    ours = deployed({"directory": directory, "incident_platform": ASKED["incident_platform"]})

    platform = "pulumi-python:dynamic/sre:IncidentPlatform"
    assert theirs.one(platform).inputs["type"] == "AzMonitor"
    assert MONITORING_CONTRIBUTOR in {made.inputs["role"] for made in theirs.of(ASSIGNMENT).values()}
    assert ours.one(platform).inputs["type"] == "PagerDuty"
    assert MONITORING_CONTRIBUTOR not in {made.inputs["role"] for made in ours.of(ASSIGNMENT).values()}


def test_plans_alone_wait_for_the_platform_of_an_argument(folder: Path) -> None:
    """Which an agent sees half a minute later; everything else can be made meanwhile."""
    plan = {"name": "severe", "incident_platform": "PagerDuty"}

    seen = deployed(
        {
            "directory": with_items(folder, Item(INCIDENT_FILTER, "severe", plan, HERE)),
            "incident_platform": ASKED["incident_platform"],
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
    look: dict[str, Any] = {"look": {**ASKED["http_triggers"]["look"], "agent": "lead"}}

    seen = deployed({"directory": directory, "http_triggers": look, "quickstart_plan": False})

    trigger = seen.one("pulumi-python:dynamic/sre:HttpTrigger").waits_for
    assert (trigger & {"it-lead", "it-safety"}) == {"it-lead"}
    assert not seen.one("pulumi-python:dynamic/sre:QuickstartPlan").waits_for & {"it-lead", "it-safety"}


def test_the_plan_of_a_platform_is_judged_once_the_platform_is_there() -> None:
    args: AgentArgs = {**SMALL, "incident_platform": AZURE_MONITOR, "quickstart_plan": False}

    seen = deployed(args)

    assert "it-incidents" in seen.one("pulumi-python:dynamic/sre:QuickstartPlan").waits_for
    assert seen.one("pulumi-python:dynamic/sre:IncidentPlatform").deleted_with == "it"


def test_azure_monitor_needs_no_bridge_for_its_alerts() -> None:
    """The agent looks for them by itself; told twice, it would work on each of them twice."""
    args: AgentArgs = {**SMALL, "incident_platform": AZURE_MONITOR, "webhook_bridge": ASKED["webhook_bridge"]}

    assert not deployed(args).one("azure-native:monitor:ActionGroup").inputs.get("webhookReceivers")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"name": "1"}, "The agent 1 cannot be: name ", id="name"),
        pytest.param(
            {"location": ""}, "The agent has no location: give it, or a directory", id="no-location"
        ),
        pytest.param(
            {"action_mode": "Sometimes"}, "The agent oncall cannot be: action_configuration.mode ", id="mode"
        ),
        pytest.param(
            {"access_level": "Medium"},
            "The agent oncall cannot be: action_configuration.access_level ",
            id="level",
        ),
        pytest.param(
            {
                "settings": {"vnet_configuration": {"subnet_resource_id": SUBNET}},
            },
            "The agent oncall cannot be: ",
            id="subnet-without-its-egress",
        ),
        pytest.param(
            {"people": [{"principal_id": "p", "role": "Boss"}]},
            "people[0].role must be one of ",
            id="role",
        ),
        pytest.param(
            {"incident_platform": {"type": "PagerDuty"}},
            "The incident platform cannot be: connection_key is missing, which PagerDuty needs",
            id="platform",
        ),
        pytest.param(
            {"network": {"address_prefix": "10.0.0.0/28"}},
            "network.address_prefix must be a /27 or larger",
            id="space",
        ),
        pytest.param({"lock": {"kind": "Padlock"}}, "lock.kind must be one of", id="lock"),
        pytest.param(
            {"alerts": {"exceptions": {"severity": 9}}},
            "alerts.exceptions.severity must be between 0 and 4",
            id="alert",
        ),
        pytest.param(
            {"spend": {"share": 2}, "settings": {"monthly_agent_unit_limit": 1000}},
            "spend.share must be above 0",
            id="share",
        ),
        pytest.param(
            {"diagnostic_settings": [{}, {}]},
            "diagnostic_settings must each have a name of their own",
            id="namesakes",
        ),
        pytest.param(
            {"existing_identity_id": IDENTITY_ID, "federated_credentials": ASKED["federated_credentials"]},
            "is used as it is: add them where it is made",
            id="credentials-of-theirs",
        ),
        pytest.param({"webhook_bridge": {}}, "say either its trigger or its trigger_url", id="no-trigger"),
        pytest.param(
            {"webhook_bridge": {"trigger": "look"}}, "there is no HTTP trigger 'look'", id="unknown-trigger"
        ),
        pytest.param(
            {"spend": {"enabled": True}},
            "The agent oncall cannot be: there is no limit to warn of: give it a ",
            id="no-limit",
        ),
        pytest.param(
            {"people": [*ASKED["people"], *ASKED["people"]]}, "on the agent is given twice", id="given-twice"
        ),
        pytest.param(
            {"settings": {"tags": {"team": "b"}}},
            "The agent cannot be: settings.tags is not a property here.",
            id="setting-of-another-argument",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_registered(change: dict[str, Any], said: str) -> None:
    seen: list[Registered] = []

    with pytest.raises(pulumi.RunError) as refused:
        seen.append(deployed({**SMALL, **change}))  # type: ignore[typeddict-item] # wrong on purpose

    assert said in str(refused.value)
    assert seen == []


def test_a_directory_for_another_subscription_is_refused(folder: Path) -> None:
    settings = json.loads((folder / "agent.json").read_text())
    settings["identity"]["subscription"] = "11111111-0000-0000-0000-000000000001"
    (folder / "agent.json").write_text(json.dumps(settings))

    with pytest.raises(pulumi.RunError) as refused:
        deployed({"directory": folder})

    assert str(refused.value).startswith(
        "The agent oncall belongs to subscription 11111111-0000-0000-0000-000000000001, but this stack"
    )


def test_a_wrong_key_of_the_stack_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(pulumi.RunError, match="sre:plane"):
        deployed(SMALL, sre__plane="both")


def test_all_faults_of_a_directory_come_at_once(folder: Path) -> None:
    settings = json.loads((folder / "agent.json").read_text())
    settings["access"] = {"accessLevel": "Medium", "actionMode": "Sometimes"}
    (folder / "agent.json").write_text(json.dumps(settings, indent=1))

    with pytest.raises(sre.directory.DirectoryError) as refused:
        deployed({"directory": folder})

    assert len(refused.value.diagnostics) == 2

"""sre.Agent: what is always there, what it is called, and what it waits for."""

from pathlib import Path

import pytest

from pulumi_sre_agent.identity.access import PersonArgs
from pulumi_sre_agent.identity.roles import READING
from pulumi_sre_agent.monitoring.dashboard import workbook_name
from support.agents import (
    ADA,
    AGENT,
    AGENT_ID,
    ASSIGNMENT,
    COMPONENT,
    HOME,
    IDENTITY,
    IDENTITY_ID,
    RESOURCE_GROUP,
    SMALL,
    deploy,
)
from support.mocks import (
    AGENTS_ADDRESS,
    COMPUTED,
    CONNECTION_STRING,
    ENDPOINT,
    PRINCIPAL,
    SUBSCRIPTION,
    SYSTEM_PRINCIPAL,
    Secret,
)

PROMPT = "pulumi-python:dynamic/sre:CommonPrompt"

APP_INSIGHTS_ID = f"{HOME}/providers/microsoft.insights/components/appi-oncall"
WORKBOOK_ID = f"{HOME}/providers/microsoft.insights/workbooks/{workbook_name('rg-oncall', 'it-dashboard')}"


def test_without_a_directory_three_arguments_make_an_agent() -> None:
    seen = deploy(SMALL)

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
    seen = deploy(SMALL)

    assert seen.one(RESOURCE_GROUP).inputs["resourceGroupName"] == "rg-oncall"
    assert seen.one(IDENTITY).inputs["resourceName"] == "id-oncall"
    assert seen.one(COMPONENT).inputs["resourceName"] == "appi-oncall"
    workspace = seen.one("azure-native:operationalinsights:Workspace")
    assert workspace.inputs["workspaceName"] == "log-oncall"


def test_names_in_pulumi_are_a_contract() -> None:
    """Another name would be another resource in everyone's state."""
    seen = deploy({**SMALL, "targets": ["rg-payments"]})

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


def test_a_trigger_is_called_in_azure_what_the_program_calls_it() -> None:
    seen = deploy({**SMALL, "http_triggers": {"deployed": {"agent_prompt": "Look at this."}}})

    inputs = seen.one("pulumi-python:dynamic/sre:HttpTrigger").inputs
    assert inputs == {"name": "deployed", "agent_prompt": "Look at this.", "agent_id": AGENT_ID}


def test_its_outputs_are_documented_and_complete() -> None:
    outputs = deploy(SMALL).outputs["sre:index:Agent::it"]

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
    seen = deploy({**SMALL, "targets": ["rg-payments"]})

    assert seen.one(AGENT).waits_for >= {
        "it-access-rg-payments-reader",
        "it-access-rg-payments-log-analytics-reader",
        "it-access-rg-payments-monitoring-reader",
        "it-access-home-monitoring-reader",
    }


@pytest.mark.parametrize("level", ["Low", "High"])
def test_what_its_connectors_log_in_as_may_read_what_it_watches_and_no_more(level: str) -> None:
    """That is the system-assigned identity, asked for because it comes with the agent."""
    seen = deploy({**SMALL, "targets": ["rg-payments"], "access_level": level})

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

    seen = deploy({**SMALL, "targets": ["rg-payments"]})

    made = seen.of(ASSIGNMENT)["it-system-access-rg-payments-reader"]
    assert made.inputs["principal_id"] == "the-old-one"


def test_items_do_not_wait_for_what_connectors_may_read(folder: Path) -> None:
    waits_for = deploy({"directory": folder}).one(PROMPT).waits_for

    assert [name for name in waits_for if name.startswith("it-system-access")] == []


def test_people_and_items_come_after_the_agent(folder: Path) -> None:
    person: PersonArgs = {"principal_id": ADA, "role": "SRE Agent Reader"}

    seen = deploy({"directory": folder, "people": [person]})

    (theirs,) = (made for name, made in seen.of(ASSIGNMENT).items() if name.startswith("it-people-"))
    assert theirs.inputs["scope"] == AGENT_ID
    assert theirs.waits_for >= {"it"}
    prompt = seen.one(PROMPT)
    assert (prompt.name, prompt.parent, prompt.deleted_with) == ("it-safety", "it", "it")
    assert prompt.inputs["agent_id"] == AGENT_ID


def test_groups_to_watch_are_made_where_asked_for() -> None:
    """All but the agent's own, which is made anyway, and what is given by its id."""
    elsewhere = "/subscriptions/other/resourceGroups/rg-x"
    seen = deploy({**SMALL, "targets": ["rg-payments", "rg-oncall", elsewhere], "make_targets": True})

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

    seen = deploy({**SMALL, "targets": ["rg-payments"]}, **{"azure-native:subscriptionId": ""})

    assert seen.one(AGENT).inputs["subscription_id"] == SUBSCRIPTION
    assert seen.of(ASSIGNMENT)["it-access-rg-payments-reader"].inputs["scope"] == (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
    )

"""sre.Agent: everything around an agent, and the agent in the middle of it."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.access import READING, PersonArgs
from pulumi_sre_agent.plan import AgentArgs
from support.mocks import (
    COMPUTED,
    CONNECTION_STRING,
    ENDPOINT,
    PRINCIPAL,
    SUBSCRIPTION,
    SYSTEM_PRINCIPAL,
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

HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-oncall"
AGENT_ID = f"{HOME}/providers/Microsoft.App/agents/oncall"
IDENTITY_ID = f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-oncall"
SUBNET = f"{HOME}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
APP_INSIGHTS_ID = f"{HOME}/providers/microsoft.insights/components/appi-oncall"

SMALL: AgentArgs = {"name": "oncall", "resource_group_name": "rg-oncall", "location": "swedencentral"}


def deployed(args: AgentArgs, **config: str) -> Registered:
    return run(
        lambda: sre.Agent("it", args), {name.replace("__", ":"): value for name, value in config.items()}
    )


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
        "principal_id": PRINCIPAL,
        "portal_url": f"https://sre.azure.com/#/agent/{SUBSCRIPTION}/rg-oncall/oncall",
    }


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
    person: PersonArgs = {"principal_id": "00000000-0000-0000-0000-00000000ada0", "role": "SRE Agent Reader"}

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
        pytest.param({"settings": {"upgrade_chanel": "Stable"}}, "upgrade_chanel", id="unknown-setting"),
        pytest.param(
            {"people": [{"principal_id": "p", "role": "Boss"}]},
            "There is no role 'Boss' for p: choose one of ",
            id="role",
        ),
        pytest.param(
            {"settings": {"subscription_id": "11111111-0000-0000-0000-000000000001"}},
            "The agent oncall belongs to subscription 11111111-0000-0000-0000-000000000001, but this stack",
            id="subscription",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_registered(change: dict[str, Any], said: str) -> None:
    seen: list[Registered] = []

    with pytest.raises(pulumi.RunError) as refused:
        seen.append(deployed({**SMALL, **change}))  # type: ignore[typeddict-item] # wrong on purpose

    assert said in str(refused.value)
    assert seen == []


def test_a_wrong_key_of_the_stack_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(pulumi.RunError, match="sre:plane"):
        deployed(SMALL, sre__plane="both")


def test_all_faults_of_a_directory_come_at_once(folder: Path) -> None:
    settings = json.loads((folder / "agent.json").read_text())
    settings["access"] = {"accessLevel": "Medium", "actionMode": "Sometimes"}
    (folder / "agent.json").write_text(json.dumps(settings, indent=1))

    with pytest.raises(sre.directory.DirectoryError) as refused:
        deployed({"directory": folder})

    assert len(refused.value.faults) == 2

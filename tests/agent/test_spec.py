"""What an agent is to be: arguments over its directory, and what is refused before anything is registered."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.api.kinds import CONNECTOR, INCIDENT_PLATFORM
from pulumi_sre_agent.directory import Item, Source
from support.agents import (
    AGENT_ID,
    ASSIGNMENT,
    AZURE_MONITOR,
    HOME,
    IDENTITY_ID,
    MONITORING_CONTRIBUTOR,
    OPTIONS,
    SMALL,
    deploy,
    deploy_agent,
    with_items,
)
from support.mocks import (
    SUBSCRIPTION,
    Registered,
    run,
)

SUBNET = f"{HOME}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
HERE = Source("here.yaml", 1)


def test_it_is_what_its_directory_says(folder: Path) -> None:
    inputs = deploy_agent({"directory": folder}).inputs

    assert inputs["upgrade_channel"] == "Stable"
    assert inputs["monthly_agent_unit_limit"] == 5000
    assert inputs["tags"]["team"] == "a"
    assert inputs["knowledge_graph_configuration"]["managed_resources"] == [
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
    ]


def test_a_directory_may_be_given_as_it_was_read(folder: Path) -> None:
    assert (
        deploy_agent({"directory": sre.directory.read(folder)}).inputs
        == deploy_agent({"directory": str(folder)}).inputs
    )


def test_arguments_win_over_the_directory(folder: Path) -> None:
    inputs = deploy_agent(
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
    inputs = deploy_agent({**SMALL, "settings": {"api_version": "2026-01-01"}}).inputs

    assert "experimental_settings" not in inputs


def test_a_platform_in_the_directory_counts_unless_an_argument_names_another(folder: Path) -> None:
    directory = with_items(folder, Item(INCIDENT_PLATFORM, "", AZURE_MONITOR, HERE))

    theirs = deploy({"directory": directory})
    ours = deploy({"directory": directory, "incident_platform": OPTIONS["incident_platform"]})

    platform = "pulumi-python:dynamic/sre:IncidentPlatform"
    assert theirs.one(platform).inputs["type"] == "AzMonitor"
    assert MONITORING_CONTRIBUTOR in {made.inputs["role"] for made in theirs.of(ASSIGNMENT).values()}
    assert ours.one(platform).inputs["type"] == "PagerDuty"
    assert MONITORING_CONTRIBUTOR not in {made.inputs["role"] for made in ours.of(ASSIGNMENT).values()}


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
            {"existing_identity_id": IDENTITY_ID, "federated_credentials": OPTIONS["federated_credentials"]},
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
            {"people": [*OPTIONS["people"], {**OPTIONS["people"][0], "principal_type": "Group"}]},
            "people[0] and people[1] are one role of a User and of a Group: leave one of them out",
            id="given-twice",
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
        seen.append(deploy({**SMALL, **change}))  # type: ignore[typeddict-item] # wrong on purpose

    assert said in str(refused.value)
    assert seen == []


def test_a_directory_for_another_subscription_is_refused(folder: Path) -> None:
    settings = json.loads((folder / "agent.json").read_text())
    settings["identity"]["subscription"] = "11111111-0000-0000-0000-000000000001"
    (folder / "agent.json").write_text(json.dumps(settings))

    with pytest.raises(pulumi.RunError) as refused:
        deploy({"directory": folder})

    assert str(refused.value).startswith(
        "The agent oncall belongs to subscription 11111111-0000-0000-0000-000000000001, but this stack"
    )


@pytest.mark.parametrize("component", ["Agent", "Extensions"])
def test_a_directory_that_was_read_for_a_look_is_not_deployed(folder: Path, component: str) -> None:
    """It has texts with variables where their values belong."""
    properties = {"dataConnectorType": "Kusto", "dataSource": "${KUSTO}"}
    connectors = {"connectors": [{"name": "events", "properties": properties}]}
    (folder / "connectors.json").write_text(json.dumps(connectors))
    read = sre.directory.read(folder, unset_variables=True)
    args: Any = {"directory": read} | ({"agent_id": AGENT_ID} if component == "Extensions" else {})

    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: getattr(sre, component)("it", args))

    assert "directory was read without values of KUSTO: read it with them to deploy it" in str(refused.value)


def test_a_wrong_key_of_the_stack_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(pulumi.RunError, match="sre:plane"):
        deploy(SMALL, sre__plane="both")


def test_all_faults_of_a_directory_come_at_once(folder: Path) -> None:
    settings = json.loads((folder / "agent.json").read_text())
    settings["access"] = {"accessLevel": "Medium", "actionMode": "Sometimes"}
    (folder / "agent.json").write_text(json.dumps(settings, indent=1))

    with pytest.raises(sre.directory.DirectoryError) as refused:
        deploy({"directory": folder})

    assert len(refused.value.diagnostics) == 2


MCP = "http://mcp.contoso.local/mcp"


@pytest.mark.parametrize(
    ("args", "is_refused"),
    [
        ({}, True),
        ({"network": {"egress": {"mode": "Limited"}}}, True),
        ({"network": {"egress": {"allow_http_mcp_server_network_access": True}}}, True),
        ({"network": {}}, False),
    ],
)
def test_an_mcp_server_without_encryption_needs_a_network(folder: Path, args: Any, is_refused: bool) -> None:
    """See docs/reference/control-plane.md#mcp-servers-by-managed-identity."""
    extended = {"type": "http", "endpoint": MCP}
    connector = {"name": "sql", "data_connector_type": "Mcp", "extended_properties": extended}
    directory = with_items(folder, Item(CONNECTOR, "sql", connector, HERE))

    if is_refused:
        with pytest.raises(pulumi.RunError, match=f"its connector sql is at {MCP}, which only a"):
            deploy_agent({**SMALL, "directory": directory, **args})
    else:
        deploy_agent({**SMALL, "directory": directory, **args})


def test_there_are_only_so_many_tools(folder: Path) -> None:
    """Eighty of all connectors together (docs/reference/control-plane.md#connectors)."""

    def connector(name: str, count: int) -> Item:
        tools = [f"{name}_{number}" for number in range(count)]
        extended = {"type": "http", "endpoint": "https://mcp.contoso.com", "selectedTools": tools}
        args = {"name": name, "data_connector_type": "Mcp", "extended_properties": extended}
        return Item(CONNECTOR, name, args, HERE)

    deploy_agent({**SMALL, "directory": with_items(folder, connector("a", 40), connector("b", 30))})

    with pytest.raises(pulumi.RunError, match="tools, 85 of them selectedTools of its connectors"):
        deploy_agent({**SMALL, "directory": with_items(folder, connector("a", 45), connector("b", 40))})

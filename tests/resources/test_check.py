"""What the check refuses, accepts and fills in; nothing of it asks anybody."""

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.resources._core.failures import check_failure
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from support.samples import AGENT_ID, LONG, Json
from support.sound_args import AGENT, CONNECTOR, SUBNET, args_of, egress

SKILL: Json = {"name": "triage", "skill_content": LONG}
SECRET = "s3cret-value"


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        pytest.param("Tool", {"name": "my-tool", "description": "…"}, id="the tool of the API reference"),
        pytest.param(
            "Connector", CONNECTOR | {"identity": "system"}, id="the connector of the API reference"
        ),
        pytest.param(
            "Repo",
            {"name": "my-repo", "url": "https://github.com/o/r", "type": "GitHub"},
            id="the repository of the API reference",
        ),
        pytest.param(
            "Repo",
            {"name": "r", "url": "https://contoso@dev.azure.com/contoso/p/_git/r"},
            id="an address as Azure DevOps hands it out",
        ),
        pytest.param(
            "Tool",
            {
                "name": "t",
                "type": "HttpClientTool",
                "additional_properties": {"url": "https://x", "headers": {"A": "b"}},
            },
            id="members that nobody published",
        ),
        pytest.param(
            "Tool",
            {
                "name": "t",
                "type": "KustoTool",
                "connector": "c",
                "database": "d",
                "function": "f",
                "mode": "Function",
            },
            id="a stored function",
        ),
        pytest.param(
            "Connector",
            {
                "name": "c",
                "data_connector_type": "Mcp",
                "extended_properties": {"type": "stdio", "command": "uvx", "args": ["x"], "envs": {"A": "b"}},
            },
            id="an MCP server over stdio",
        ),
        pytest.param(
            "Agent",
            {key: AGENT[key] for key in AGENT if key != "location"},
            id="an agent whose region the stack knows",
        ),
        pytest.param(
            "Agent",
            AGENT
            | {
                "vnet_configuration": {"subnet_resource_id": SUBNET},
                **egress(
                    mode="azurevnet",
                    http_proxy={
                        "http_url": "http://proxy:8080",
                        "https_url": "",
                        "no_proxy": ["10.0.0.0/8", ".corp.example", "*.x.example", "h:8080", "::1"],
                    },
                ),
            },
            id="an agent in a network",
        ),
    ],
)
def test_good_input_passes_without_an_agent_at_hand(kind: str, args: Json) -> None:
    """The directory reader checks before it knows which agent the items are for."""
    assert resources.validate(kind, args) == []


@pytest.mark.parametrize("kind", ["Agent", *(kind.name for kind in KINDS)])
def test_what_is_unknown_is_never_refused(kind: str) -> None:
    """At any depth: in a preview, values come from resources that are not there yet."""
    for partly_known in _each_part_unknown(args_of(kind)):
        assert resources.validate(kind, partly_known) == []


def _each_part_unknown(value: Any) -> Iterator[Any]:
    """Yield the value with each of its parts unknown in turn."""
    if isinstance(value, dict):
        for key in value:
            yield from ({**value, key: part} for part in (UNKNOWN, *_each_part_unknown(value[key])))
    if isinstance(value, list):
        for n, each in enumerate(value):
            yield from ([*value[:n], part, *value[n + 1 :]] for part in (UNKNOWN, *_each_part_unknown(each)))


def test_the_engines_floats_become_whole_numbers() -> None:
    """Also deep in objects that the kind knows nothing of."""
    args = CONNECTOR | {
        "agent_id": AGENT_ID,
        "extended_properties": {"lookbackDays": 7.0, "share": 0.5, "many": [1.0]},
    }

    inputs, found = model_of("Connector").check({}, args, StackDefaults())

    assert found == []
    assert repr(inputs["extended_properties"]) == "{'lookbackDays': 7, 'share': 0.5, 'many': [1]}"


def test_defaults_come_from_the_stack_and_from_the_kind() -> None:
    """The stack's plane counts where the kind has it."""
    skill = SKILL | {"agent_id": AGENT_ID}
    stack = StackDefaults(plane="control", subscription_id="s", location="East US 2")

    assert model_of("Skill").check({}, skill, StackDefaults())[0]["plane"] == "data"
    assert model_of("Skill").check({}, skill, stack)[0]["plane"] == "control"
    assert model_of("Skill").check({}, skill | {"plane": "data"}, stack)[0]["plane"] == "data"
    assert model_of("Connector").check({}, CONNECTOR, StackDefaults())[0]["plane"] == "control"
    assert model_of("Repo").check({}, {"name": "r", "url": "o/r"}, stack)[0] == {
        "name": "r",
        "url": "https://github.com/o/r",
        "plane": "data",
        "type": "GitHub",
    }
    assert (
        model_of("Repo").check({}, {"url": "https://dev.azure.com/o/p/_git/r"}, stack)[0]["type"]
        == "AzureDevOps"
    )
    agent = {key: AGENT[key] for key in AGENT if key != "location"}
    assert model_of("Agent").check({}, agent, stack)[0] == agent | {
        "api_version": "2025-05-01-preview",
        "subscription_id": "s",
        "location": "eastus2",
    }


@pytest.mark.parametrize(
    ("kind", "name", "written", "canonical"),
    [
        ("Skill", "skill_content", LONG + "\r\n", LONG + "\n"),
        ("Skill", "tools", ["b", "a", "b"], ["a", "b"]),
        ("Skill", "plane", "Control", "control"),
        ("Skill", "agent_id", AGENT_ID + "/", AGENT_ID),
        ("Repo", "url", "contoso/payments", "https://github.com/contoso/payments"),
        ("Repo", "type", "azure-devops", "AzureDevOps"),
        ("Repo", "type", "github", "GitHub"),
        ("Agent", "location", "Sweden Central", "swedencentral"),
        ("Agent", "action_configuration", {"mode": "automatic"}, {"mode": "Autonomous"}),
        ("Agent", "action_configuration", {"mode": "REVIEW"}, {"mode": "Review"}),
        ("Agent", "incident_management_configuration", {"type": "AzureMonitor"}, {"type": "AzMonitor"}),
    ],
)
def test_one_thing_is_written_in_one_way(kind: str, name: str, written: Any, canonical: Any) -> None:
    """So that inputs and outputs are alike, on every machine."""
    assert model_of(kind).check({}, args_of(kind) | {name: written}, StackDefaults())[0][name] == canonical


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Connector", {"extended_properties": {"type": "http", "bearerToken": SECRET}}),
        ("Connector", {"extended_properties": SECRET}),
        (
            "Agent",
            {"log_configuration": {"application_insights_configuration": {"connection_string": [SECRET]}}},
        ),
        ("Agent", {"incident_management_configuration": {"type": "None", "connection_key": {"a": SECRET}}}),
        ("Repo", {"url": f"https://{SECRET}@github.com/o/r"}),
    ],
)
def test_no_message_holds_a_secret(kind: str, change: Json) -> None:
    """Neither the sentence, nor the value that the engine prints for the property named to it."""
    inputs, found = model_of(kind).check({}, args_of(kind) | change, StackDefaults())
    told = [check_failure(model_of(kind).root, inputs, fault) for fault in found]

    assert told
    for each in told:
        assert SECRET not in each.reason
        assert each.property == ""


def test_the_engine_is_told_the_property_where_its_value_is_short() -> None:
    """It prints the value beside the sentence."""
    inputs, [fault] = model_of("Skill").check(
        {}, args_of("Skill") | {"skill_content": "short"}, StackDefaults()
    )
    told = check_failure(model_of("Skill").root, inputs, fault)

    assert (told.property, told.reason) == (
        "skill_content",
        "skill_content must be longer than 50 characters",
    )


def test_old_spellings_stay_where_nothing_else_changes() -> None:
    """The engine compares inputs as text once anything differs, and shows each that does."""
    old = {"agent_id": AGENT_ID, **SKILL, "plane": "data"}
    new = {"agent_id": AGENT_ID.lower(), **SKILL, "description": "new"}

    assert model_of("Skill").check(old, new, StackDefaults())[0] == old | {"description": "new"}

"""How each kind is written on the wire, word for word, and how what Azure says is read back."""

from typing import Annotated, Any

import pytest
from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.resources._core.agent_crud import body
from pulumi_sre_agent.resources._core.merge_patch import merge_patch
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources._core.tracked_crud import from_arm_body
from pulumi_sre_agent.schema.fields import fields_of
from support.samples import AGENT_ID, LONG, SAMPLES, Json

ID_ONE, ID_TWO = (f"/subscriptions/s/resourceGroups/g/providers/M/userAssignedIdentities/{n}" for n in (1, 2))
SPECS: dict[str, Json] = {
    "Connector": {
        "dataConnectorType": "Mcp",
        "dataSource": "placeholder",
        "identity": "system",
        "extendedProperties": {
            "type": "http",
            "endpoint": "https://example.net/mcp",
            "authType": "BearerToken",
            "bearerToken": "s3cret-bearer",
            "toolsVisibleToMetaAgent": ["*"],
            "healthPings": 3,
        },
    },
    "Tool": {
        "type": "KustoTool",
        "description": "Finds slow queries.",
        "parameters": [
            {"name": "since", "type": "string", "description": "How far back.", "required": True},
            {"name": "limit", "type": "int"},
        ],
        "toolMode": "Auto",
        "connector": "my-kusto",
        "database": "telemetry",
        "query": "Queries\n| where Duration > 1s",
        "timeoutSeconds": 30,
        "retention": {"days": 7},
    },
    "Skill": {
        "description": "Use it first.",
        "skillContent": LONG,
        "tools": ["RunAzCliReadCommands", "SearchMemory"],
        "additionalFiles": [
            {"filePath": "a.md", "content": "# A\n"},
            {"filePath": "b/c.sh", "content": "echo c\n"},
        ],
    },
    "CommonPrompt": {"prompt": "Never delete anything.\n"},
    "Repo": {
        "url": "https://github.com/contoso/payments",
        "type": "GitHub",
        "description": "The payments service.",
        "branch": "main",
        "authConnectorName": "github",
    },
}


@pytest.mark.parametrize("kind", list(SPECS))
def test_a_spec_has_azures_names_and_nothing_of_ours(kind: str) -> None:
    """Neither plane nor adoption, neither name nor agent: the client puts those where they belong."""
    inputs = {"agent_id": AGENT_ID, "plane": "data", "adopt": True, **SAMPLES[kind].args}

    assert model_of(kind).to_wire(inputs) == SPECS[kind]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param(
            "Skill", {"skillMdContent": LONG, "skillContent": None}, id="the other name of the content"
        ),
        pytest.param(
            "Skill", {"sourcePluginInstallation": "x", "extra": 1}, id="members that the service adds"
        ),
        pytest.param(
            "Skill",
            {"description": "Use it first.", "tools": ["SearchMemory", "RunAzCliReadCommands"]},
            id="another order",
        ),
        pytest.param("CommonPrompt", {"prompt": "Never delete anything.\r\n"}, id="other line ends"),
        pytest.param(
            "Repo", {"cloneStatus": "Ready", "latestCommit": "1234"}, id="what a clone goes through"
        ),
        pytest.param(
            "Connector", {"dataSource": None, "provisioningState": "Succeeded"}, id="what ARM withholds"
        ),
        pytest.param(
            "Connector",
            {"extendedProperties": {**SPECS["Connector"]["extendedProperties"], "bearerToken": None, "x": 1}},
            id="a redacted secret",
        ),
        pytest.param(
            "Tool", {"timeoutSeconds": 30.0, "mode": "Query", "dependencies": []}, id="the service's defaults"
        ),
    ],
)
def test_what_means_the_same_reads_as_nothing_changed(kind: str, said: Json) -> None:
    """A refresh keeps the program's spelling."""
    ours = {"agent_id": AGENT_ID, "plane": "data", **SAMPLES[kind].args}

    assert model_of(kind).merge_remote(ours, SPECS[kind] | said) == ours


def test_what_the_program_leaves_out_is_not_its_business() -> None:
    """Nor does an update of something else show it."""
    ours = {"agent_id": AGENT_ID, "name": "triage", "skill_content": LONG}

    assert model_of("Skill").merge_remote(ours, SPECS["Skill"]) == ours


def test_what_went_reads_as_gone() -> None:
    """Down to members of objects; a list says what is left of it."""
    ours: Json = {"agent_id": AGENT_ID, **SAMPLES["Tool"].args}
    theirs = {"parameters": [{"name": "since"}], "retention": {}}

    read = model_of("Tool").merge_remote(ours, theirs)

    assert read == {
        "agent_id": AGENT_ID,
        "name": "slow-queries",
        "parameters": [{"name": "since"}],
        "additional_properties": {"retention": {}},
    }


@pytest.mark.parametrize(
    ("old", "new", "sent"),
    [
        pytest.param([ID_ONE], None, {"type": "None"}, id="taken off"),
        pytest.param(
            [ID_ONE],
            [ID_TWO],
            {"type": "UserAssigned", "userAssignedIdentities": {ID_ONE: None, ID_TWO: {}}},
            id="swapped",
        ),
        pytest.param(
            [ID_ONE],
            [ID_ONE.upper(), ID_TWO],
            {"type": "UserAssigned", "userAssignedIdentities": {ID_ONE.upper(): {}, ID_TWO: {}}},
            id="added",
        ),
        pytest.param(
            [ID_ONE], [], {"type": "UserAssigned", "userAssignedIdentities": {ID_ONE: None}}, id="emptied"
        ),
        pytest.param([], [], {"type": "UserAssigned"}, id="none"),
    ],
)
def test_identities_are_a_list_here_and_a_map_there(
    old: list[str], new: list[str] | None, sent: Json
) -> None:
    """A PATCH takes an identity off by name."""
    spec = {"identity": new if new is None else {"type": "UserAssigned", "userAssignedIdentities": new}}

    assert body(spec, "2026-01-01", removed_ids=old)["identity"] == sent


def test_an_agent_without_identities_reads_as_such() -> None:
    """ARM leaves the block out."""
    assert from_arm_body({"location": "x", "properties": {"a": 1}}) == {
        "a": 1,
        "location": "x",
        "identity": {"type": "None", "userAssignedIdentities": []},
    }


def test_a_patch_sends_whole_what_azure_does_not_show_whole() -> None:
    """Or the connection string would be lost beside a changed application id."""
    node = model_of("Agent").root
    old = {
        "log_configuration": {"application_insights_configuration": {"app_id": "1", "connection_string": "s"}}
    }
    new = {
        "log_configuration": {"application_insights_configuration": {"app_id": "2", "connection_string": "s"}}
    }

    assert merge_patch(node, old, new) == {
        "logConfiguration": {"applicationInsightsConfiguration": {"appId": "2", "connectionString": "s"}}
    }


def test_a_field_has_one_type() -> None:
    """A kind that says otherwise fails when it is first used."""

    class TwofoldArgs(TypedDict):
        either: Annotated[Input[Any] | int | str, "…"]

    with pytest.raises(TypeError, match="must be Input"):
        fields_of(TwofoldArgs)

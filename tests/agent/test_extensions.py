"""sre.Extensions: one resource per item, in the order that items need."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.api.kinds import (
    COMMON_PROMPT,
    CONNECTOR,
    CONNECTOR_V2_CONNECTION,
    CONNECTOR_V2_MCP_SERVER,
    GITHUB_DOMAIN,
    HTTP_TRIGGER,
    INCIDENT_FILTER,
    INCIDENT_PLATFORM,
    MARKETPLACE,
    PLUGIN_INSTALLATION,
    REPO,
    REPO_INSTRUCTIONS,
    SCHEDULED_TASK,
    SKILL,
    SUBAGENT,
    TOOL,
    Kind,
)
from pulumi_sre_agent.directory import AgentDirectory, AgentSettings, Item, Note, Source
from pulumi_sre_agent.directory import SecretStr as Variable
from support.mocks import SUBSCRIPTION, Registered, Secret, run

AGENT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.App/agents/oncall"
LONG = "Look at the queues first, then at the database, and say what you saw."


def item(kind: Kind, name: str, key: str = "name", **args: Any) -> Item:
    return Item(kind, name, {**({key: name} if name else {}), **args}, Source("here.yaml", 1))


def directory(*items: Item, notes: tuple[Note, ...] = ()) -> AgentDirectory:
    return AgentDirectory(Path(), AgentSettings(arguments={"name": "oncall"}), items, notes=notes)


def deployed(*items: Item, opts: pulumi.ResourceOptions | None = None) -> Registered:
    return run(lambda: sre.Extensions("oncall", {"agent_id": AGENT, "directory": directory(*items)}, opts))


KUSTO = item(CONNECTOR, "events", data_connector_type="Kusto", data_source="https://c.kusto.windows.net/d")
MCP = item(CONNECTOR, "ops", data_connector_type="Mcp")
QUERY = item(TOOL, "slow-queries", type="KustoTool", connector="events", database="d", query="T")
LINK = item(TOOL, "link", type="LinkTool", template="https://x")
PROMPT = item(COMMON_PROMPT, "safety", prompt="Be careful.")
CODE = item(REPO, "code", url="https://github.com/o/r")
SUB = item(SUBAGENT, "sub", instructions=LONG)
PLATFORM = item(INCIDENT_PLATFORM, "", type="AzMonitor")
TASK = item(SCHEDULED_TASK, "daily", cron_expression="0 8 * * *", agent_prompt="Look.", agent="sub")
TRIGGER = item(HTTP_TRIGGER, "pr", agent_prompt="Look.", agent="sub")
PLAN = item(INCIDENT_FILTER, "sev0", incident_platform="AzMonitor", handling_agent="sub", tools=["link"])


def test_every_item_becomes_the_resource_of_its_kind() -> None:
    skill = item(SKILL, "triage", skill_content=LONG)

    seen = deployed(KUSTO, LINK, skill, PROMPT, CODE)

    found = {(made.type, made.name): made for made in seen.made if made.type != "sre:index:Extensions"}
    assert found.keys() == {
        ("pulumi-python:dynamic/sre:Connector", "oncall-events"),
        ("pulumi-python:dynamic/sre:Tool", "oncall-link"),
        ("pulumi-python:dynamic/sre:Skill", "oncall-triage"),
        ("pulumi-python:dynamic/sre:CommonPrompt", "oncall-safety"),
        ("pulumi-python:dynamic/sre:Repo", "oncall-code"),
    }
    assert {made.parent for made in found.values()} == {"oncall"}
    assert {made.inputs["agent_id"] for made in found.values()} == {AGENT}
    assert found["pulumi-python:dynamic/sre:Skill", "oncall-triage"].inputs["skill_content"] == LONG


@pytest.mark.parametrize(
    ("items", "waits"),
    [
        pytest.param(
            [KUSTO, QUERY], {"oncall-slow-queries": {"oncall-events"}}, id="tool-waits-for-its-connector"
        ),
        pytest.param(
            [LINK, item(SKILL, "triage", skill_content=LONG, tools=["link", "RunAzCliReadCommands"])],
            {"oncall-triage": {"oncall-link"}},
            id="skill-waits-for-its-tools",
        ),
        pytest.param(
            [MCP, item(SKILL, "triage", skill_content=LONG, tools=["ops_restart"])],
            {"oncall-triage": {"oncall-ops"}},
            id="skill-waits-for-a-connector's-tool",
        ),
        pytest.param(
            [MCP, item(SKILL, "triage", skill_content=LONG, tools=["ops/*"])],
            {"oncall-triage": {"oncall-ops"}},
            id="skill-waits-for-all-of-a-connector",
        ),
        pytest.param(
            [KUSTO, QUERY, item(SKILL, "triage", skill_content=LONG, tools=["slow-queries"])],
            {"oncall-slow-queries": {"oncall-events"}, "oncall-triage": {"oncall-slow-queries"}},
            id="and-not-for-what-those-wait-for",
        ),
        pytest.param(
            [MCP, item(REPO, "code", url="https://github.com/o/r", auth_connector_name="ops")],
            {"oncall-code": {"oncall-ops"}},
            id="repository-waits-for-its-login",
        ),
        pytest.param(
            [
                MCP,
                LINK,
                item(SKILL, "triage", skill_content=LONG),
                PROMPT,
                SUB,
                item(
                    SUBAGENT,
                    "lead",
                    instructions=LONG,
                    tools=["link"],
                    mcp_tools=["ops/*"],
                    allowed_skills=["triage"],
                    common_prompts=["safety"],
                    handoffs=["sub"],
                ),
            ],
            {"oncall-lead": {"oncall-ops", "oncall-link", "oncall-triage", "oncall-safety", "oncall-sub"}},
            id="subagent-waits-for-all-that-it-uses",
        ),
        pytest.param(
            [SUB, TASK, TRIGGER, PLATFORM, LINK, PLAN],
            {
                "oncall-daily": {"oncall-sub"},
                "oncall-pr": {"oncall-sub"},
                "oncall-sev0": {"oncall-sub", "oncall", "oncall-link"},
            },
            id="work-waits-for-who-does-it-and-a-plan-for-its-platform",
        ),
        pytest.param(
            [
                item(GITHUB_DOMAIN, "github.com", "domain", auth_type="OAuth"),
                item(GITHUB_DOMAIN, "ghe.example.com", "domain", auth_type="OAuth"),
                item(REPO, "code", url="o/r"),
                item(REPO, "more", url="https://GHE.example.com/o/r"),
            ],
            {"oncall-code": {"oncall-github.com"}, "oncall-more": {"oncall-ghe.example.com"}},
            id="repository-waits-for-the-login-with-its-host",
        ),
        pytest.param(
            [
                item(CONNECTOR_V2_CONNECTION, "jira", connector_name="jira"),
                item(
                    CONNECTOR_V2_MCP_SERVER,
                    "tickets",
                    connectors=[{"name": "jira", "connection_name": "jira"}],
                ),
                item(SKILL, "triage", skill_content=LONG, tools=["tickets_create_issue"]),
            ],
            {"oncall-tickets": {"oncall-jira"}, "oncall-triage": {"oncall-tickets"}},
            id="server-waits-for-its-connection",
        ),
        pytest.param(
            [item(MARKETPLACE, "shop", spec={}), item(PLUGIN_INSTALLATION, "p", spec={"a": 1})],
            {"oncall-p": {"oncall-shop"}},
            id="plugin-waits-for-marketplaces",
        ),
        pytest.param(
            [CODE, item(REPO_INSTRUCTIONS, "code", "repo", files={"AGENTS.md": "Hi"})],
            {"oncall-code": {"oncall-code"}},
            id="instructions-wait-for-their-repository",
        ),
        pytest.param([KUSTO, MCP, LINK, PROMPT, CODE, SUB, PLATFORM], {}, id="strangers-wait-for-nobody"),
        pytest.param(
            [item(TOOL, "t", type="KustoTool", connector="elsewhere", database="d", query="T")],
            {},
            id="what-is-elsewhere-is-not-waited-for",
        ),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["in-order", "reversed"])
def test_items_wait_for_those_that_they_name_alone(
    items: list[Item], waits: dict[str, set[str]], order: int
) -> None:
    seen = deployed(*items[::order])

    assert {made.name: made.waits_for for made in seen.made if made.waits_for} == waits


def test_of_subagents_that_name_each_other_one_comes_first_and_knows_which_are_to_come() -> None:
    """The others wait for those that come before them, so that no two wait for each other."""
    handoffs = {"a": ["b"], "b": ["c", "d"], "c": ["a", "b"], "d": [], "e": ["a"]}
    items = [item(SUBAGENT, name, instructions=LONG, handoffs=names) for name, names in handoffs.items()]

    seen = deployed(*items)

    made = {
        each.name.removeprefix("oncall-"): each
        for each in seen.of("pulumi-python:dynamic/sre:Subagent").values()
    }
    assert {name: sorted(each.waits_for) for name, each in made.items() if each.waits_for} == {
        "a": ["oncall-b"],
        "b": ["oncall-c", "oncall-d"],
        "e": ["oncall-a"],
    }
    assert {name: each.inputs.get("handoffs_to_come") for name, each in made.items()} == {
        **dict.fromkeys("abde"),
        "c": ["a", "b"],
    }


def test_what_an_agent_has_one_of_keeps_its_name() -> None:
    """Another platform then changes the one that is there; a second one would take its place first."""
    (made,) = deployed(PLATFORM).of("pulumi-python:dynamic/sre:IncidentPlatform").values()

    assert (made.name, made.inputs["type"]) == ("oncall", "AzMonitor")


def test_addresses_of_triggers_come_out() -> None:
    """By their names, for whoever calls them."""
    component: list[sre.Extensions] = []

    run(
        lambda: component.append(
            sre.Extensions("oncall", {"agent_id": AGENT, "directory": directory(SUB, TRIGGER)})
        )
    )

    assert component[0].trigger_urls.keys() == {"pr"}


def test_notes_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What is left to people appears with every run."""
    note = Note("roles.yaml", 3, "Teams: consent in the portal")

    with caplog.at_level("INFO"):
        run(
            lambda: (
                sre.Extensions("oncall", {"agent_id": AGENT, "directory": directory(notes=(note,))}) and None
            )
        )

    assert "roles.yaml:3: Teams: consent in the portal" in caplog.text


def test_warnings_of_a_directory_are_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Also where several agents of a program are made of it."""
    found = replace(directory(), warnings=(Note("connectors.json", 3, "bearerToken is a secret"),))

    run(
        lambda: [
            sre.Extensions(name, {"agent_id": AGENT, "directory": found}) for name in ("oncall", "second")
        ]
    )

    assert [
        (each.levelname, each.message) for each in caplog.records if "connectors.json" in each.message
    ] == [("WARNING", "connectors.json:3: bearerToken is a secret")]


def test_texts_from_variables_are_secrets_wherever_they_stand() -> None:
    """As a member, in an object and in a list."""
    token = Variable("t0p")
    hidden = item(
        CONNECTOR,
        "ops",
        data_connector_type="Mcp",
        data_source=token,
        extended_properties={"type": "stdio", "args": ["--key", token], "envs": {"KEY": token}},
    )

    (made,) = deployed(hidden).of("pulumi-python:dynamic/sre:Connector").values()

    assert made.inputs["data_source"] == Secret("t0p")
    assert "t0p" in repr(made.inputs["extended_properties"])
    assert "t0p" not in repr(_without_secrets(made.inputs))


def test_items_go_with_the_agent_that_they_belong_to() -> None:
    class Group(pulumi.CustomResource):
        """Anything that can be deleted."""

    def program() -> None:
        owner = Group("test:index:Owner", "owner", {})
        args = {"agent_id": AGENT, "directory": directory(PROMPT)}
        sre.Extensions("oncall", args, pulumi.ResourceOptions(deleted_with=owner))  # type: ignore[arg-type] # a plain dict

    made = run(program).one("pulumi-python:dynamic/sre:CommonPrompt")

    assert made.deleted_with == "owner"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(member) for name, member in value.items()}
    return None if isinstance(value, Secret) else value

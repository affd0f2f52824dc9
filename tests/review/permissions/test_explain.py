"""Who may use which tool, and whether somebody is asked, from an agent's whole set-up."""

from typing import Any

import pytest

from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from pulumi_sre_agent.review.permissions.explain import AgentPermissions, explain
from pulumi_sre_agent.review.permissions.model import Permission
from pulumi_sre_agent.review.permissions.render import as_json, as_text

PLAN = {"agent_mode": "Autonomous", "handling_agent": "fixer"}
FIXER = {"tools": ["RunAzCliWriteCommands", "RunKubectlWriteCommand", "SearchMemory"]}
AZ, KUBECTL = "RunAzCliWriteCommands", "RunKubectlWriteCommand"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
STANDARD_USER = "2d84a65a-63b2-4343-bbb6-31105d857bc1"


def item(kind: str, name: str = "", **properties: Any) -> Item:
    return Item(kind=kind, name=name, properties={"name": name, **properties})


def explained(*items: Item, mode: str = "Review", roles: tuple[Item, ...] = ()) -> AgentPermissions:
    agent = Agent(name="shop", properties={"action_configuration": {"mode": mode}}, items=items)
    (found,) = explain(Inventory(agents=(agent,), surroundings=roles))
    return found


def of(found: AgentPermissions, actor: str, tool: str) -> Permission:
    (each,) = [each for each in found.actors if each.actor.title == actor]
    (permission,) = [one for one in each.permissions if one.tool.name == tool]
    return permission


def results(found: AgentPermissions, actor: str, *tools: str) -> list[str]:
    return [of(found, actor, tool).result.value for tool in tools]


def hook(name: str = "gate", **properties: Any) -> Item:
    body = {"matcher": "Run.*Write.*", "prompt": "May it?"}
    return item("Hook", name, **{"event_type": "PreToolUse", "hook": body, **properties})


def test_a_chat_goes_by_the_agents_mode_and_an_automation_by_its_own() -> None:
    found = explained(
        item("Subagent", "fixer", **FIXER),
        item("IncidentFilter", "down", **PLAN),
        item("ScheduledTask", "nightly", agent_mode="Review"),
        item("HttpTrigger", "deployed", agent="fixer"),
        item("ScheduledTask", "off", is_enabled=False),
    )

    assert [(each.actor.title, each.actor.mode) for each in found.actors] == [
        ("agent shop", "Review"),
        ("subagent fixer", "Review"),
        ("response plan down", "Autonomous"),
        ("scheduled task nightly", "Review"),
        ("HTTP trigger deployed", "Autonomous"),
    ]
    assert results(found, "agent shop", AZ, KUBECTL, "SearchMemory") == ["asks", "unpublished", "runs"]
    assert results(found, "response plan down", AZ, KUBECTL, "SearchMemory") == ["runs", "runs", "runs"]
    assert any("an older page calls that a ceiling" in note for note in found.notes)
    assert any("What says no mode gets Autonomous" in note for note in found.notes)


def test_a_handler_has_the_tools_that_it_names_and_those_of_whom_it_hands_work_to() -> None:
    found = explained(
        item("Subagent", "fixer", tools=["SearchMemory"], handoffs=["second"], enable_skills=True),
        item("Subagent", "second", tools=["RunInTerminal"], mcp_tools=["ops/*"]),
        item("Skill", "restart", tools=[AZ]),
        item("IncidentFilter", "down", **PLAN, tools=["declines"]),
        item("Tool", "declines", type="KustoTool"),
        item("Connector", "ops", extended_properties={"selectedTools": ["ops_drain"]}),
    )
    (plan,) = [each for each in found.actors if each.actor.kind == "IncidentFilter"]

    assert plan.actor.handlers == ("fixer", "second")
    assert {each.tool.name for each in plan.permissions} == {
        *("SearchMemory", AZ, "RunInTerminal", "ops_*", "ops_drain", "declines")
    }


def test_a_tool_that_is_switched_off_is_nobodys() -> None:
    found = explained(item("ToolEnablement", overrides={"RunInTerminal": False, "Brand_New": True}))
    names = {each.tool.name for each in found.actors[0].permissions}

    assert "RunInTerminal" not in names
    assert of(found, "agent shop", "Brand_New").result.value == "unpublished"


@pytest.mark.parametrize(
    ("lists", "mode", "expected"),
    [
        ({"deny": ["Run*Write*"]}, "Autonomous", ["blocked", "blocked", "runs"]),
        ({"ask": ["*"]}, "Review", ["asks", "asks", "asks"]),
        ({"ask": ["*"]}, "Autonomous", ["runs", "runs", "runs"]),
        ({"allow": ["bash"], "ask": ["*"]}, "Review", ["runs", "runs", "asks"]),
        ({"allow": ["bash"], "deny": ["shell"]}, "Review", ["blocked", "blocked", "runs"]),
        ({"deny": ["runazcliwritecommands"]}, "Autonomous", ["runs", "runs", "runs"]),
    ],
    ids=["deny", "ask", "ask passes", "allow beats ask", "deny beats allow", "letter case"],
)
def test_the_policies(lists: dict[str, Any], mode: str, expected: list[str]) -> None:
    found = explained(item("GlobalToolPermissions", **lists), mode=mode)

    assert results(found, "agent shop", AZ, KUBECTL, "SearchMemory") == expected


def test_an_allowance_of_a_subagent_holds_for_that_one_alone() -> None:
    found = explained(
        item("Subagent", "fixer", **FIXER),
        item("GlobalToolPermissions", ask=[AZ]),
        Item(kind="SubagentPermissions", name="Fixer", properties={"allow": [AZ]}),
    )

    assert results(found, "subagent fixer", AZ) == ["runs"]
    assert results(found, "agent shop", AZ) == ["asks"]


def test_a_pattern_with_arguments_is_an_exception() -> None:
    found = explained(
        item("GlobalToolPermissions", allow=[f"{AZ}(az vm restart *)"], deny=[f"{AZ}(az group *)"])
    )
    permission = of(found, "agent shop", AZ)

    assert permission.result.value == "asks"
    assert [(text, result.value) for text, result in permission.exceptions] == [
        (f"{AZ}(az group *)", "blocked"),
        (f"{AZ}(az vm restart *)", "runs"),
    ]


def test_a_hook_is_named_and_protects_from_nothing_but_one_that_allows_opens() -> None:
    denied = item("GlobalToolPermissions", deny=[KUBECTL])
    gated = explained(hook(permission_decision="deny"), denied)
    opened = explained(hook(permission_decision="allow"), denied)

    assert of(gated, "agent shop", AZ).unless == ("gate",)
    assert any("`az` deletions and all of `az keyvault` are refused" in note for note in gated.notes)
    assert results(gated, "agent shop", AZ, KUBECTL) == ["asks", "blocked"]
    assert results(opened, "agent shop", AZ, KUBECTL) == ["runs", "runs"]
    assert any("beats even a deny" in note for note in opened.notes)


@pytest.mark.parametrize(
    "off", [{"enabled": False}, {"activation_mode": "onDemand"}, {"event_type": "PostToolUse"}]
)
def test_a_hook_that_does_not_look_before_a_tool_is_not_named(off: dict[str, Any]) -> None:
    assert of(explained(hook(**off)), "agent shop", AZ).unless == ()


def test_a_managed_connector_says_itself_what_asks_until_nobody_is_asked() -> None:
    server = item(
        "ConnectorV2McpServer",
        "jira",
        connectors=[{"name": "jira", "operations": [{"name": "close", "requires_approval": True}]}],
        require_approval_tools=["jira_delete"],
    )
    review, autonomous = explained(server), explained(server, mode="Automatic")

    assert results(review, "agent shop", "jira_close", "jira_delete") == ["asks", "asks"]
    assert results(autonomous, "agent shop", "jira_close", "jira_delete") == ["runs", "runs"]


@pytest.mark.parametrize(
    ("role", "words"),
    [(READER, True), (CONTRIBUTOR, False)],
    ids=["reads only", "writes"],
)
def test_roles_of_the_identity_and_of_people(role: str, words: bool) -> None:
    found = explained(
        roles=(
            item("RoleAssignment", role=role, scope=GROUP, principal_id="p"),
            item("RoleAssignment", role=STANDARD_USER, scope=f"{GROUP}/providers/a/b/c", principal_id="q"),
        )
    )

    agent = as_json([found])["agents"][0]
    assert [(each["scope"], each["principal"]) for each in agent["roles"]] == [
        ("the resource group rg-shop", "p")
    ]
    assert [each["role"] for each in agent["people"]] == ["SRE Agent Standard User"]
    assert any("Azure lets the identity only read" in note for note in found.notes) is words
    assert any("Nobody here has the role SRE Agent Administrator" in note for note in found.notes)


@pytest.mark.parametrize(
    ("items", "is_there"),
    [
        ([], False),
        ([item("IncidentPlatform", type="AzMonitor")], True),
        ([item("IncidentPlatform", type="AzMonitor"), item("QuickstartPlan", present=False)], False),
        ([item("QuickstartPlan", present=True)], True),
        ([item("QuickstartPlan", present=True), item("IncidentFilter", "quickstart_handler")], False),
    ],
    ids=["no platform", "platform", "taken away", "kept", "listed itself"],
)
def test_the_plan_that_the_service_makes_acts_too(items: list[Item], is_there: bool) -> None:
    found = explained(*items)
    modes = [each.actor.mode for each in found.actors if each.actor.kind == "QuickstartPlan"]

    assert modes == (["Autonomous"] if is_there else [])
    assert any("the product's pages tell in three ways" in note for note in found.notes) is is_there


def test_tools_of_another_incident_platform_are_not_there() -> None:
    found = explained(item("IncidentPlatform", type="PagerDuty"))
    names = {each.tool.name for each in found.actors[0].permissions}

    assert "ResolvePagerDutyIncident" in names
    assert "CreateServiceNowChangeRequest" not in names


def test_the_text_fits_a_terminal_and_the_json_has_the_rows() -> None:
    found = explained(item("IncidentFilter", "down", **PLAN), item("Subagent", "fixer", **FIXER), hook())
    text, document = as_text([found]), as_json([found])

    assert all(len(line) <= 80 for line in text.splitlines())
    assert (
        "response plan down, by fixer: mode Autonomous (its own)\n"
        f"  at once: {AZ}, {KUBECTL}, unless the hook gate\n"
        "    stops it\n"
        "  at once: SearchMemory\n"
    ) in text
    plan = next(each for each in document["agents"][0]["actors"] if each["kind"] == "IncidentFilter")
    assert [(each["name"], each["result"], each["rows"]) for each in plan["tools"]] == [
        (AZ, "runs", [9]),
        (KUBECTL, "runs", [9, 10]),
        ("SearchMemory", "runs", [10]),
    ]

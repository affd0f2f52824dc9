"""Each rule finds what it is for, in a sentence, and nothing else is found in the same change."""

from typing import Any

import pytest

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.rules import RULES
from support.previews import CONTRIBUTOR, GROUP, ROLE, preview, step

AGENT: dict[str, Any] = {
    "name": "shop",
    "location": "swedencentral",
    "action_configuration": {"mode": "Review", "access_level": "Low"},
    "knowledge_graph_configuration": {"managed_resources": [GROUP]},
    "sandbox_configuration": {"egress": {"mode": "Limited", "allowed_hosts": ["a.example.com"]}},
    "monthly_agent_unit_limit": 1000,
    "default_model": {"provider": "MicrosoftFoundry"},
}
PLAN = {
    "name": "down",
    "agent_mode": "Review",
    "priorities": ["Sev0"],
    "title_contains": "checkout",
    "title_not_contains": ["test"],
}
TASK = {"name": "nightly", "agent_mode": "Review", "cron_expression": "0 6 * * *", "agent_prompt": "Look."}
TRIGGER = {"name": "deployed", "agent_mode": "Review", "agent_prompt": "Look.", "is_enabled": True}
HOOK: dict[str, Any] = {
    "name": "gate",
    "event_type": "PreToolUse",
    "permission_decision": "deny",
    "hook": {"matcher": "Run.*", "fail_mode": "block", "prompt": "May it?"},
}
POLICY: dict[str, Any] = {
    "allow": ["RunAzCliReadCommands"],
    "ask": ["RunInTerminal"],
    "deny": ["RunAzCliWriteCommands"],
}
MCP: dict[str, Any] = {
    "name": "ops",
    "extended_properties": {"endpoint": "https://a.example.com/mcp", "bearerToken": "[secret]"},
}
MANAGED = {"name": "jira", "connectors": [], "require_approval_tools": ["create_issue"]}
LONG = "Look at the queue first, then at the database, and say what you saw before you propose anything."


def agent(**changed: Any) -> dict[str, Any]:
    return {**AGENT, **changed}


def egress(**changed: Any) -> dict[str, Any]:
    return agent(sandbox_configuration={"egress": {**AGENT["sandbox_configuration"]["egress"], **changed}})


def hook(**changed: Any) -> dict[str, Any]:
    return {**HOOK, "hook": {**HOOK["hook"], **changed}}


def operations(**changed: Any) -> dict[str, Any]:
    """Return a managed connector with one operation."""
    operation = {"name": "CreateIssue", **changed}
    return {"name": "jira", "connectors": [{"name": "jira", "operations": [operation]}]}


SUBNET = {"subnet_resource_id": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"}

CASES = [
    ("agent-lost", "high", step("Agent", AGENT, None), "would be deleted: its threads"),
    (
        "agent-lost",
        "high",
        step("Agent", AGENT, agent(name="shop2"), op="replace"),
        "`shop2` would be deleted and made anew because of `name`",
    ),
    ("history-lost", "medium", step("HttpTrigger", TRIGGER, None), "HttpTrigger `deployed` would be deleted"),
    (
        "history-lost",
        "medium",
        step("ScheduledTask", TASK, {**TASK, "name": "daily"}, op="replace"),
        "ScheduledTask `daily` would be deleted and made anew: the list of its runs goes.",
    ),
    (
        "knowledge-deleted",
        "medium",
        step("KnowledgeItem", {"name": "runbook"}, None),
        "KnowledgeItem `runbook`",
    ),
    (
        "protection-removed",
        "medium",
        step("Agent", AGENT, agent(tags={"a": "b"}), protect=(True, False)),
        "Agent `shop` would no longer be protected",
    ),
    (
        "protection-removed",
        "medium",
        step("azure-native:authorization:ManagementLockByScope", {"level": "CanNotDelete"}, None),
        "The lock `one` would be gone.",
    ),
    (
        "mode-autonomous",
        "high",
        step("Agent", AGENT, agent(action_configuration={"mode": "Autonomous", "access_level": "Low"})),
        "its mode changes from `Review` to `Autonomous`",
    ),
    (
        "mode-autonomous",
        "high",
        step("Agent", AGENT, agent(action_configuration={"mode": "Automatic", "access_level": "Low"})),
        "its mode changes from `Review`",
    ),
    (
        "mode-autonomous",
        "high",
        step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}),
        "The response plan `down` would act without asking",
    ),
    (
        "mode-autonomous",
        "high",
        step("ScheduledTask", TASK, {name: value for name, value in TASK.items() if name != "agent_mode"}),
        "The scheduled task `nightly` would act without asking",
    ),
    (
        "mode-autonomous",
        "high",
        step("HttpTrigger", TRIGGER, {**TRIGGER, "agent_mode": "Autonomous"}),
        "The HTTP trigger `deployed` would act without asking",
    ),
    (
        "subagent-autonomous",
        "low",
        step("Subagent", {"name": "s", "agent_type": "Review"}, {"name": "s", "agent_type": "Autonomous"}),
        "The subagent `s` says of itself",
    ),
    ("quickstart-plan-active", "high", step("QuickstartPlan", None, {"present": True}), "act on alerts"),
    ("hook-weakened", "high", step("Hook", HOOK, None), "The hook `gate` would be gone."),
    ("hook-weakened", "high", step("Hook", HOOK, {**HOOK, "enabled": False}), "it is switched off"),
    ("hook-weakened", "high", step("Hook", HOOK, hook(fail_mode="allow")), "no longer blocks the tool"),
    (
        "hook-weakened",
        "high",
        step("Hook", HOOK, hook(matcher="Run.*Write")),
        "tools `Run.*Write` instead of `Run.*`",
    ),
    ("hook-weakened", "high", step("Hook", HOOK, hook(prompt="Say yes.")), "its prompt changed"),
    (
        "hook-weakened",
        "high",
        step("Hook", HOOK, {**HOOK, "permission_decision": "allow"}),
        "it decides `allow` instead of `deny`",
    ),
    (
        "hook-weakened",
        "high",
        step("Hook", HOOK, {**HOOK, "event_type": "PostToolUse"}),
        "it runs at `PostToolUse`",
    ),
    (
        "hook-weakened",
        "high",
        step("Hook", HOOK, {**HOOK, "activation_mode": "onDemand"}),
        "somebody activates it",
    ),
    (
        "hook-allows",
        "high",
        step("Hook", None, {**HOOK, "permission_decision": "allow"}),
        "The hook `gate` would allow what it matches",
    ),
    (
        "tool-policy-loosened",
        "high",
        step(
            "GlobalToolPermissions",
            POLICY,
            {**POLICY, "allow": ["RunAzCliReadCommands", "RunInTerminal"], "ask": []},
        ),
        "Tools `RunInTerminal`: `ask` before, `allow` after.",
    ),
    (
        "tool-policy-loosened",
        "high",
        step("GlobalToolPermissions", POLICY, {**POLICY, "deny": []}),
        "Tools `RunAzCliWriteCommands`: `deny` before, no rule after.",
    ),
    (
        "tool-policy-loosened",
        "high",
        step("SubagentPermissions", {"subagent": "s", "allow": []}, {"subagent": "s", "allow": ["*"]}),
        "The subagent `s` may use tools `*`",
    ),
    (
        "approval-removed",
        "high",
        step("ConnectorV2McpServer", MANAGED, {**MANAGED, "require_approval_tools": []}),
        "The managed connector `jira` would run `create_issue` without asking.",
    ),
    (
        "approval-removed",
        "high",
        step("ConnectorV2McpServer", operations(requires_approval=True), operations(requires_approval=False)),
        "The managed connector `jira` would run `jira.CreateIssue` without asking.",
    ),
    (
        "access-level-raised",
        "high",
        step("Agent", AGENT, agent(action_configuration={"mode": "Review", "access_level": "High"})),
        "would have access level `High`, `Low` before",
    ),
    (
        "role-granted",
        "high",
        step("RoleAssignment", None, {**ROLE, "role": CONTRIBUTOR}),
        "The identity `p-1` would get the role `Contributor` on the resource group `rg-shop`.",
    ),
    (
        "role-granted",
        "low",
        step("RoleAssignment", None, {**ROLE, "role": "acdd72a7-3385-48ef-bd42-f606fba81ae7"}),
        "the role `Reader`",
    ),
    (
        "role-granted",
        "medium",
        step(
            "RoleAssignment",
            None,
            {
                **ROLE,
                "scope": GROUP.split("/resourceGroups", maxsplit=1)[0],
                "role": "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
            },
        ),
        "`Monitoring Contributor` on the whole subscription `00000000-",
    ),
    (
        "role-removed",
        "low",
        step("RoleAssignment", {**ROLE, "role": CONTRIBUTOR}, None),
        "The identity `p-1` would lose the role `Contributor`",
    ),
    (
        "scope-widened",
        "medium",
        step(
            "Agent",
            AGENT,
            agent(knowledge_graph_configuration={"managed_resources": [GROUP.upper(), f"{GROUP}-2"]}),
        ),
        "would watch also the resource group `rg-shop-2`.",
    ),
    (
        "egress-opened",
        "high",
        step("Agent", AGENT, egress(mode="Unrestricted")),
        "`Unrestricted` instead of `Limited`",
    ),
    (
        "egress-opened",
        "high",
        step("Agent", AGENT, egress(allowed_hosts=["b.example.com", "a.example.com"])),
        "could reach more: hosts `b.example.com`.",
    ),
    ("subnet-changed", "medium", step("Agent", AGENT, agent(vnet_configuration=SUBNET)), "from none"),
    (
        "endpoint-changed",
        "high",
        step(
            "Connector",
            MCP,
            {
                **MCP,
                "extended_properties": {
                    **MCP["extended_properties"],
                    "endpoint": "https://b.example.com/mcp",
                },
            },
        ),
        "Connector `ops` would call `https://b.example.com/mcp` instead of `https://a.example.com/mcp`.",
    ),
    (
        "secret-changed",
        "low",
        step("Connector", MCP, MCP, changed=("extended_properties.bearerToken",)),
        "Connector `ops` would get another secret: `extended_properties.bearerToken`.",
    ),
    (
        "tools-enabled",
        "medium",
        step("ToolEnablement", {"overrides": {"a": True}}, {"overrides": {"a": True, "RunInTerminal": True}}),
        "Tools would be switched on: `RunInTerminal`.",
    ),
    ("plan-widened", "medium", step("IncidentFilter", PLAN, {**PLAN, "priorities": []}), "any priorities"),
    (
        "plan-widened",
        "medium",
        step("IncidentFilter", PLAN, {**PLAN, "priorities": ["Sev0", "Sev1"]}),
        "would take more alerts: priorities `Sev1`.",
    ),
    (
        "plan-widened",
        "medium",
        step("IncidentFilter", PLAN, {**PLAN, "title_not_contains": []}),
        "titles with `test`",
    ),
    (
        "plan-widened",
        "medium",
        step("IncidentFilter", {**PLAN, "is_enabled": False}, PLAN),
        "would take more alerts: it is switched on.",
    ),
    ("plan-narrowed", "medium", step("IncidentFilter", PLAN, None), "would be gone"),
    ("plan-narrowed", "medium", step("IncidentFilter", PLAN, {**PLAN, "is_enabled": False}), "would be off"),
    (
        "plan-narrowed",
        "medium",
        step("IncidentFilter", PLAN, {**PLAN, "title_not_contains": ["test", "drill"]}),
        "would take fewer alerts, no longer titles with `drill`.",
    ),
    (
        "platform-changed",
        "high",
        step("IncidentPlatform", {"type": "AzMonitor"}, {"type": "PagerDuty"}),
        "`type` changes from `AzMonitor` to `PagerDuty`",
    ),
    (
        "platform-changed",
        "high",
        step("IncidentPlatform", {"type": "AzMonitor"}, None),
        "no incident platform",
    ),
    (
        "trigger-opened",
        "medium",
        step("HttpTrigger", None, TRIGGER),
        "`deployed` could be called from outside",
    ),
    (
        "trigger-opened",
        "medium",
        step("HttpTrigger", {**TRIGGER, "is_enabled": False}, TRIGGER),
        "`deployed` could be called from outside",
    ),
    (
        "trigger-opened",
        "medium",
        step("azure-native:logic:Workflow", None, {"workflowName": "bridge"}),
        "The webhook bridge `bridge` would take calls from outside",
    ),
    (
        "unit-limit-raised",
        "medium",
        step("Agent", AGENT, agent(monthly_agent_unit_limit=20000)),
        "may use 20,000 units a month instead of 1,000",
    ),
    (
        "unit-limit-raised",
        "medium",
        step(
            "Agent",
            AGENT,
            {name: value for name, value in AGENT.items() if name != "monthly_agent_unit_limit"},
        ),
        "would lose its limit of 1,000 units",
    ),
    (
        "task-more-often",
        "medium",
        step("ScheduledTask", TASK, {**TASK, "cron_expression": "*/10 * * * *"}),
        "would run 144 times a day instead of once a day.",
    ),
    (
        "task-more-often",
        "low",
        step("ScheduledTask", None, {**TASK, "cron_expression": "0 6 * * 1-5"}),
        "would run 5 times a week.",
    ),
    (
        "prompt-rewritten",
        "low",
        step(
            "Skill",
            {"name": "s", "skill_content": LONG},
            {"name": "s", "skill_content": "Restart everything."},
        ),
        "Skill `s` would be told something else",
    ),
    (
        "model-provider-boundary",
        "medium",
        step("Agent", AGENT, agent(default_model={"provider": "Anthropic"})),
        "`swedencentral` would think with `Anthropic`, outside the EU Data Boundary",
    ),
    (
        "model-provider-boundary",
        "low",
        step(
            "Agent",
            agent(location="eastus2"),
            agent(location="eastus2", default_model={"provider": "Anthropic"}),
        ),
        "would think with `Anthropic` instead of `MicrosoftFoundry`",
    ),
]


@pytest.mark.parametrize(("rule", "severity", "change", "words"), CASES)
def test_a_change_has_its_finding_and_no_other(rule: str, severity: str, change: Any, words: str) -> None:
    findings = reports.make(previews.read(preview(change))).findings

    assert [(finding.rule.id, finding.severity.label) for finding in findings] == [(rule, severity)]
    assert words in findings[0].sentence


def test_an_ask_is_void_where_something_acts_by_itself() -> None:
    """The one rule that looks at two resources."""
    plan = step(
        "IncidentFilter",
        {**PLAN, "agent_mode": "Autonomous"},
        {**PLAN, "agent_mode": "Autonomous"},
        op="same",
    )
    policy = step("GlobalToolPermissions", {**POLICY, "ask": []}, POLICY)

    alone = reports.make(previews.read(preview(policy))).findings
    beside = reports.make(previews.read(preview(policy, plan))).findings

    assert alone == []
    assert [finding.rule.id for finding in beside] == ["ask-void"]
    assert (
        "Tools `RunInTerminal` would ask only in chats: `down` run in mode `Autonomous`" in beside[0].sentence
    )


def test_an_ask_is_void_where_an_automation_begins_to_act_by_itself() -> None:
    policy = step("GlobalToolPermissions", POLICY, POLICY, op="same")
    plan = step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"})

    findings = reports.make(previews.read(preview(policy, plan))).findings

    assert [finding.rule.id for finding in findings] == ["mode-autonomous", "ask-void"]


def test_a_platform_brings_a_plan_that_acts_unless_it_is_taken_away() -> None:
    agent = step("Agent", None, AGENT)
    platform = step("IncidentPlatform", None, {"type": "AzMonitor"})
    taken_away = step("QuickstartPlan", None, {"present": False})

    def rules(*steps: Any) -> set[str]:
        return {finding.rule.id for finding in reports.make(previews.read(preview(*steps))).findings}

    assert "quickstart-plan-active" in rules(agent, platform)
    assert "quickstart-plan-active" not in rules(agent, platform, taken_away)


HARMLESS = [
    step("Agent", AGENT, agent(tags={"owner": "shop"})),
    step("Agent", AGENT, agent(monthly_agent_unit_limit=500)),
    step("Agent", AGENT, egress(allowed_hosts=[])),
    step("Agent", AGENT, agent(knowledge_graph_configuration={"managed_resources": [GROUP.upper()]})),
    step("Hook", HOOK, {**HOOK, "description": "Asks."}),
    step("Hook", hook(fail_mode="allow"), HOOK),
    step("GlobalToolPermissions", POLICY, {**POLICY, "deny": [*POLICY["deny"], "RunInTerminal"]}),
    step("ScheduledTask", TASK, {**TASK, "cron_expression": "0 7 * * *"}),
    step("Skill", {"name": "s", "skill_content": LONG}, {"name": "s", "skill_content": LONG + " Be brief."}),
    step("IncidentFilter", PLAN, {**PLAN, "description": "The checkout."}),
    step("Skill", None, {"name": "s", "skill_content": LONG}),
    step("Skill", {"name": "s", "skill_content": LONG}, None),
]


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_has_none(change: Any) -> None:
    assert reports.make(previews.read(preview(change))).findings == []


@pytest.mark.parametrize("change", [case[2] for case in CASES])
def test_nothing_is_found_where_nothing_changes(change: Any) -> None:
    """What is there stays as it is, however risky."""
    sides = [change.get("oldState"), change.get("newState")]
    state = next(side for side in reversed(sides) if side)
    same = {"op": "same", "urn": change["urn"], "oldState": state, "newState": state}

    assert reports.make(previews.read(preview(same))).findings == []


def test_every_rule_has_a_case() -> None:
    assert {rule.id for rule in RULES} == {case[0] for case in CASES} | {"ask-void", "alert-untaken"}


def test_a_protection_that_goes_alone_is_found_in_what_stays_the_same() -> None:
    report = reports.make(
        previews.read(preview(step("Agent", AGENT, AGENT, op="same", protect=(True, False))))
    )

    assert [finding.rule.id for finding in report.findings] == ["protection-removed"]
    assert report.summary == "Nothing would change, but 1 resource would lose Pulumi's protection."


def test_a_first_secret_and_a_last_one_take_the_place_of_none() -> None:
    secret = {"name": "ops", "extended_properties": {"bearerToken": "[secret]"}}
    none: dict[str, Any] = {"name": "ops", "extended_properties": {}}

    for change in (step("Connector", none, secret), step("Connector", secret, none)):
        assert reports.make(previews.read(preview(change))).findings == []


@pytest.mark.parametrize(
    ("inputs", "path", "name"),
    [
        ({"extended_properties": {"X-Api-Key": "[secret]"}}, 'extended_properties["X-Api-Key"]', "X-Api-Key"),
        ({"envs": [{"name": "A"}, {"name": "B", "value": "[secret]"}]}, "envs[1].value", "envs.B.value"),
        ({"extended_properties": {"a": {"b": "[secret]"}}}, "extended_properties", "extended_properties"),
    ],
    ids=["quoted", "entry of a list", "only what holds it"],
)
def test_a_secret_that_changes_is_named_wherever_it_stands(inputs: Any, path: str, name: str) -> None:
    change = step("Connector", inputs, inputs, changed=(path,))
    findings = reports.make(previews.read(preview(change))).findings

    assert [finding.rule.id for finding in findings] == ["secret-changed"]
    assert f"{name}`." in findings[0].sentence

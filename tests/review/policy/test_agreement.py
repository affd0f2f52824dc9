"""The report, the policy pack and lint find the same in the same agent."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.inventory.inventory import Inventory, Item
from pulumi_sre_agent.review.inventory.of_directory import of_directory
from pulumi_sre_agent.review.policy.config import STANDING, parse
from pulumi_sre_agent.review.policy.lint import lint
from pulumi_sre_agent.review.policy.requirements import REQUIREMENTS
from pulumi_sre_agent.review.policy.standing import changes_of
from support.directories import LONG, agent, described, write
from support.policy_pack import LEVELS, Pack, running
from support.previews import preview, urn

PLAN = "automations/incident-filters/down.yaml"
TASK = "automations/scheduled-tasks/nightly.yaml"
HOOK = "config/hooks/gate.yaml"
PERMISSIONS = "tool-permissions.json"
SUBAGENT = "config/subagents/fixer.yaml"


def plan(mode: str) -> dict[str, Any]:
    return described("down", agentMode=mode, priorities=["Sev0"])


def task(cron: str = "0 6 * * *", mode: str = "Review") -> dict[str, Any]:
    return described("nightly", schedule=cron, mode=mode, prompt="Look.")


def hook(**spec: Any) -> dict[str, Any]:
    body = {"type": "prompt", "prompt": "May it?", "matcher": "Run.*"}
    return described("gate", eventType="PreToolUse", hook=body, **spec)


MCP = {
    "name": "ops",
    "properties": {
        "dataConnectorType": "Mcp",
        "dataSource": "placeholder",
        "identity": "system",
        "extendedProperties": {
            "type": "http",
            "endpoint": "https://ops.example.com/mcp",
            "authType": "BearerToken",
            "bearerToken": "${TOKEN}",
        },
    },
}
ROLE = {
    "name": "r",
    "type": "azure-role",
    "role_definition_id": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg",
}
PLATFORM = "automations/incident-platforms/m.yaml"
AZURE_MONITOR = {"name": "m", "spec": {"platformType": "AzMonitor"}}
REVIEW_PLAN = {PLAN: plan("Review")}
CASES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], list[str]]] = {
    "nothing": ({**REVIEW_PLAN, TASK: task(), HOOK: hook(permissionDecision="deny")}, {}, []),
    "agent acts": ({"agent.json": agent(access={"actionMode": "Autonomous"})}, {}, ["mode-autonomous"]),
    "plan acts": ({PLAN: plan("Autonomous")}, {}, ["mode-autonomous"]),
    "task acts, often": (
        {TASK: task("*/10 * * * *", "Autonomous")},
        {},
        ["mode-autonomous", "task-more-often"],
    ),
    "trigger": (
        {"automations/http-triggers/t.yaml": described("t", prompt="Look.", agentMode="Review")},
        {},
        ["trigger-opened"],
    ),
    "subagent": (
        {SUBAGENT: described("fixer", instructions=LONG, agentType="Autonomous")},
        {},
        ["subagent-autonomous"],
    ),
    "the service's own plan": (
        {PLATFORM: AZURE_MONITOR},
        {},
        ["quickstart-plan-active"],
    ),
    "hook allows": ({HOOK: hook(permissionDecision="allow")}, {}, ["hook-allows"]),
    "ask is void": (
        {PLAN: plan("Autonomous"), PERMISSIONS: {"permissions": {"ask": ["RunInTerminal"]}}},
        {},
        ["ask-void", "mode-autonomous"],
    ),
    "allow": (
        {PERMISSIONS: {"permissions": {"allow": ["*"], "deny": ["bash"]}}},
        {},
        ["tool-policy-loosened"],
    ),
    "access and provider": (
        {"agent.json": agent(access={"accessLevel": "High"}, defaultModelProvider="Anthropic")},
        {},
        ["access-level-raised", "model-provider-boundary"],
    ),
    "role": ({"roles.yaml": {"roles": [ROLE]}}, {}, ["role-granted"]),
    "a rule that is disabled": ({PLAN: plan("Autonomous")}, {"mode-autonomous": "disabled"}, []),
    "mode": ({PLAN: plan("Review")}, {"allowed-modes": {"modes": ["ReadOnly"]}}, ["allowed-modes"] * 2),
    "region": ({}, {"allowed-regions": {"regions": ["West Europe"]}}, ["allowed-regions"]),
    "region, as it should": ({}, {"allowed-regions": {"regions": ["Sweden Central"]}}, []),
    "provider": (
        {"agent.json": agent(defaultModelProvider="MicrosoftFoundry")},
        {"allowed-model-providers": {"providers": ["Anthropic"]}},
        ["allowed-model-providers"],
    ),
    "hosts": (
        {"connectors.json": [MCP]},
        {"allowed-hosts": {"hosts": ["*.contoso.com"]}},
        ["allowed-hosts"] * 2,
    ),
    "hosts, as they should": (
        {
            "connectors.json": [MCP],
            "agent.json": agent(networkConfiguration={"type": "Limited", "allowedHosts": ["a.example.com"]}),
        },
        {"allowed-hosts": {"hosts": ["*.example.com"]}},
        [],
    ),
    "no limit": ({}, {"unit-ceiling": {"units": 5000}}, ["unit-ceiling"]),
    "limit too high": (
        {"agent.json": agent(monthlyAgentUnitLimit=10000)},
        {"unit-ceiling": {"units": 5000}},
        ["unit-ceiling"],
    ),
    "limit as it should": (
        {"agent.json": agent(monthlyAgentUnitLimit=5000)},
        {"unit-ceiling": {"units": 5000}},
        [],
    ),
    "hook is missing": (
        {HOOK: hook(permissionDecision="deny", enabled=False)},
        {"required-hooks": {"hooks": ["gate"]}},
        ["required-hooks"],
    ),
    "hook is there": (
        {HOOK: hook(permissionDecision="deny")},
        {"required-hooks": {"hooks": ["gate"]}},
        [],
    ),
    "tag": (
        {"agent.json": agent(tags={"owner": "shop"})},
        {"required-tags": {"tags": ["owner", "team"]}},
        ["required-tags"],
    ),
}


def read(root: Path, files: Mapping[str, Any]) -> Inventory:
    return of_directory(directories.read(write(root, files), variables={"TOKEN": "t"}))


def of_lint(found: Inventory, config: Mapping[str, Any]) -> list[str]:
    return sorted(each.finding.rule.id for each in lint(found, parse(config)))


def of_report(found: Inventory, config: Mapping[str, Any]) -> list[str]:
    """Have a report made of the preview that would create all of it."""
    steps = [
        {
            "op": "create",
            "urn": change.urn,
            "newState": {
                "urn": change.urn,
                "custom": True,
                "type": change.type,
                "inputs": item.properties,
                "propertyDependencies": {"agent_id": list(change.dependencies)},
            },
        }
        for item, change in changes_of(found)
    ]
    report = reports.make(previews.read(preview(*steps)), config=parse(config))
    return sorted(each.rule.id for each in report.findings if each.severity >= each.rule.severity)


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    with running() as pack:
        yield pack


@pytest.mark.parametrize("case", CASES)
def test_lint_and_the_report_agree(tmp_path: Path, case: str) -> None:
    files, config, expected = CASES[case]
    found = read(tmp_path, files)

    assert of_lint(found, config) == expected
    assert of_report(found, config) == expected


def test_the_pack_agrees_with_both(tmp_path: Path, pack: Pack) -> None:
    """All in one test, whose worker alone starts the pack."""
    said, lies = {}, []
    for number, (case, (files, config, _)) in enumerate(CASES.items()):
        found = read(tmp_path / str(number), files)
        violations = pack.violations(found, config)
        said[case] = [each.policy for each in violations]
        there = {change.urn for _, change in changes_of(found)}
        lies += [each for each in violations if each.urn not in there]

    assert said == {case: expected for case, (_, _, expected) in CASES.items()}
    assert lies == []  # of resources that are not there, or of the SDK about a policy that could not run

    found = read(tmp_path / "levels", {PLAN: plan("Autonomous")})
    config = {"mode-autonomous": "mandatory", "allowed-regions": {"regions": ["westeurope"]}}
    violations = pack.violations(found, config)
    assert [(each.policy, each.level) for each in violations] == [
        ("allowed-regions", LEVELS["advisory"]),
        ("mode-autonomous", LEVELS["mandatory"]),
    ]
    assert "The response plan `down` would act without asking" in violations[1].message

    alert = Item(
        kind="azure-native:monitor:MetricAlert",
        name="slow",
        properties={"ruleName": "slow", "severity": 3},
        urn=urn("azure-native:monitor:MetricAlert", "slow"),
    )
    watched = read(tmp_path / "watched", {PLATFORM: AZURE_MONITOR, **REVIEW_PLAN})
    watched = replace(watched, surroundings=(alert,))
    quickstart = {"quickstart-plan-active": "disabled"}
    assert [each.policy for each in pack.violations(watched, quickstart)] == ["alert-untaken"]
    assert of_report(watched, quickstart) == ["alert-untaken"]

    policies = {each.name: each for each in pack.info().policies}
    assert policies.keys() == {rule.id for rule in STANDING} | {each.id for each in REQUIREMENTS}
    assert MessageToDict(policies["unit-ceiling"].configSchema.properties) == {"units": {"type": "number"}}
    assert not policies["mode-autonomous"].configSchema.properties
    assert policies["mode-autonomous"].description.startswith("Acts without asking. In mode `Autonomous`")


def test_every_rule_that_all_three_have_has_a_case() -> None:
    covered = {rule for _, _, expected in CASES.values() for rule in expected}

    both = {rule.id for rule in STANDING if not rule.needs_stack}
    assert both | {each.id for each in REQUIREMENTS} == covered

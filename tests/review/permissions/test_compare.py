"""What a change makes possible: where both sides differ, and nothing where the preview says too little."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from support.previews import ROLE, preview, step

AGENT = {"name": "shop", "action_configuration": {"mode": "Review"}}
PLAN = {"name": "down", "agent_mode": "Review", "handling_agent": "fixer"}
AZ = "RunAzCliWriteCommands"
FIXER = {"name": "fixer", "tools": [AZ, "SearchMemory"]}
POLICY: dict[str, Any] = {"deny": [f"{AZ}(az group *)"]}


def made(*steps: Any, sames: bool = True) -> reports.Report:
    same = [
        step("Agent", AGENT, AGENT, op="same"),
        step("Subagent", FIXER, FIXER, op="same", name="fixer"),
    ]
    return reports.make(previews.read(preview(*(same if sames else []), *steps)))


def lines(report: reports.Report) -> list[tuple[str, Any, Any, list[str]]]:
    section = json.loads(json_format.render(report)).get("permissions", {"differences": []})
    return [(each["name"], each["before"], each["after"], each["tools"]) for each in section["differences"]]


def test_only_what_differs_is_said() -> None:
    report = made(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}, name="down"))

    assert lines(report) == [("down", "asks", "runs", [AZ])]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            step("IncidentFilter", None, {**PLAN, "agent_mode": "Autonomous"}),
            [("down", None, "runs", [AZ, "SearchMemory"])],
        ),
        (
            step("IncidentFilter", {**PLAN, "agent_mode": "Autonomous"}, None),
            [("down", "runs", None, [AZ, "SearchMemory"])],
        ),
        (
            step("GlobalToolPermissions", POLICY, {"deny": []}),
            [
                ("shop", "blocked", "asks", [f"{AZ}(az group *)"]),
                ("fixer", "blocked", "asks", [f"{AZ}(az group *)"]),
            ],
        ),
        (step("Skill", {"name": "s", "skill_content": "a"}, {"name": "s", "skill_content": "b"}), []),
    ],
    ids=["new", "gone", "exception", "nothing"],
)
def test_what_is_new_gone_or_an_exception(change: Any, expected: Any) -> None:
    assert lines(made(change)) == expected


def test_a_preview_that_leaves_out_what_stays_says_so_instead() -> None:
    report = made(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}), sames=False)

    assert lines(report) == []
    assert json.loads(json_format.render(report))["permissions"]["isComplete"] is False
    for text in (plain_text.render(report), markdown.render(report)):
        assert "`--show-sames`" in text


def test_every_format_has_it_between_findings_and_changes() -> None:
    report = made(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}, name="down"))
    text, page = markdown.render(report), html.render(report)

    assert f"- The response plan `down`: `{AZ}`: asks first → at once\n" in text
    assert text.index("### Findings") < text.index("What becomes possible") < text.index("### Changes")
    assert "<details open><summary>What becomes possible: more for 1 actor</summary>" in page
    assert (
        f"What becomes possible: more for 1 actor\n  The response plan `down`: `{AZ}`: asks first → at once\n"
    ) in plain_text.render(report)


def role(name: str, **sides: str) -> Any:
    """Return a step that gives or takes a role of the identity, or leaves it."""
    inputs = {**ROLE, "role": name}
    before, after = (inputs if sides.get(side, "there") == "there" else None for side in ("before", "after"))
    return step("RoleAssignment", before, after, name=name, op="same" if before and after else "")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([role("Reader"), role("Contributor", before="none")], [True]),
        ([role("Reader"), role("Contributor", after="none")], [False]),
        ([role("Reader"), role("Monitoring Contributor", before="none")], []),
        ([role("Contributor"), role("Owner", before="none")], []),
        ([role("Reader"), role("SRE Agent Administrator", before="none")], []),
    ],
    ids=["more", "less", "alerts alone", "it could already", "a role of people"],
)
def test_that_the_identity_can_change_something_in_azure_is_said(steps: Any, expected: list[bool]) -> None:
    """As long as its roles let it only read, an Administrator lends what it needs."""
    report = made(*steps)
    section = json.loads(json_format.render(report)).get("permissions", {"identities": []})
    sides = "an Administrator lends the rights each time", "by its own roles"
    told = {True: " → ".join(sides), False: " → ".join(reversed(sides))}

    assert [each["changesAzure"] for each in section["identities"]] == expected
    for is_more in expected:
        assert f"The identity of `shop`, writing to Azure: {told[is_more]}" in markdown.render(report)

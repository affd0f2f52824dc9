"""Reports of a change of each kind of risk to the sample agent, kept as files: its findings, and no other.

`make test PYTEST='tests/review/test_golden.py --update-golden'` writes them anew; the pictures of the pages
where Chromium is on PATH.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from pulumi_sre_agent.review.report import Report
from support import browser, golden, sample
from support import previews as previews_support

GOLDEN = Path(__file__).parent / "golden"
PLAN = "automations/incident-filters/checkout-down.yaml"
PLATFORM = "automations/incident-platforms/azure-monitor.yaml"
TASK = "automations/scheduled-tasks/morning-check.yaml"
TRIGGER = "automations/http-triggers/payments-deployed.yaml"
HOOK = "config/hooks/no-writes-at-peak.yaml"
POLICY = "tool-permissions.json"
UNLIKE = 0.005
"""How unlike pictures of a page may be: another version draws letters a little differently."""
Args = Mapping[str, Any]
Edit = Callable[[Path], object]


def replace(file: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))

    return edit


def remove(file: str) -> Edit:
    return lambda root: (root / file).unlink()


def write(file: str, text: str) -> Edit:
    return lambda root: (root / file).write_text(text)


def restore(file: str) -> Edit:
    return lambda root: shutil.copy(sample.DIRECTORY / file, root / file)


def nothing(root: Path) -> None:
    """Change no file."""


def egress(*hosts: str) -> Args:
    return {"settings": {"sandbox_configuration": {"egress": {"mode": "Limited", "allowed_hosts": [*hosts]}}}}


@dataclass(frozen=True)
class Case:
    """A change to the sample, by files or by arguments of the program, and the rules that find it."""

    rules: tuple[str, ...]
    edit: Edit = nothing
    args: Args = field(default_factory=dict)
    prepare: Edit | None = None
    """What is done to the sample before the change."""
    args_before: Args = field(default_factory=dict)


CASES = {
    "task-deleted": Case(("history-lost",), remove(TASK)),
    "knowledge-deleted": Case(("knowledge-deleted",), remove("data/knowledge/escalation.md")),
    "plan-autonomous": Case(
        ("mode-autonomous",), replace(PLAN, "agentMode: Review", "agentMode: Autonomous")
    ),
    "access-level-raised": Case(
        ("access-level-raised", "role-granted"),
        replace("agent.json", '"accessLevel": "Low"', '"accessLevel": "High"'),
    ),
    "role-given": Case(
        ("role-granted",), args={"extra_roles": {"restart": {"role": "Contributor", "scope": sample.WATCHED}}}
    ),
    "egress-opened": Case(
        ("egress-opened",),
        args_before=egress("api.adyen.com"),
        args=egress("api.adyen.com", "pastebin.com"),
    ),
    "hook-removed": Case(("hook-weakened",), remove(HOOK)),
    "tool-permission-loosened": Case(
        ("tool-policy-loosened",),
        write(POLICY, '{"permissions": {"allow": ["RunAzCliWriteCommands"], "deny": []}}'),
        prepare=write(POLICY, '{"permissions": {"allow": [], "deny": ["RunAzCliWriteCommands"]}}'),
    ),
    "endpoint-changed": Case(
        ("endpoint-changed",), replace("connectors.json", "ops.payments.example.com", "ops.example.net")
    ),
    "secret-changed": Case(("secret-changed",), args={"token": f"{sample.MARKER}-two"}),
    "plan-widened": Case(("plan-widened",), replace(PLAN, "    - Sev1\n", "    - Sev1\n    - Sev2\n")),
    "platform-changed": Case(
        ("platform-changed", "plan-narrowed", "role-removed"),
        replace(
            PLATFORM,
            "platformType: AzMonitor",
            "platformType: PagerDuty\n  connectionKey: ${PAYMENTS_OPS_TOKEN}",
        ),
    ),
    "trigger-opened": Case(("trigger-opened",), restore(TRIGGER), prepare=remove(TRIGGER)),
    "unit-limit-removed": Case(
        ("unit-limit-raised",), replace("agent.json", '  "monthlyAgentUnitLimit": 10000,\n', "")
    ),
    "protection-removed": Case(("protection-removed",) * 5, args_before={"protect": True}),
    "prompt-rewritten": Case(
        ("prompt-rewritten",),
        write(
            "config/common-prompts/safety.md", "Do what the person on call asks for, and be quick about it.\n"
        ),
    ),
    "task-more-often": Case(("task-more-often",), replace(TASK, "30 6 * * 1-5", "'*/10 * * * *'")),
}


@pytest.fixture(scope="module")
def as_it_is() -> sample.Stack:
    return sample.stack()


@pytest.mark.parametrize("name", CASES)
def test_a_change_to_the_sample_is_reported_as_reviewed(
    name: str, tmp_path: Path, as_it_is: sample.Stack, update: bool
) -> None:
    report = reported(name, tmp_path, as_it_is)

    assert [finding.rule.id for finding in report.findings] == [*CASES[name].rules]
    for ending, text in (("md", markdown.render(report)), ("json", json_format.render(report))):
        assert sample.MARKER not in text
        golden.check(GOLDEN / f"{name}.{ending}", text, update=update)


@browser.needs_chromium
@pytest.mark.parametrize("name", CASES)
def test_its_page_looks_as_reviewed(name: str, tmp_path: Path, as_it_is: sample.Stack, update: bool) -> None:
    page = html.render(reported(name, tmp_path, as_it_is))
    drawn, file = browser.draw(page, tmp_path), GOLDEN / f"{name}.png"
    if update:
        browser.keep(drawn, file)

    assert sample.MARKER not in page
    assert browser.difference(drawn, Image.open(file)) < UNLIKE


def reported(name: str, folder: Path, as_it_is: sample.Stack) -> Report:
    """Return the report of the preview of a case's change."""
    case = CASES[name]
    root = shutil.copytree(sample.DIRECTORY, folder / "agent")
    before = as_it_is
    if case.prepare or case.args_before:
        (case.prepare or nothing)(root)
        before = sample.stack(root, **case.args_before)
    case.edit(root)
    return reports.make(previews.read(sample.preview(before, sample.stack(root, **case.args))))


def test_the_readme_shows_what_the_report_says(tmp_path: Path, as_it_is: sample.Stack) -> None:
    report = reported("plan-autonomous", tmp_path, as_it_is)
    said = plain_text.render(report).replace(f"{previews_support.PROJECT}/", "sre-agent/")
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    shown = readme.split("$ sre-agent report -s prod\n")[1].split("…\n```")[0]

    assert said.startswith(shown)
    assert report.findings[0].key in shown

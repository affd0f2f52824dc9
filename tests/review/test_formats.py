"""A report in each of its formats: whole, readable, within a comment's bounds, and without a secret."""

import json
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.baseline import Acceptance
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from support.previews import preview, step, urn

PLAN = {"name": "down", "agent_mode": "Review", "priorities": ["Sev0", "Sev1"]}
WIDER = {**PLAN, "agent_mode": "Autonomous", "priorities": ["Sev0", "Sev1", "Sev2"]}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
BEFORE = "# Restart\n\nLook first.\nAsk the lead.\nThen restart one instance.\nWatch it.\n\nDone?\nSay so.\n"
AFTER = BEFORE.replace("one instance", "every instance")


def made(*steps: Any, errors: tuple[str, ...] = (), **options: Any) -> reports.Report:
    return reports.make(previews.read(preview(*steps, errors=errors)), **options)


def test_markdown_shows_findings_first_and_changes_folded() -> None:
    text = markdown.render(made(step("IncidentFilter", PLAN, WIDER)))

    assert text.splitlines()[:4] == [
        "<!-- sre-agent report: shop/prod -->",
        "## 🔴 `prod`: 2 findings (1 high, 1 medium)",
        "",
        "Would update 1 resource.",
    ]
    assert text.index("| 🔴&nbsp;high |") < text.index("| 🟠&nbsp;medium |") < text.index("### Changes")
    assert (
        "<details><summary>update IncidentFilter <code>down</code> (2 properties)</summary>\n\n"
        "- `agent_mode`: `Review` → `Autonomous`\n"
        "- `priorities`:\n  - added `Sev2`\n"
    ) in text


def test_long_text_is_a_word_diff_with_context() -> None:
    text = markdown.render(made(step("Skill", {"skill_content": BEFORE}, {"skill_content": AFTER})))

    assert (
        "- `skill_content`:\n\n"
        "  ```diff\n"
        "  …\n"
        "    Look first.\n"
        "    Ask the lead.\n"
        "  ! Then restart [-one-]{+every+} instance.\n"
        "    Watch it.\n"
        "    \n"
        "  …\n"
        "  ```\n"
    ) in text


def test_a_text_that_is_rewritten_is_no_mix_of_both() -> None:
    text = plain_text.render(
        made(step("CommonPrompt", {"prompt": BEFORE}, {"prompt": "Be quick.\nSay so.\n"}))
    )

    assert "    - Ask the lead.\n    - Then restart one instance.\n" in text
    assert "    + Be quick.\n" in text


def test_what_is_new_shows_each_of_its_properties() -> None:
    hook = {"name": "gate", "hook": {"prompt": "x " * 200, "fail_mode": "block"}}
    text = markdown.render(made(step("Hook", None, hook)))

    assert "- `hook.fail_mode`: `block`\n" in text


def test_what_moved_in_a_list_is_no_change() -> None:
    """An entry goes by its name, and what differs in it stands under that."""
    before = {"parameters": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]}
    after = {"parameters": [{"name": "b", "type": "integer"}, {"name": "a", "type": "string"}]}

    assert "  parameters.b.type: string → integer\n" in plain_text.render(made(step("Tool", before, after)))


def test_what_is_not_known_yet_is_said_so_and_nothing_of_the_toolkit_is_shown() -> None:
    change = step("Skill", None, {"agent_id": UNKNOWN, "__provider": "gASV", "links": [UNKNOWN]})
    reports_ = [form.render(made(change)) for form in (markdown, plain_text)]

    for text in reports_:
        assert "known after the deployment" in text
        assert UNKNOWN not in text
        assert "gASV" not in text


def test_a_long_value_that_is_not_known_yet_is_no_word_diff() -> None:
    report = made(step("RoleAssignment", {"scope": f"/subscriptions/{'0' * 90}"}, {"scope": UNKNOWN}))

    for text in (markdown.render(report), plain_text.render(report)):
        assert "→ known after the deployment" in text
        assert UNKNOWN[:8] not in text


def test_a_report_of_nothing() -> None:
    same = step("IncidentFilter", PLAN, PLAN, op="same")

    assert plain_text.render(made(same)) == "shop/prod: no findings\nNothing would change.\n"
    assert "### Changes" not in markdown.render(made(same))


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (urn("azure-native:network:Subnet", "agents"), "azure-native:network:Subnet agents: no"),
        (urn("Skill", "triage"), "Skill triage: no"),
        ("urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "no"),
        ("", "no"),
    ],
    ids=["azure-native", "dynamic", "the stack", "nothing"],
)
def test_an_error_says_which_resource_it_is_about(about: str, told: str) -> None:
    document = json.loads(preview(step("IncidentFilter", PLAN, WIDER)))
    document["diagnostics"] = [{"urn": about, "message": "error: no\n", "severity": "error"}]

    assert previews.read(json.dumps(document)).errors == (told,)


def test_a_failed_preview_says_so_first() -> None:
    report = made(step("IncidentFilter", PLAN, WIDER), errors=("No such | directory",))

    assert markdown.render(report).splitlines()[1] == "## ❌ `prod`: the preview failed"
    assert "> **Error:** No such \\| directory" in markdown.render(report)
    assert "error: No such | directory" in plain_text.render(report)


ACCEPTANCE = {
    "finding": "mode-autonomous IncidentFilter one",
    "by": "ana",
    "why": "Rehearsed.",
    "until": "2027-01-31",
}


@pytest.mark.parametrize(
    ("today", "open_rules", "said"),
    [
        (date(2027, 1, 31), ["plan-widened"], "Accepted by ana until 2027-01-31: Rehearsed."),
        (date(2027, 2, 1), ["mode-autonomous", "plan-widened"], "by ana ended on 2027-01-31."),
    ],
    ids=["holds", "ended"],
)
def test_an_acceptance_holds_until_its_day(today: date, open_rules: list[str], said: str) -> None:
    report = made(
        step("IncidentFilter", PLAN, WIDER),
        acceptances=[Acceptance.model_validate(ACCEPTANCE)],
        today=today,
    )

    assert [finding.rule.id for finding in report.findings] == open_rules
    assert said in markdown.render(report)


def test_an_acceptance_of_nothing_is_named() -> None:
    report = made(acceptances=[Acceptance.model_validate(ACCEPTANCE)], today=date(2026, 12, 1))

    assert "`mode-autonomous IncidentFilter one` is no longer needed" in markdown.render(report)


def test_json_has_what_a_program_needs() -> None:
    document = json.loads(json_format.render(made(step("IncidentFilter", PLAN, WIDER))))

    assert (document["schemaVersion"], document["project"], document["stack"]) == (1, "shop", "prod")
    assert [finding["key"] for finding in document["findings"]] == [
        "mode-autonomous IncidentFilter one",
        "plan-widened IncidentFilter one",
    ]
    assert document["changes"][0]["properties"][0] == {
        "path": ["agent_mode"],
        "before": "Review",
        "after": "Autonomous",
    }


def test_a_comment_holds_its_findings_whole_and_counts_what_it_leaves_out() -> None:
    prompts = [f"{number} " + "word " * 1500 for number in range(40)]
    steps = [
        step("Skill", {"skill_content": text}, {"skill_content": text[::-1]}, name=text[:2])
        for text in prompts
    ]
    report = made(*steps, step("IncidentFilter", PLAN, WIDER))
    text = markdown.render(report)

    assert len(text) <= markdown.LONGEST
    assert text.count("| 🔵&nbsp;low |") == 40
    assert "more changes are not shown here**" in text
    assert text.count("<details") == text.count("</details>")
    assert markdown.render(report, longest=None).count("```diff") == 40


class Page(HTMLParser):
    """Collects what a page's elements are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def test_a_page_loads_nothing_and_marks_words() -> None:
    page = html.render(made(step("Skill", {"skill_content": BEFORE}, {"skill_content": AFTER})))

    assert Page(page).addresses == []
    assert "Then restart <del>one</del><ins>every</ins> instance." in page


HOSTILE = st.sampled_from(
    ["|", "`", "``", "\n", "<script>", "</details>", "<!--", "-->", "](x)", "**", "~~~", "```", "a"]
)
TEXTS = st.lists(HOSTILE | st.text(max_size=5), max_size=8).map("".join)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(
    st.sampled_from(["name", "agent_mode", "priorities", "custom_instructions", "tags"]), VALUES
)


@settings(max_examples=30, deadline=None)
@given(before=st.none() | INPUTS, after=INPUTS)
def test_whatever_names_and_values_hold_the_report_stays_whole(before: Any, after: Any) -> None:
    """Every finding has its row, every fold ends, and no element comes out of a value."""
    report = made(step("IncidentFilter", before, after))
    text = markdown.render(report)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    page = Page(html.render(report))

    rows = sum(token.type == "tr_open" for token in tokens)
    assert rows == (len(report.findings) + 1 if report.findings else 0)
    assert [token.level for token in tokens if token.type == "heading_open"] == [0] * (
        1 + text.count("\n### ")
    )
    assert "script" not in page.tags
    assert plain_text.render(report)
    assert json.loads(json_format.render(report))

"""A report as Markdown, for a comment of GitHub or Azure DevOps."""

from collections.abc import Iterable, Iterator
from html import escape

from pulumi_sre_agent.review.changes import Change, PropertyChange
from pulumi_sre_agent.review.findings import Finding
from pulumi_sre_agent.review.formats.property_form import (
    AnotherSecret,
    Entries,
    Sides,
    TextDiff,
    Whole,
    form_of,
    special_value,
    value_in_words,
)
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.report import Report, headline
from pulumi_sre_agent.review.section import Section
from pulumi_sre_agent.review.text import GAP, Line, code, fence_ticks, plain, word_diff_line

LONGEST = 65_536
"""Characters that a comment of GitHub takes."""
LIGHTS = {"high": "🔴", "medium": "🟠", "low": "🔵"}
CUT = "… ({count} characters more)"
LONGEST_VALUE = 4_000


def mark(report: Report) -> str:
    """Return the hidden line by which a comment about a stack is found again."""
    return hidden("report", report.preview)


def hidden(what: str, preview: Preview) -> str:
    """Return a line that nobody sees, about a stack."""
    return f"<!-- sre-agent {what}: {preview.project}/{preview.stack} -->".replace("--->", "-->")


def render(report: Report, longest: int | None = LONGEST) -> str:
    """Write the report; changes that do not fit into `longest` characters are counted at the end.

    Nothing is cut where that is None.
    """
    blocks = ("\n".join(change_lines(change, change.op)) for change in report.changes)
    return fit("\n".join(_head(report)), blocks, len(report.changes), longest)


def fit(head: str, blocks: Iterable[str], count: int, longest: int | None) -> str:
    """Join a head and a block for each of `count` changes; those that do not fit are counted at the end."""
    if not count:
        return f"{head}\n"
    texts = [f"{head}\n\n### Changes\n"]
    length = len(texts[0])
    for number, block in enumerate(blocks):
        rest = _rest(count - number)
        if longest is not None and length + len(block) + len(rest) + 2 > longest:
            return f"{''.join(texts)}\n{rest}\n"
        texts.append(f"\n{block}\n")
        length += len(texts[-1])
    return "".join(texts)


def _rest(count: int) -> str:
    changes = "1 more change is" if count == 1 else f"{count:,} more changes are"
    return f"**{changes} not shown here**: the whole report is in the job's summary or its artifact."


def _head(report: Report) -> Iterator[str]:
    yield mark(report)
    light = "❌" if report.preview.errors else LIGHTS[report.worst.label] if report.worst else "🟢"
    yield f"## {light} {code(report.preview.stack)}: {headline(report)}"
    yield ""
    yield report.summary
    yield from error_lines(report.preview)
    if report.findings:
        yield "\n### Findings\n"
        yield "| | Finding | What to do |"
        yield "| --- | --- | --- |"
        for finding in report.findings:
            light = f"{LIGHTS[finding.severity.label]}&nbsp;{finding.severity.label}"
            yield f"| {light} | {_cell(finding.sentence)} | {_cell(finding.rule.remedy)} |"
        yield "\n<details><summary>Why these matter</summary>\n"
        for rule in {finding.rule.id: finding.rule for finding in report.findings}.values():
            yield f"- **{rule.title}** ({code(rule.id)}): {rule.why}"
        yield "\n</details>"
    yield from _judgements(report)
    for section in report.sections:
        yield from _section(section)


def error_lines(preview: Preview) -> Iterator[str]:
    """Quote what the engine reported as errors."""
    yield from (f"\n> **Error:** {plain(error)}" for error in preview.errors)


def _section(section: Section) -> Iterator[str]:
    fold = "<details open>" if section.is_open else "<details>"
    yield f"\n{fold}<summary>{section.title}: {escape(section.summary)}</summary>\n"
    yield from (f"- {row.label}: {row.value}" for row in section.rows)
    yield ""
    yield from (f"{note}\n" for note in section.notes)
    yield "</details>"


def _judgements(report: Report) -> Iterator[str]:
    judged = report.judged
    if judged.accepted:
        count = len(judged.accepted)
        yield f"\n<details><summary>{count} accepted {'finding' if count == 1 else 'findings'}</summary>\n"
        for finding, each in judged.accepted:
            yield f"- {_line(finding)} Accepted by {plain(each.by)} until {each.until}: {plain(each.why)}"
        yield "\n</details>"
    for each in judged.expired:
        yield f"\nThe acceptance of {code(each.finding)} by {plain(each.by)} ended on {each.until}."
    for each in judged.unused:
        yield f"\nThe acceptance of {code(each.finding)} is no longer needed: take it out of the baseline."


def _line(finding: Finding) -> str:
    return f"{LIGHTS[finding.severity.label]} {finding.sentence}"


def change_lines(change: Change, verb: str, note: str = "") -> Iterator[str]:
    """Fold a change: `verb` says what becomes of the resource, `note` more of it."""
    name = f"{change.kind} <code>{escape(change.name)}</code>"
    count = len(change.shown)
    properties = f" ({count} {'property' if count == 1 else 'properties'})" if change.has_both_sides else ""
    yield f"<details><summary>{verb} {name}{properties}{escape(note)}</summary>\n"
    for each in change.shown:
        yield from _property(each, change)
    yield "\n</details>"


def _property(change: PropertyChange, of: Change) -> Iterator[str]:
    name = code(change.name)
    match form_of(change, of):
        case AnotherSecret():
            yield f"- {name}: another secret"
        case Whole(value):
            yield f"- {name}: {_value(value)}"
        case Entries(added, removed):
            yield f"- {name}:"
            yield from (f"  - added {_value(entry)}" for entry in added)
            yield from (f"  - removed {_value(entry)}" for entry in removed)
        case TextDiff(lines):
            yield f"- {name}:\n"
            yield from _fence(lines)
            yield ""
        case Sides(before, after):
            yield f"- {name}: {_value(before)} → {_value(after)}"


def _fence(lines: list[Line]) -> Iterator[str]:
    rows = ["…" if line is GAP else word_diff_line(line) for line in lines]
    text = "\n".join(rows)
    if len(text) > LONGEST_VALUE:
        text = text[:LONGEST_VALUE] + CUT.format(count=len(text) - LONGEST_VALUE)
    ticks = fence_ticks(text)
    yield f"  {ticks}diff"
    yield from (f"  {row}" for row in text.split("\n"))
    yield f"  {ticks}"


def _value(value: object) -> str:
    return special_value(value) or code(value_in_words(value))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

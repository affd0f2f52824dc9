"""A report as plain text, for a terminal or a log."""

from collections.abc import Iterator

from pulumi_sre_agent.review.changes import ABSENT, Change, PropertyChange
from pulumi_sre_agent.review.formats.property_form import (
    AnotherSecret,
    Entries,
    Sides,
    TextDiff,
    Whole,
    form_of,
    value_in_words,
)
from pulumi_sre_agent.review.report import Report, headline
from pulumi_sre_agent.review.section import Section
from pulumi_sre_agent.review.text import GAP, word_diff_line, wrapped

INDENT = "  "
LONGEST_VALUE = 300
LONGEST_DIFF = 40
"""Lines."""


def render(report: Report, width: int = 80) -> str:
    """Write the report in lines of at most `width` characters, but for what the change itself brings."""
    return "\n".join(_lines(report, width)) + "\n"


def _lines(report: Report, width: int) -> Iterator[str]:
    yield f"{report.preview.project}/{report.preview.stack}: {headline(report)}"
    yield report.summary
    yield from (f"error: {error}" for error in report.preview.errors)
    for finding in report.findings:
        yield ""
        yield from _wrapped(f"{finding.severity.label}: {finding.sentence}", width, "")
        yield from _wrapped(finding.rule.remedy, width, INDENT)
        yield f"{INDENT}[{finding.key}]"
    for finding, each in report.judged.accepted:
        yield ""
        yield from _wrapped(f"accepted by {each.by} until {each.until}: {finding.sentence}", width, "")
    for each in report.judged.expired:
        yield ""
        yield from _wrapped(
            f"The acceptance of {each.finding} by {each.by} ended on {each.until}.", width, ""
        )
    for each in report.judged.unused:
        yield ""
        yield from _wrapped(f"The acceptance of {each.finding} is no longer needed.", width, "")
    for section in report.sections:
        yield ""
        yield from _section(section, width)
    for change in report.changes:
        yield ""
        yield f"{change.op} {change.kind} {change.name}"
        for shown in change.shown:
            yield from property_lines(shown, change)


def _section(section: Section, width: int) -> Iterator[str]:
    yield from _wrapped(f"{section.title}: {section.summary}", width, "")
    for row in section.rows:
        lines = _wrapped(f"{row.label}: {row.value}", width - len(INDENT), "")
        yield from (f"{INDENT}{line}" for line in lines)
    for note in section.notes:
        yield from _wrapped(note, width, INDENT)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return wrapped(text, width, indent, "" if indent else INDENT)


def property_lines(change: PropertyChange, of: Change) -> Iterator[str]:
    """Write what differs in one property, or all of it where the resource is new or gone."""
    head = f"{INDENT}{change.name}:"
    match form_of(change, of):
        case AnotherSecret():
            yield f"{head} another secret"
        case Whole(value):
            yield f"{head} {_value(value)}"
        case Entries(added, removed):
            yield head
            yield from (f"{INDENT * 2}+ {_value(entry)}" for entry in added)
            yield from (f"{INDENT * 2}- {_value(entry)}" for entry in removed)
        case TextDiff(lines):
            yield head
            shown = ("…" if line is GAP else word_diff_line(line) for line in lines[:LONGEST_DIFF])
            yield from (f"{INDENT * 2}{line}" for line in shown)
            if len(lines) > LONGEST_DIFF:
                yield f"{INDENT * 2}… ({len(lines) - LONGEST_DIFF} lines more)"
        case Sides(before, after):
            earlier = "" if before is ABSENT else f"{_value(before)} → "
            yield f"{head} {earlier}{_value(after)}"


def _value(value: object) -> str:
    return _cut(value_in_words(value))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"

"""A report as one HTML page that loads nothing, for an artifact."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from pulumi_sre_agent.review.changes import Change, PropertyChange
from pulumi_sre_agent.review.findings import Finding
from pulumi_sre_agent.review.formats.markdown import LIGHTS
from pulumi_sre_agent.review.formats.page import page
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
from pulumi_sre_agent.review.graph import svg
from pulumi_sre_agent.review.graph.build import graph_of_preview
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.report import Report, headline
from pulumi_sre_agent.review.section import Section
from pulumi_sre_agent.review.text import GAP, Line, Piece, PieceKind, short

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_TAGS: dict[PieceKind, str] = {"removed": "del", "added": "ins"}


def render(report: Report) -> str:
    """Write the whole report as a page."""
    blocks = (block for change in report.changes for block in change_block(change, change.op))
    return page(escape(report.preview.title), "".join([*_head(report), *changes(blocks), *_picture(report)]))


def headings(preview: Preview, light: str, text: str, summary: str) -> Iterator[str]:
    """Begin a page about a preview: how it looks, and what the engine reported as errors."""
    yield f"<h2>{light} {_code(preview.stack)}: {escape(text)}</h2>\n<p>{escape(summary)}</p>\n"
    for error in preview.errors:
        yield f"<blockquote>\n<p><strong>Error:</strong> {escape(error)}</p>\n</blockquote>\n"


def changes(blocks: Iterable[str]) -> Iterator[str]:
    """Yield blocks under their heading; nothing where there are none."""
    for number, block in enumerate(blocks):
        yield block if number else f"<h3>Changes</h3>\n{block}"


def change_block(change: Change, verb: str, note: str = "") -> Iterator[str]:
    """Fold a change: `verb` says what becomes of the resource, `note` more of it."""
    shown = change.shown
    count = f"{len(shown)} {'property' if len(shown) == 1 else 'properties'}"
    said = f" ({count})" if change.has_both_sides else ""
    name = f"{escape(change.kind)} <code>{escape(change.name)}</code>"
    yield f"<details><summary>{verb} {name}{said}{escape(note)}</summary>\n"
    yield from _list(_property(each, change) for each in shown)
    yield "</details>\n"


def _head(report: Report) -> Iterator[str]:
    light = "❌" if report.preview.errors else LIGHTS[report.worst.label] if report.worst else "🟢"
    yield from headings(report.preview, light, headline(report), report.summary)
    if report.findings:
        yield from _findings(report.findings)
    yield from _judgements(report)
    for section in report.sections:
        yield from _section(section)


def _findings(findings: list[Finding]) -> Iterator[str]:
    yield '<h3>Findings</h3>\n<table class="findings">\n<thead>\n'
    yield "<tr><th></th><th>Finding</th><th>What to do</th></tr>\n</thead>\n<tbody>\n"
    for finding in findings:
        light = f"{LIGHTS[finding.severity.label]}&nbsp;{finding.severity.label}"
        cells = light, _inline(finding.sentence), _inline(finding.rule.remedy)
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"
    yield "</tbody>\n</table>\n<details><summary>Why these matter</summary>\n"
    rules = {finding.rule.id: finding.rule for finding in findings}.values()
    yield from _list(
        f"<strong>{escape(rule.title)}</strong> ({_code(rule.id)}): {_inline(rule.why)}" for rule in rules
    )
    yield "</details>\n"


def _judgements(report: Report) -> Iterator[str]:
    judged = report.judged
    if judged.accepted:
        count = len(judged.accepted)
        yield f"<details><summary>{count} accepted {'finding' if count == 1 else 'findings'}</summary>\n"
        yield from _list(
            f"{LIGHTS[finding.severity.label]} {_inline(finding.sentence)} "
            f"Accepted by {escape(each.by)} until {each.until}: {escape(each.why)}"
            for finding, each in judged.accepted
        )
        yield "</details>\n"
    for each in judged.expired:
        yield f"<p>The acceptance of {_code(each.finding)} by {escape(each.by)} ended on {each.until}.</p>\n"
    for each in judged.unused:
        name = _code(each.finding)
        yield f"<p>The acceptance of {name} is no longer needed: take it out of the baseline.</p>\n"


def _section(section: Section) -> Iterator[str]:
    fold = "<details open>" if section.is_open else "<details>"
    yield f"{fold}<summary>{section.title}: {_inline(section.summary)}</summary>\n"
    yield from _list(_inline(f"{row.label}: {row.value}") for row in section.rows)
    yield from (f"<p>{_inline(note)}</p>\n" for note in section.notes)
    yield "</details>\n"


def _property(change: PropertyChange, of: Change) -> str:
    name = _code(change.name)
    match form_of(change, of):
        case AnotherSecret():
            return f"{name}: another secret"
        case Whole(value):
            return f"{name}: {_value(value)}"
        case Entries(added, removed):
            entries = [
                *(f"added {_value(entry)}" for entry in added),
                *(f"removed {_value(entry)}" for entry in removed),
            ]
            return f"{name}:\n{''.join(_list(entries))}"
        case TextDiff(lines):
            return f"{name}:\n<pre><code>{''.join(map(_row, lines))}</code></pre>\n"
        case Sides(before, after):
            return f"{name}: {_value(before)} → {_value(after)}"


def _row(line: Line) -> str:
    return "…\n" if line is GAP else f"{''.join(map(_piece, line))}\n"


def _piece(piece: Piece) -> str:
    tag, text = _TAGS.get(piece.kind), escape(piece.text)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _list(entries: Iterable[str]) -> Iterator[str]:
    lines = [f"<li>{entry}</li>\n" for entry in entries]
    if lines:
        yield f"<ul>\n{''.join(lines)}</ul>\n"


def _value(value: object) -> str:
    return special_value(value) or _code(value_in_words(value))


def _code(value: object) -> str:
    return f"<code>{escape(short(value))}</code>"


def _inline(text: str) -> str:
    """Write a text of a report, which holds names in backticks and no other markup."""
    return _CODE.sub(_span, escape(text))


def _span(match: re.Match[str]) -> str:
    text = match[2]
    is_padded = len(text) > 2 and text[0] == text[-1] == " "  # so that it may begin or end with a backtick
    return f"<code>{text[1:-1] if is_padded else text}</code>"


def _picture(report: Report) -> Iterator[str]:
    """Yield what changes as a picture, folded; nothing where all that is drawn stays the same."""
    graph = graph_of_preview(report.preview)
    if graph.differs:
        yield "<details><summary>Picture of what changes</summary>\n"
        yield f'<div class="picture">\n{svg.render(graph)}</div>\n</details>\n'

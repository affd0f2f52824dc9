"""Drift in each of a report's formats."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.drift import REMEDY, VERBS, Drift
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from pulumi_sre_agent.review.formats.page import page
from pulumi_sre_agent.review.text import code

SCHEMA_VERSION = 1
"""Of the JSON form, as a report's."""
LIGHTS = {"clean": "🟢", "drift": "🟠", "unreadable": "❌"}


def mark(drift: Drift) -> str:
    """Return the hidden line by which an issue about a stack's drift is found again."""
    return markdown.hidden("drift", drift.preview)


def as_text(drift: Drift) -> str:
    """Write drift in lines of at most 80 characters, but for what the resources themselves bring."""
    return "\n".join(_text_lines(drift)) + "\n"


def as_markdown(drift: Drift, longest: int | None = markdown.LONGEST) -> str:
    """Write drift as Markdown; what does not fit into `longest` characters is counted at the end."""
    blocks = ["\n".join(_block(drift, change)) for change in drift.changes]
    return markdown.fit("\n".join(_head(drift)), blocks, len(blocks), longest)


def as_html(drift: Drift) -> str:
    """Write drift as a page that loads nothing."""
    title = escape(f"{drift.preview.project}/{drift.preview.stack}: drift")
    blocks = (
        block
        for change in drift.changes
        for block in html.change_block(change, VERBS[change.op], _by(drift, change))
    )
    return page(title, "".join([*_html_head(drift), *html.changes(blocks)]))


def as_json(drift: Drift) -> str:
    """Write drift for programs (docs/how-to/drift.md#json)."""
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "project": drift.preview.project,
        "stack": drift.preview.stack,
        "outcome": drift.outcome,
        "summary": drift.summary,
        "errors": list(drift.preview.errors),
        "changes": [_object(drift, change) for change in drift.changes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _text_lines(drift: Drift) -> Iterator[str]:
    yield f"{drift.preview.project}/{drift.preview.stack}: {drift.headline}"
    yield drift.summary
    yield from (f"error: {error}" for error in drift.preview.errors)
    for change in drift.changes:
        yield ""
        yield f"{VERBS[change.op]} {change.kind} {change.name}"
        yield f"  by: {drift.who(change)}"
        for shown in change.properties if change.has_both_sides else ():
            yield from plain_text.property_lines(shown, change)
    if drift.changes:
        yield ""
        yield REMEDY
        yield f"  {drift.revert_command}"


def _head(drift: Drift) -> Iterator[str]:
    yield mark(drift)
    yield f"## {LIGHTS[drift.outcome]} {code(drift.preview.stack)}: {drift.headline}"
    yield ""
    yield drift.summary
    yield from markdown.error_lines(drift.preview)
    if drift.changes:
        yield f"\n{REMEDY} `{drift.revert_command}`"


def _html_head(drift: Drift) -> Iterator[str]:
    yield from html.headings(drift.preview, LIGHTS[drift.outcome], drift.headline, drift.summary)
    if drift.changes:
        yield f"<p>{REMEDY} <code>{escape(drift.revert_command)}</code></p>\n"


def _block(drift: Drift, change: Change) -> Iterator[str]:
    return markdown.change_lines(change, VERBS[change.op], _by(drift, change))


def _by(drift: Drift, change: Change) -> str:
    return f", by: {drift.who(change)}"


def _object(drift: Drift, change: Change) -> dict[str, Any]:
    who = drift.last_changes.get(change.urn)
    return {
        **json_format.change_object(change),
        "op": VERBS[change.op],
        "lastModified": vars(who) if who else None,
    }

"""The report's section of what becomes possible."""

from typing import Any

from pulumi_sre_agent.review.permissions.compare import (
    Comparison,
    Difference,
    RightsDifference,
    compare,
    says_too_little,
)
from pulumi_sre_agent.review.permissions.decision import Result
from pulumi_sre_agent.review.permissions.model import WORDS
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.section import Row, Section
from pulumi_sre_agent.review.text import code

TITLE = "What becomes possible"
SHOW_SAMES = (
    "It follows also from what stays the same, which this preview leaves out: run it with `--show-sames`."
)
BY_ITSELF, LENT = "by its own roles", "an Administrator lends the rights each time"


def permissions_section(preview: Preview) -> Section | None:
    """Return what actors could do with which tools before and after; None where nothing of that differs."""
    found = compare(preview)
    if says_too_little(preview):
        return _section("not said here", found, (SHOW_SAMES,), is_complete=False)
    is_empty = not found.tools and not found.rights
    return None if is_empty else _section(_summary(found), found, (), is_complete=True)


def _section(summary: str, found: Comparison, notes: tuple[str, ...], *, is_complete: bool) -> Section:
    return Section(
        id="permissions",
        title=TITLE,
        summary=summary,
        rows=(*map(_rights_row, found.rights), *map(_row, found.tools)),
        notes=notes,
        is_open=True,
        data={
            "isComplete": is_complete,
            "differences": [_data(each) for each in found.tools],
            "identities": [{"agent": each.agent, "changesAzure": each.is_more} for each in found.rights],
        },
    )


def _summary(found: Comparison) -> str:
    """Say for how many actors it is more, and for how many less."""
    who = [
        *(("", each.agent, each.is_more) for each in found.rights),
        *((each.kind, each.name, each.is_more) for each in found.tools),
    ]
    counts = {
        word: len({(kind, name) for kind, name, more in who if more is is_more})
        for word, is_more in (("more", True), ("less", False))
    }
    return ", ".join(
        f"{word} for {count} {'actor' if count == 1 else 'actors'}" for word, count in counts.items() if count
    )


def _rights_row(each: RightsDifference) -> Row:
    before, after = (LENT, BY_ITSELF) if each.is_more else (BY_ITSELF, LENT)
    return Row(f"The identity of {code(each.agent)}, writing to Azure", before, after)


def _row(each: Difference) -> Row:
    tools = ", ".join([*map(code, each.names), *filter(None, [each.reads])])
    return Row(f"{each.actor}: {tools}", _words(each.before), _words(each.after))


def _words(result: Result | None) -> str:
    return WORDS[result] if result else "not at hand"


def _data(each: Difference) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "name": each.name,
        "before": each.before,
        "after": each.after,
        "tools": [permission.tool.name for permission in each.tools],
    }

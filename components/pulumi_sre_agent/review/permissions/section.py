"""The report's section of what becomes possible."""

from collections.abc import Sequence
from typing import Any

from pulumi_sre_agent.review.permissions.compare import Difference, differences, says_too_little
from pulumi_sre_agent.review.permissions.decision import Result
from pulumi_sre_agent.review.permissions.model import WORDS
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.section import Row, Section
from pulumi_sre_agent.review.text import code

TITLE = "What becomes possible"
SHOW_SAMES = (
    "It follows also from what stays the same, which this preview leaves out: run it with `--show-sames`."
)


def permissions_section(preview: Preview) -> Section | None:
    """Return what actors could do with which tools before and after; None where nothing of that differs."""
    found = differences(preview)
    if says_too_little(preview):
        return _section("not said here", (), (SHOW_SAMES,), is_complete=False)
    return _section(_summary(found), found, (), is_complete=True) if found else None


def _section(
    summary: str, found: Sequence[Difference], notes: tuple[str, ...], *, is_complete: bool
) -> Section:
    return Section(
        id="permissions",
        title=TITLE,
        summary=summary,
        rows=tuple(_row(each) for each in found),
        notes=notes,
        is_open=True,
        data={"isComplete": is_complete, "differences": [_data(each) for each in found]},
    )


def _summary(found: Sequence[Difference]) -> str:
    """Say for how many actors it is more, and for how many less."""
    actors = {
        word: {(each.kind, each.name) for each in found if each.is_more is is_more}
        for word, is_more in (("more", True), ("less", False))
    }
    counts = {word: len(who) for word, who in actors.items() if who}
    return ", ".join(
        f"{word} for {count} {'actor' if count == 1 else 'actors'}" for word, count in counts.items()
    )


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

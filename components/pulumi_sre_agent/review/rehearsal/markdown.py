"""A rehearsal as Markdown, for a pull request or the summary of a job."""

from collections.abc import Iterator

from pulumi_sre_agent.review.rehearsal.comparison import Comparison
from pulumi_sre_agent.review.rehearsal.rehearsed import Rehearsal, Rehearsed
from pulumi_sre_agent.review.text import code, plain

SIGNS = {"passed": "✅", "failed": "❌", "skipped": "⏭️"}


def render(rehearsal: Rehearsal, changes: Comparison) -> str:
    """Write a table of the cases, under it what was not as it is to be, and what changed since another."""
    return "\n".join(_lines(rehearsal, changes)) + "\n"


def _lines(rehearsal: Rehearsal, changes: Comparison) -> Iterator[str]:
    yield f"## Rehearsal of {plain(rehearsal.agent)}"
    yield ""
    counts = {name: rehearsal.count(name) for name in ("passed", "failed", "skipped")}
    yield ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    yield ""
    yield "| | Case | Runs that passed | Seconds |"
    yield "| --- | --- | --- | --- |"
    for each in rehearsal.cases:
        runs = f"{each.passed} of {len(each.runs)}"
        yield f"| {SIGNS[each.outcome]} | {plain(each.case.name)} | {runs} | {each.seconds:.1f} |"
    for each in rehearsal.cases:
        yield from _reasons(each)
    lists = {
        "Worse than before": changes.worse,
        "Better than before": changes.better,
        "New": changes.new,
        "Gone": changes.gone,
        "Left behind": rehearsal.left,
    }
    for title, sentences in lists.items():
        if sentences:
            yield from ["", f"### {title}", "", *(f"- {plain(sentence)}" for sentence in sentences)]


def _reasons(each: Rehearsed) -> Iterator[str]:
    if each.reasons:
        place = code(f"{each.case.file}:{each.case.line}")
        yield from ["", f"### {plain(each.case.name)}", "", f"{place}", ""]
        yield from (f"- {plain(reason)}" for reason in each.told())

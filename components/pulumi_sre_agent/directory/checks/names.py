"""What items of one directory are called, and what their names make impossible."""

from collections.abc import Collection, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from pulumi_sre_agent.api.kinds import (
    COMMON_PROMPT,
    CONNECTOR,
    HTTP_TRIGGER,
    INCIDENT_FILTER,
    KNOWLEDGE_ITEM,
    SCHEDULED_TASK,
    SKILL,
    SUBAGENT,
    TOOL,
    Kind,
)
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note, did_you_mean
from pulumi_sre_agent.directory.item import Item
from pulumi_sre_agent.schema.fields import camel_case

_SHARED = {KNOWLEDGE_ITEM: CONNECTOR}
"""Kinds that share their names with another: Azure keeps both in one collection."""
_NAMING = {
    TOOL: {"connector": CONNECTOR},
    SUBAGENT: {"handoffs": SUBAGENT, "allowed_skills": SKILL, "common_prompts": COMMON_PROMPT},
    INCIDENT_FILTER: {"handling_agent": SUBAGENT},
    SCHEDULED_TASK: {"agent": SUBAGENT},
    HTTP_TRIGGER: {"agent": SUBAGENT},
}
"""Arguments that name other items, and of which kind; not tools, most of which are the service's own."""


def duplicates(items: Iterable[Item]) -> Iterator[Diagnostic]:
    """Yield a fault for each item whose place another one has taken."""
    first: dict[tuple[Kind, str], Item] = {}
    for item in items:
        before = first.setdefault((_SHARED.get(item.kind, item.kind), item.name.casefold()), item)
        if before is not item:
            yield Diagnostic(item.source.file, item.source.line, _clash(item, before))


def _clash(item: Item, before: Item) -> str:
    title = item.kind.title
    if not item.name:
        return f"an agent has only one {title}: here is another than in {before.source}"
    if item.kind != before.kind:
        return f"the {title} {item.name!r} has the name of the {before.kind.title} in {before.source}"
    return f"the {title} {item.name!r} is described twice: here and in {before.source}"


def unresolved_references(items: Collection[Item]) -> Iterator[Note]:
    """Say where an item names another that is not in the directory, but for a typo might be.

    It may as well be in Azure already, so this is no fault.
    """
    for item in items:
        for argument, kind in _NAMING.get(item.kind, {}).items():
            known = {each.name for each in items if each.kind == kind}
            for name in sorted(_named(item, argument) - known):
                if meant := did_you_mean(name, known, cutoff=0.8):
                    text = f"{camel_case(argument)}: there is no {kind.title} {name!r} here{meant}"
                    yield Note(item.source.file, item.source.line, text)


def cycles(items: Iterable[Item]) -> Iterator[Diagnostic]:
    """Yield a fault for each circle of handoffs, since Azure wants those that are named there first."""
    subagents = {item.name: item for item in items if item.kind == SUBAGENT}
    handoffs = {name: _named(item, "handoffs") & subagents.keys() for name, item in subagents.items()}
    while circle := _circle(handoffs):
        first = subagents[min(circle)]
        way = " to ".join(repr(name) for name in [*circle, circle[0]])
        yield Diagnostic(
            first.source.file,
            first.source.line,
            f"subagents hand work around in a circle, {way}, and Azure makes none before those it names: "
            "take out one of these handoffs",
        )
        handoffs = {name: others - set(circle) for name, others in handoffs.items() if name not in circle}


def _named(item: Item, argument: str) -> set[str]:
    """Return which others an item names; what else a file says there is told otherwise."""
    said = item.args.get(argument)
    return {name for name in (said if isinstance(said, list) else [said]) if isinstance(name, str)}


def _circle(handoffs: dict[str, set[str]]) -> list[str]:
    """Return one circle, beginning with the first of its names; empty if there is none."""
    try:
        TopologicalSorter(handoffs).prepare()
    except CycleError as error:
        met: list[str] = error.args[1][-2::-1]  # the sorter goes from who is named to who names
        first = met.index(min(met))
        return met[first:] + met[:first]
    return []

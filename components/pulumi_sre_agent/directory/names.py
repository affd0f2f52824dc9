"""What items of one directory are called, and what their names make impossible."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from pulumi_sre_agent.api.kinds import CONNECTOR, KNOWLEDGE_ITEM, SUBAGENT, Kind
from pulumi_sre_agent.directory.faults import Fault
from pulumi_sre_agent.directory.items import Item

_SHARED = {KNOWLEDGE_ITEM: CONNECTOR}
"""Kinds that share their names with another: Azure keeps both in one collection."""


def namesakes(items: Iterable[Item]) -> Iterator[Fault]:
    """Yield a fault for each item whose place another one has taken."""
    first: dict[tuple[Kind, str], Item] = {}
    for item in items:
        before = first.setdefault((_SHARED.get(item.kind, item.kind), item.name.casefold()), item)
        if before is not item:
            yield Fault(item.source.file, item.source.line, _clash(item, before))


def _clash(item: Item, before: Item) -> str:
    title = item.kind.title
    if not item.name:
        return f"an agent has only one {title}: here is another than in {before.source}"
    if item.kind != before.kind:
        return f"the {title} {item.name!r} has the name of the {before.kind.title} in {before.source}"
    return f"the {title} {item.name!r} is described twice: here and in {before.source}"


def circles(items: Iterable[Item]) -> Iterator[Fault]:
    """Yield a fault for each circle of handoffs, since Azure wants those that are named there first."""
    subagents = {item.name: item for item in items if item.kind == SUBAGENT}
    handoffs = {name: _handoffs(item) & subagents.keys() for name, item in subagents.items()}
    while circle := _circle(handoffs):
        first = subagents[min(circle)]
        way = " to ".join(repr(name) for name in [*circle, circle[0]])
        yield Fault(
            first.source.file,
            first.source.line,
            f"subagents hand work around in a circle, {way}, and Azure makes none before those it names: "
            "take out one of these handoffs",
        )
        handoffs = {name: others - set(circle) for name, others in handoffs.items() if name not in circle}


def _handoffs(item: Item) -> set[str]:
    """Return whom a subagent hands work to; what else a file says there is told otherwise."""
    said = item.args.get("handoffs")
    return {name for name in said if isinstance(name, str)} if isinstance(said, list) else set()


def _circle(handoffs: dict[str, set[str]]) -> list[str]:
    """Return one circle, beginning with the first of its names; empty if there is none."""
    try:
        TopologicalSorter(handoffs).prepare()
    except CycleError as error:
        met: list[str] = error.args[1][-2::-1]  # the sorter goes from who is named to who names
        first = met.index(min(met))
        return met[first:] + met[:first]
    return []

"""Items of one directory that would take each other's place."""

from collections.abc import Iterable, Iterator

from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.item import Item


def duplicates(items: Iterable[Item]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each item whose place another one has taken."""
    first: dict[tuple[Kind, str], Item] = {}
    for item in items:
        before = first.setdefault((item.kind.stored_among or item.kind, item.name.casefold()), item)
        if before is not item:
            yield Diagnostic(item.source.file, item.source.line, _clash(item, before))


def _clash(item: Item, before: Item) -> str:
    title = item.kind.title
    if not item.name:
        return f"an agent has only one {title}: here is another than in {before.source}"
    if item.kind != before.kind:
        return f"the {title} {item.name!r} has the name of the {before.kind.title} in {before.source}"
    return f"the {title} {item.name!r} is described twice: here and in {before.source}"

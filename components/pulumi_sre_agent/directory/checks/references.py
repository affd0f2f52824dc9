"""What an item names and nothing in its directory is called."""

from collections.abc import Collection, Iterator, Mapping

from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.directory.diagnostics import Note
from pulumi_sre_agent.directory.item import Item, names_by_kind
from pulumi_sre_agent.schema.fields import camel_case
from pulumi_sre_agent.schema.validation import did_you_mean


def unresolved_references(items: Collection[Item]) -> Iterator[Note]:
    """Say where an item names another that is not in the directory, and which one may be meant.

    It may as well be in Azure already, so this is no diagnostic; what the service has of its own is.
    """
    names = names_by_kind(items)
    for item in items:
        reported: set[str] = set()
        for reference in item.references():
            name = reference.value
            if any(reference.resolve(names)) or not name or "*" in str(name):  # a pattern means what there is
                continue
            missing = [target for target in reference.targets if target.may_mistype(name)]
            if not missing:
                continue
            field = next(step for step in reversed(reference.path) if isinstance(step, str))
            text = f"{camel_case(field)}: {_tell(missing[0].kind, name, names)}"
            if text not in reported:
                reported.add(text)
                yield Note(item.source.file, item.line(reference.path), text)


def _tell(kind: Kind, name: str, names: Mapping[str, Collection[str]]) -> str:
    hint = did_you_mean(name, names.get(kind.name, ()), cutoff=0.8)
    return f"there is no {kind.title} {name!r} here{hint or ': the agent has to have it already'}"

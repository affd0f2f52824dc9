"""What an item names and nothing in its directory is called."""

from collections.abc import Collection, Iterator

from pulumi_sre_agent.directory.diagnostics import Note
from pulumi_sre_agent.directory.item import Item, names_by_kind
from pulumi_sre_agent.schema.fields import camel_case
from pulumi_sre_agent.schema.validation import did_you_mean


def unresolved_references(items: Collection[Item]) -> Iterator[Note]:
    """Say where an item names another that is not in the directory, but for a typo might be.

    It may as well be in Azure already, so this is no diagnostic.
    """
    names = names_by_kind(items)
    for item in items:
        for reference in item.references():
            if any(reference.resolve(names)):
                continue
            field = next(step for step in reversed(reference.path) if isinstance(step, str))
            for target in reference.targets:
                known = names.get(target.kind.name, ()) if target.may_mistype(reference.value) else ()
                if hint := did_you_mean(str(reference.value), known, cutoff=0.8):
                    text = f"there is no {target.kind.title} {reference.value!r} here{hint}"
                    yield Note(item.source.file, item.source.line, f"{camel_case(field)}: {text}")

"""Which other items the arguments of an item name: read off the fields that bear `References`."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_sre_agent.schema.annotations import References
from pulumi_sre_agent.schema.fields import Field, fields_of
from pulumi_sre_agent.schema.normalization import item_field
from pulumi_sre_agent.schema.validation import FieldPath

Key = tuple[str, str]
"""Kind and name, such as `("Skill", "triage")`; the name is empty for what an agent has only one of."""


class Reference(NamedTuple):
    """A value that names other items."""

    path: FieldPath
    value: Any
    targets: tuple[References, ...]
    """What it may name: a tool may be one of the agent's, or come with a connector."""

    def resolve(self, names: Mapping[str, Collection[str]]) -> Iterator[Key]:
        """Yield the items that it means; `names` are those of all items, by kind."""
        for target in self.targets:
            for name in target.matches(self.value, names.get(target.kind.name, ())):
                yield target.kind.name, name


def references(args: type, values: Mapping[str, Any]) -> Iterator[Reference]:
    """Yield everything that arguments name; `args` is their kind's `TypedDict`."""
    return _references(Field(dict, members=fields_of(args)), values, ())


def _references(field: Field, value: Any, path: FieldPath) -> Iterator[Reference]:
    targets = tuple(each for each in field.annotations if isinstance(each, References))
    if isinstance(value, list | tuple):
        item = item_field(field)
        item = item._replace(annotations=(*item.annotations, *targets))
        for index, entry in enumerate(value):
            yield from _references(item, entry, (*path, index))
        return
    if targets:
        yield Reference(path, value, targets)
    if isinstance(value, Mapping):
        for name, member in (field.members or {}).items():
            if name in value:
                yield from _references(member, value[name], (*path, name))

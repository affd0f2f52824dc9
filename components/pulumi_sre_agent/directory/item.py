"""One thing under the agent that a directory asks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.schema.references import Key, Reference, references
from pulumi_sre_agent.schema.validation import FieldPath


@dataclass(frozen=True)
class Source:
    """Where an item is written."""

    file: str
    """Relative to the directory."""
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Item:
    """One thing under the agent that the directory asks for."""

    kind: Kind
    name: str
    """Empty for what an agent has only one of."""
    args: Mapping[str, Any]
    """Arguments of the resource class but for `agent_id`; a `Secret` is a text that came from a variable."""
    source: Source
    lines: Mapping[FieldPath, int] = field(default_factory=dict, compare=False, repr=False)
    """Where its arguments are written."""
    former_name: str = ""
    """What an earlier version called it, under which a stack may have it."""

    def line(self, path: FieldPath) -> int:
        """Return the line of an argument, or of the nearest thing around it that is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, self.source.line)

    @property
    def key(self) -> Key:
        return self.kind.name, self.name

    def references(self) -> Iterator[Reference]:
        """Yield what it names of other items."""
        return references(getattr(resources, f"{self.kind.name}Args"), self.args)


def names_by_kind(items: Iterable[Item]) -> dict[str, dict[str, Item]]:
    """Return the items by their names, those of each kind by the kind's."""
    names: dict[str, dict[str, Item]] = {}
    for item in items:
        names.setdefault(item.kind.name, {})[item.name] = item
    return names

"""One item of a file, in any of the shapes that the format has had, to the arguments of its resource."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.directory.documents import Document, Where
from pulumi_sre_agent.directory.faults import Fault
from pulumi_sre_agent.directory.kinds import Row
from pulumi_sre_agent.directory.reading import WRAPPERS, Reading

_TYPES = ("type", "kind")
_ENVELOPE = frozenset({"name", "apiVersion", "api_version", *_TYPES, *WRAPPERS})
_LABELS = frozenset({"tags", "owner"})


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
    args: Mapping[str, Any]
    """Arguments of the resource class but for `agent_id`; a `Secret` is a text that came from a variable."""
    source: Source


def read_item(row: Row, document: Document, base: Where) -> tuple[Item | None, list[Fault]]:
    """Read the item at one place of a document; without a usable name there is no item, only faults."""
    reading = Reading(document, row.aliases)
    if not isinstance(document.at(base), dict):
        reading.fault(base, f"a {row.kind.title} must be an object with a name")
        return None, reading.faults
    found = dict(_members(row, reading, base))
    name = _name(row, reading, base, found)
    args = {"name": name or "unnamed", **reading.members(row.nodes, found, f"a {row.kind.title}")}
    reading.add(resources.faults(row.kind.name, args), base, args)
    source = Source(document.file, document.line(base))
    return Item(row.kind, name, args, source) if name else None, reading.faults


def _name(row: Row, reading: Reading, base: Where, found: dict[str, Where]) -> str:
    """Settle the item's name, which some dialects repeat among the fields."""
    places = [(*base, "metadata", "name"), (*base, "name"), found.pop("name", ())]
    given = [
        (where, _text(reading.document, where)) for where in places if where and _has(reading.document, where)
    ]
    names = [(where, name) for where, name in given if name]
    if not names:
        reason = f"the {row.kind.title} has no name: give it one as metadata.name or name"
        reading.fault((*base, "name"), reason)
        return ""
    where, name = names[0]
    reading.origins["name",] = where
    for other, again in names[1:]:
        if again != name:
            reading.fault(other, f"the {row.kind.title} has two names, {name!r} and {again!r}")
    return name


def _members(row: Row, reading: Reading, base: Where) -> Iterator[tuple[str, Where]]:
    """Yield the item's fields under their proper names, wherever this dialect puts them, once each."""
    document = reading.document
    seen: dict[str, Where] = {}
    for written, where in _all_members(row, reading, base):
        value, name = document.at(where), row.aliases.get((), {}).get(written, written)
        if value is None or name in row.server_set or (name in _LABELS and not value):
            continue
        if name in _LABELS:
            reading.fault(where, f"{name!r} is not supported yet: leave it out")
        elif name not in seen:
            seen[name] = where
            yield name, where
        elif document.at(seen[name]) != value:
            before = document.line(seen[name])
            reading.fault(where, f"{name!r} is given twice with different values, before in line {before}")


def _all_members(row: Row, reading: Reading, base: Where) -> Iterator[tuple[str, Where]]:
    value = reading.document.at(base)
    is_wrapped = any(key in value for key in WRAPPERS)
    for key in value:
        if key not in _ENVELOPE:
            yield key, (*base, key)
    for key in _TYPES:
        if value.get(key) is None or value[key] in row.types:
            continue
        if is_wrapped or key == "kind":
            reading.fault((*base, key), f"{value[key]!r} is not the type of a {row.kind.title}")
        else:
            yield key, (*base, key)
    for way in (("metadata",), ("metadata", "spec"), ("spec",), ("properties",)):
        yield from _below(reading, (*base, *way), skip={"name", "spec"} if way == ("metadata",) else set())


def _below(reading: Reading, where: Where, skip: set[str]) -> Iterator[tuple[str, Where]]:
    if not _has(reading.document, where):
        return
    value = reading.document.at(where)
    if isinstance(value, dict):
        yield from ((key, (*where, key)) for key in value if key not in skip)
    elif value is not None:
        reading.fault(where, f"{where[-1]!r} must be an object")


def _has(document: Document, where: Where) -> bool:
    try:
        document.at(where)
    except (KeyError, TypeError):
        return False
    return True


def _text(document: Document, where: Where) -> str:
    value = document.at(where)
    if isinstance(value, str):
        return value
    return document.spellings.get(where, "") if value is not None else ""

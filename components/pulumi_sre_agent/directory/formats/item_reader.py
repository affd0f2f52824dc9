"""One item of a file, in any of the shapes that the format has had, to the arguments of its resources."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.directory.documents.document import Document, Where
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.formats.file_format import FileFormat, ReadContext
from pulumi_sre_agent.directory.formats.object_reader import Reading
from pulumi_sre_agent.directory.item import Item, Source
from pulumi_sre_agent.schema.fields import camel_case

_TYPES = ("type", "kind")
_LABELS = frozenset({"tags", "owner"})
_BESIDE_FIELDS = frozenset({"name", "apiVersion", "api_version", *_TYPES})


def read_item(
    row: FileFormat, document: Document, base: Where, files: Files, before: Sequence[Item] = ()
) -> tuple[list[Item], Reading]:
    """Read the item at one place of a document; without a usable name nothing comes of it but faults.

    `before` are the items that were read already. One item may stand for several resources, or for none.
    """
    reading = Reading(
        document, row.aliases, blank_is_absent=row.blank_is_absent, others=row.free or Reading.others
    )
    if not isinstance(document.at(base), dict):
        reading.fault(base, f"{row.kind.one} must be an object with a name")
        return [], reading
    found = dict(_members(row, reading, base))
    named: dict[str, Any] = {}
    if row.key:
        named = {row.key: _name(row, reading, base, found) or "unnamed"}
    else:
        found.pop("name", None)
    source = Source(document.file, document.line(base))
    around = ReadContext(reading, base, files, before)
    items = []
    for kind, args in row.made({**named, **_arguments(row, reading, found)}, around):
        reading.add(resources.validate(kind.name, args), base, args)
        items.append(Item(kind, str(args.get(row.key, "")), args, source))
    return [] if named.get(row.key) == "unnamed" else items, reading


def _arguments(row: FileFormat, reading: Reading, found: dict[str, Where]) -> dict[str, Any]:
    if not row.free:
        return reading.members(row.nodes, found, row.kind.one)
    values: dict[str, Any] = {row.free: {}}
    for written, where in found.items():
        reading.hand_on(written, where, values)
    return values


def _name(row: FileFormat, reading: Reading, base: Where, found: dict[str, Where]) -> str:
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
    reading.origins[row.key,] = where
    for other, again in names[1:]:
        if again != name and row.has_title and other == places[2]:
            reading.note(other, f"the {row.kind.title} is known as {name!r} alone: {again!r} is not written")
        elif again != name:
            reading.fault(other, f"the {row.kind.title} has two names, {name!r} and {again!r}")
    return name


def _members(row: FileFormat, reading: Reading, base: Where) -> Iterator[tuple[str, Where]]:
    """Yield the item's fields under their proper names, wherever this dialect puts them, once each."""
    document = reading.document
    seen: dict[str, Where] = {}
    for written, where in _all_members(row, reading, base):
        value, name = document.at(where), _proper(row, written)
        is_label = name in _LABELS and not (row.free and len(where) > len(base) + 1)
        if reading.is_absent(where) or name in row.dropped or (is_label and not value):
            continue
        if is_label:
            reading.note(where, f"{name!r} is a label for people, and not written")
        elif name not in seen:
            seen[name] = where
            yield name, where
        elif document.at(seen[name]) != value:
            before = document.line(seen[name])
            reading.fault(where, f"{name!r} is given twice with different values, before in line {before}")


def _proper(row: FileFormat, written: str) -> str:
    """Return the name on the wire of a member that may be written otherwise."""
    name = row.aliases.get((), {}).get(written, written)
    return camel_case(name) if name in row.nodes else name


def _all_members(row: FileFormat, reading: Reading, base: Where) -> Iterator[tuple[str, Where]]:
    value = reading.document.at(base)
    wrappers = _inside((), row.wrappers)
    is_wrapped = any(key in value for key in wrappers)
    for key in value:
        if key not in _BESIDE_FIELDS | wrappers:
            yield key, (*base, key)
    for key in _TYPES:
        if value.get(key) is None or value[key] in row.types:
            continue
        if is_wrapped or key == "kind":
            reading.fault((*base, key), f"{value[key]!r} is not the type of {row.kind.one}")
        else:
            yield key, (*base, key)
    for way in row.wrappers:
        skip = _inside(way, row.wrappers) | ({"name"} if way == ("metadata",) else set())
        yield from _below(reading, (*base, *way), skip)


def _inside(way: Where, wrappers: Iterable[Where]) -> set[str | int]:
    """Return which members of a wrapper are wrappers themselves."""
    return {each[-1] for each in wrappers if each[:-1] == way}


def _below(reading: Reading, where: Where, skip: set[str | int]) -> Iterator[tuple[str, Where]]:
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

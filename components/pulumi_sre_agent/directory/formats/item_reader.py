"""One item of a file, in any of the shapes that the format has had, to the arguments of its resources."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.secrets import SecretStr
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.formats.file_format import FileFormat, ReadContext
from pulumi_sre_agent.directory.formats.object_reader import ObjectReader
from pulumi_sre_agent.directory.item import Item, Source
from pulumi_sre_agent.schema.fields import camel_case
from pulumi_sre_agent.schema.validation import FieldPath

_TYPES = ("type", "kind")
_LABELS = frozenset({"tags", "owner"})
_BESIDE_FIELDS = frozenset({"name", "apiVersion", "api_version", *_TYPES})


def read_item(
    format_: FileFormat, document: Document, base: FieldPath, files: Files, previous: Sequence[Item] = ()
) -> tuple[list[Item], ObjectReader]:
    """Read the item at one place of a document; without a usable name nothing comes of it but diagnostics.

    `previous` are the items that were read already. One item may stand for several resources, or for none.
    """
    reader = ObjectReader(
        document,
        format_.aliases,
        blank_is_absent=format_.blank_is_absent,
        extra_argument=format_.free_form or ObjectReader.extra_argument,
        beside=format_.dropped | _LABELS | _BESIDE_FIELDS | {str(each[0]) for each in format_.wrappers},
    )
    if not isinstance(document.at(base), dict):
        reader.report(base, f"{format_.kind.with_article} must be an object with a name")
        return [], reader
    paths = dict(_members(format_, reader, base))
    key_args: dict[str, Any] = {}
    if format_.key:
        key_args = {format_.key: _name(format_, reader, base, paths) or "unnamed"}
    else:
        paths.pop("name", None)
    source = Source(document.file, document.line(base))
    context = ReadContext(reader, base, files, previous)
    items = []
    arguments = {**key_args, **_arguments(format_, reader, paths)}
    lines = {argument: document.line(path) for argument, path in reader.origins.items()}
    for kind, args in format_.expand(arguments, context):
        reader.add(resources.validate(kind.name, args), base, args)
        items.append(Item(kind, str(args.get(format_.key, "")), args, source, lines))
    return [] if key_args.get(format_.key) == "unnamed" else items, reader


def _arguments(format_: FileFormat, reader: ObjectReader, paths: dict[str, FieldPath]) -> dict[str, Any]:
    if not format_.free_form:
        return reader.members(format_.nodes, paths, format_.kind.with_article)
    values: dict[str, Any] = {format_.free_form: {}}
    for written, path in paths.items():
        reader.hand_on(written, path, values)
    return values


def _name(format_: FileFormat, reader: ObjectReader, base: FieldPath, paths: dict[str, FieldPath]) -> str:
    """Settle the item's name, which some dialects repeat among the fields."""
    places = [(*base, "metadata", "name"), (*base, "name"), paths.pop("name", ())]
    names = [(path, _text(reader.document, path)) for path in places if path and _has(reader.document, path)]
    names = [(path, name) for path, name in names if name]
    if not names:
        reason = f"the {format_.kind.title} has no name: give it one as metadata.name or name"
        reader.report((*base, "name"), reason)
        return ""
    path, name = names[0]
    if isinstance(name, SecretStr):
        reason = f"the name of the {format_.kind.title} is a secret, and names are told: name it otherwise"
        reader.report(path, reason)
        return ""
    reader.origins[format_.key,] = path
    for other, again in names[1:]:
        if again != name and format_.has_title and other == places[2]:
            reader.note(
                other, f"the {format_.kind.title} is known as {name!r} alone: {again!r} is not written"
            )
        elif again != name:
            reader.report(other, f"the {format_.kind.title} has two names, {name!r} and {again!r}")
    return name


def _members(format_: FileFormat, reader: ObjectReader, base: FieldPath) -> Iterator[tuple[str, FieldPath]]:
    """Yield the item's fields under their proper names, wherever this dialect puts them, once each."""
    document = reader.document
    first_paths: dict[str, FieldPath] = {}
    for written, path in _all_members(format_, reader, base):
        value, name = document.at(path), _wire_name(format_, written)
        is_label = name in _LABELS and not (format_.free_form and len(path) > len(base) + 1)
        if reader.is_absent(path) or name in format_.dropped or (is_label and not value):
            continue
        if is_label:
            reader.note(path, f"{name!r} is a label for people, and not written")
        elif name not in first_paths:
            first_paths[name] = path
            yield name, path
        elif document.at(first_paths[name]) != value:
            previous = document.line(first_paths[name])
            reader.report(path, f"{name!r} is given twice with different values, before in line {previous}")


def _wire_name(format_: FileFormat, written: str) -> str:
    """Return the name on the wire of a member that may be written otherwise."""
    name = format_.aliases.get((), {}).get(written, written)
    return camel_case(name) if name in format_.nodes else name


def _all_members(
    format_: FileFormat, reader: ObjectReader, base: FieldPath
) -> Iterator[tuple[str, FieldPath]]:
    value = reader.document.at(base)
    wrappers = _nested_wrappers((), format_.wrappers)
    is_wrapped = any(key in value for key in wrappers)
    for key in value:
        if key not in _BESIDE_FIELDS | wrappers:
            yield key, (*base, key)
    for key in _TYPES:
        if value.get(key) is None or value[key] in format_.types:
            continue
        if is_wrapped or key == "kind":
            reader.report((*base, key), f"{value[key]!r} is not the type of {format_.kind.with_article}")
        else:
            yield key, (*base, key)
    for wrapper in format_.wrappers:
        skip = _nested_wrappers(wrapper, format_.wrappers) | ({"name"} if wrapper == ("metadata",) else set())
        yield from _members_below(reader, (*base, *wrapper), skip)


def _nested_wrappers(wrapper: FieldPath, wrappers: Iterable[FieldPath]) -> set[str | int]:
    """Return which members of a wrapper are wrappers themselves."""
    return {each[-1] for each in wrappers if each[:-1] == wrapper}


def _members_below(
    reader: ObjectReader, path: FieldPath, skip: set[str | int]
) -> Iterator[tuple[str, FieldPath]]:
    if not _has(reader.document, path):
        return
    value = reader.document.at(path)
    if isinstance(value, dict):
        yield from ((key, (*path, key)) for key in value if key not in skip)
    elif value is not None:
        reader.report(path, f"{path[-1]!r} must be an object")


def _has(document: Document, path: FieldPath) -> bool:
    try:
        document.at(path)
    except (KeyError, TypeError):
        return False
    return True


def _text(document: Document, path: FieldPath) -> str:
    value = document.at(path)
    if isinstance(value, str):
        return value
    return document.spellings.get(path, "") if value is not None else ""

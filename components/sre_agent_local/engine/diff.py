"""What differs between two values, and property paths: `a.b[0]["c d"]`, with `*` for every element."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .events import PropertyDiff
from .values import Properties, ResourceRef, Secret, Unknown, Value, as_secret

Path: TypeAlias = tuple[str | int, ...]

_PART = re.compile(r'\.?\["((?:\\"|[^"])*)"\]|\.?\[(\*|\d+)\]|\.?([^.\[]+)')
_PLAIN = re.compile(r"[A-Za-z0-9_]*")


def equal(old: Value, new: Value) -> bool:
    """Whether two values are equal for Pulumi: 5 is 5.0, true is not 1, an absent key is a null one."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(equal(old.get(key), new.get(key)) for key in old.keys() | new.keys())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(equal, old, new))
    if isinstance(old, Secret) and isinstance(new, Secret):
        return equal(old.value, new.value)
    if isinstance(old, ResourceRef) and isinstance(new, ResourceRef):
        return old.urn == new.urn and (old.id is None) == (new.id is None) and equal(old.id, new.id)
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return old is new
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def detailed_diff(old: Value, new: Value, path: Path = ()) -> dict[str, PropertyDiff]:
    """List every difference between two values (without secret marks) by its path."""
    return {format_path(where): PropertyDiff(kind=kind) for where, kind in _walk(old, new, path)}


def _walk(old: Value, new: Value, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _walk(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index, (left, right) in enumerate(zip(old, new, strict=False)):
            yield from _walk(left, right, (*path, index))
        for index in range(len(old), len(new)):
            yield (*path, index), "add"
        for index in range(len(new), len(old)):
            yield (*path, index), "delete"
    elif not equal(old, new):
        yield path, "add" if old is None else "delete" if new is None else "update"


def changed_keys(old: Mapping[str, Value], new: Mapping[str, Value]) -> tuple[str, ...]:
    """Name the top-level properties that differ, sorted."""
    return tuple(sorted(key for key in old.keys() | new.keys() if not equal(old.get(key), new.get(key))))


def parse_path(path: str) -> Path:
    """Read a property path. Raises ValueError."""
    parts: list[str | int] = []
    at = 0
    while at < len(path):
        if not (part := _PART.match(path, at)) or (at == 0 and path[0] == "."):
            raise ValueError(f"'{path}' is not a property path")
        quoted, index, name = part.groups()
        if quoted is not None:
            parts.append(quoted.replace('\\"', '"'))
        else:
            parts.append(int(index) if index and index != "*" else index or name)
        at = part.end()
    return tuple(parts)


def format_path(path: Path) -> str:
    """Write a property path."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += '["' + part.replace('"', '\\"') + '"]'
    return text


def covers(pattern: Path, path: Path) -> bool:
    """Whether `pattern` names `path` or something that holds it."""
    return len(pattern) <= len(path) and all(
        part in ("*", other) for part, other in zip(pattern, path, strict=False)
    )


def apply_ignore_changes(
    new: Properties, old: Properties, paths: Sequence[str]
) -> tuple[Properties, list[str]]:
    """Put the old values back at `paths` (ignore_changes).

    Returns the properties, and the paths that could not be followed: what holds them was added or removed.
    """
    impossible = []
    for text in paths:
        try:
            new = _restore(parse_path(text), old, new)
        except LookupError:
            impossible.append(text)
    return new, impossible


def _restore(path: Path, old: Value, new: Value) -> Value:
    """Put the old value at one path into a copy of `new`. Raises LookupError."""
    if isinstance(old, Secret) or isinstance(new, Secret):
        plain_old = old.value if isinstance(old, Secret) else old
        plain_new = new.value if isinstance(new, Secret) else new
        return as_secret(_restore(path, plain_old, plain_new))
    if isinstance(old, dict) and isinstance(new, dict):
        return _restore_in(path, old, new)
    if isinstance(old, list) and isinstance(new, list):
        if isinstance(path[0], str) and path[0] != "*":
            raise LookupError(path[0])
        items = _restore_in(path, dict(enumerate(old)), dict(enumerate(new)), fixed=True)
        return list(items.values())
    if not (isinstance(old, dict | list) or isinstance(new, dict | list)):
        return new
    raise LookupError(path[0])


def _restore_in(
    path: Path, old: dict[Any, Value], new: dict[Any, Value], *, fixed: bool = False
) -> dict[Any, Value]:
    """Do so in an object, or in a list by number, to which nothing can be added (`fixed`)."""
    head, *rest = path
    result = dict(new)
    for key in {**old, **new} if head == "*" else [head]:
        if (rest or fixed) and (key in old) != (key in new):
            raise LookupError(key)
        if key in old:
            result[key] = _restore(tuple(rest), old[key], new[key]) if rest else old[key]
        else:
            result.pop(key, None)
    return result

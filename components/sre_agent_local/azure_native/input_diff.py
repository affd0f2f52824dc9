"""What changed between the inputs that the state holds and those that the program gives."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .conversion import is_same_text
from .property_values import Unknown
from .resource_types.definition import ResourceType

_ABSENT = object()


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs, at a path such as `tags.team` or `tags["cost center"]`."""

    path: str
    kind: Literal["ADD", "DELETE", "UPDATE"]
    top: str
    """The top-level property that the path begins with."""
    replaces: bool


def diff_inputs(
    kind: ResourceType, before: Mapping[str, Any], now: Mapping[str, Any]
) -> list[PropertyChange]:
    return [
        PropertyChange(path, what, top, _replaces(kind, top))
        for top in sorted(before.keys() | now.keys())
        if not top.startswith("__")
        for path, what in _compare(top, top, before.get(top, _ABSENT), now.get(top, _ABSENT))
    ]


def _replaces(kind: ResourceType, top: str) -> bool:
    return top in kind.path_inputs or (top in kind.fields and kind.fields[top].replaces)


def _compare(
    path: str, name: str, before: Any, now: Any
) -> Iterator[tuple[str, Literal["ADD", "DELETE", "UPDATE"]]]:
    if before is _ABSENT:
        yield path, "ADD"
    elif now is _ABSENT:
        yield path, "DELETE"
    elif isinstance(before, Mapping) and isinstance(now, Mapping):
        for member in sorted(before.keys() | now.keys()):
            deeper = _path(path, member)
            yield from _compare(deeper, member, before.get(member, _ABSENT), now.get(member, _ABSENT))
    elif not _equal(name, before, now):
        yield path, "UPDATE"


def _equal(name: str, before: Any, now: Any) -> bool:
    if isinstance(now, Unknown):
        return False
    if name == "location" and isinstance(before, str) and isinstance(now, str):
        return is_same_text(name, before, now)
    return bool(before == now)


def _path(parent: str, member: str) -> str:
    return f"{parent}.{member}" if re.fullmatch(r"[A-Za-z_]\w*", member) else f'{parent}["{member}"]'

"""What changed between the inputs that the state holds and those that the program gives.

Lists differ by index. What is in the way of an update in place is marked, down to the member that differs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from .conversion import is_same_location
from .property_values import Unknown
from .resource_types.definition import Field, ResourceType

_ABSENT = object()
ChangeKind = Literal["ADD", "DELETE", "UPDATE"]


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs, at a path such as `tags.team`, `tags["cost center"]` or `rules[1].name`."""

    path: str
    kind: ChangeKind
    replaces: bool
    counts: bool = True
    """Whether it is reason enough for an update: to set what is the default anyway is not."""


def diff_inputs(
    kind: ResourceType,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    outputs: Mapping[str, Any],
) -> list[PropertyChange]:
    """List what differs; nothing, where nothing of it counts. `outputs` are what Azure had at last."""
    changes = [
        _relax(kind, change, now, outputs)
        for name in sorted(before.keys() | now.keys())
        if not name.startswith("__")
        and not _is_same_on_top(name, before.get(name, _ABSENT), now.get(name, _ABSENT))
        for change in _compare(name, before.get(name, _ABSENT), now.get(name, _ABSENT), _replaces(kind, name))
    ]
    return changes if any(change.counts for change in changes) else []


def _replaces(kind: ResourceType, name: str) -> bool:
    return name in kind.path_inputs or (name in kind.fields and kind.fields[name].replaces)


def _relax(
    kind: ResourceType, change: PropertyChange, now: Mapping[str, Any], outputs: Mapping[str, Any]
) -> PropertyChange:
    """Let pass what is added on top as Azure has it already."""
    if change.kind != "ADD" or change.path not in now:
        return change
    value = now[change.path]
    if change.replaces:
        return replace(change, replaces=outputs.get(change.path, _ABSENT) != value)
    field: Field | None = kind.fields.get(change.path)
    is_default = field is not None and field.default is not None and field.default == value
    return replace(change, counts=not is_default)


def _is_same_on_top(name: str, before: Any, now: Any) -> bool:
    """Azure writes locations in lower case without blanks, and names of groups in any case."""
    if not (isinstance(before, str) and isinstance(now, str)):
        return False
    if name == "location":
        return is_same_location(before, now)
    return name == "resourceGroupName" and before.lower() == now.lower()


def _compare(path: str, before: Any, now: Any, replaces: bool) -> Iterator[PropertyChange]:
    if before is _ABSENT:
        yield PropertyChange(path, "ADD", replaces)
    elif now is _ABSENT:
        yield PropertyChange(path, "DELETE", replaces)
    elif isinstance(before, Mapping) and isinstance(now, Mapping):
        for member in sorted(before.keys() | now.keys()):
            deeper = _path(path, member)
            for change in _compare(deeper, before.get(member, _ABSENT), now.get(member, _ABSENT), replaces):
                yield _below(change, replaces)
    elif isinstance(before, list) and isinstance(now, list):
        for index in range(max(len(before), len(now))):
            was, is_now = (items[index] if index < len(items) else _ABSENT for items in (before, now))
            for change in _compare(f"{path}[{index}]", was, is_now, replaces):
                yield _below(change, replaces)
    elif isinstance(now, Unknown) or before != now:
        yield PropertyChange(path, "UPDATE", replaces)


def _below(change: PropertyChange, replaces: bool) -> PropertyChange:
    """Within what replaces, only a changed member replaces; one that comes or goes does not."""
    return replace(change, replaces=replaces and change.kind == "UPDATE")


def _path(parent: str, member: str) -> str:
    return f"{parent}.{member}" if re.fullmatch(r"[A-Za-z_]\w*", member) else f'{parent}["{member}"]'

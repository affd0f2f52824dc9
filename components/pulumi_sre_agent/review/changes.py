"""What a preview would do to one resource, property by property."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.review.text import code

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands in Pulumi's JSON for what only the deployment will know (docs/reference/pulumi.md#steps)."""

Op = Literal["create", "update", "replace", "delete", "same"]
Path = tuple[str, ...]
"""Names of members, from the outermost; an entry of a list of objects goes by its name or by its number."""
Values = Mapping[str, Any]

OWN_PROPERTIES = frozenset({"__provider", "__internal", "adopt", "azureApiVersion", "content_hash"})
"""Inputs that say something to Pulumi or to this toolkit, and nothing of the resource."""
OWN_DEFAULTS = OWN_PROPERTIES | {"plane"}
"""Those, and by which plane a resource is written, of which only a change is worth a word."""
DYNAMIC_TYPE = "pulumi-python:dynamic/sre:"
IDENTIFIERS = ("name", "id", "file_path", "connection_name")
"""Members by which an entry of a list is recognised, whatever its place, the first that all entries have."""


_PART = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|\.?([^.\[]+)')


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Where a property is not there on one side."""


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs. `before` or `after` is `ABSENT` where it is not there."""

    path: Path
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """The path as it is written, such as `action_configuration.mode`."""
        return ".".join(self.path)

    @property
    def is_secret(self) -> bool:
        return SECRET in (self.before, self.after)

    @property
    def is_another_secret(self) -> bool:
        """Whether a secret takes the place of another."""
        return self.is_secret and ABSENT not in (self.before, self.after)

    @property
    def added(self) -> list[Any]:
        """Entries of a list that only `after` has."""
        return [entry for entry in _entries(self.after) if entry not in _entries(self.before)]

    @property
    def removed(self) -> list[Any]:
        """Entries of a list that only `before` has."""
        return [entry for entry in _entries(self.before) if entry not in _entries(self.after)]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What would happen to one resource."""

    urn: str
    op: Op
    before: Values | None
    """Its inputs in the state; None where it is new."""
    after: Values | None
    """Its inputs in the program; None where it would be deleted."""
    id: str = ""
    """Its id in Azure, where it is there already."""
    dependencies: tuple[str, ...] = ()
    """URNs that say which agent is its: what its `agent_id` comes from, else all that it depends on."""
    principal_owners: tuple[str, ...] = ()
    """URNs of what has the principal that a role assignment names."""
    engine_paths: tuple[str, ...] = ()
    """Properties that the engine says differ: the only sign of a secret that changed."""
    was_protected: bool = False
    is_protected: bool = False

    @cached_property
    def type(self) -> str:
        """Its type, such as `azure-native:network:Subnet`."""
        return type_of(self.urn)

    @cached_property
    def kind(self) -> str:
        """Its type in short: `Skill` for a dynamic resource of this toolkit, else the type."""
        return kind_of(self.urn)

    @property
    def logical_name(self) -> str:
        """The name that Pulumi knows it by."""
        return logical_name_of(self.urn)

    @cached_property
    def name(self) -> str:
        """Its name in Azure where that is known, else Pulumi's."""
        sides = [side for side in (self.after, self.before) if side]
        return name_in_azure(self.type, sides) or self.logical_name

    @property
    def title(self) -> str:
        """What to call it in a sentence: its kind, and its name as code."""
        return f"{self.kind} {code(self.name)}"

    @cached_property
    def properties(self) -> list[PropertyChange]:
        """Everything that differs, in the order of the paths."""
        found = [*_differences((), self.before or {}, self.after or {})]
        if self.has_both_sides:
            found += [PropertyChange(path, SECRET, SECRET) for path in self._hidden({*_paths(found)})]
        return sorted(found, key=lambda change: change.path)

    @property
    def has_both_sides(self) -> bool:
        """Whether it is there before and after."""
        return self.before is not None and self.after is not None

    @property
    def shown(self) -> list[PropertyChange]:
        """What to show of it: what differs, and all that a new or deleted one has."""
        if self.has_both_sides:
            return self.properties
        sides = (self.after or self.before or {}).items()
        leaves = [
            leaf for name, value in sides if name not in OWN_DEFAULTS for leaf in _leaves((name,), value)
        ]
        if self.after is None:
            return [PropertyChange(path, value, ABSENT) for path, value in leaves]
        return [PropertyChange(path, ABSENT, value) for path, value in leaves]

    def value(self, *path: str, of: Literal["before", "after"] = "after", default: Any = None) -> Any:
        """Return a property, or `default` where it is not there."""
        current: Any = self.before if of == "before" else self.after
        for member in path:
            if not isinstance(current, Mapping) or member not in current:
                return default
            current = current[member]
        return current

    def entries(self, *path: str, of: Literal["before", "after"] = "after") -> list[Any]:
        """Return the entries of a list; none where there is no list, or none that is known yet."""
        value = self.value(*path, of=of)
        return value if isinstance(value, list) else []

    def changed(self, *path: str, default: Any = None) -> tuple[Any, Any] | None:
        """Return a property before and after where it differs, also of what is new."""
        before = self.value(*path, of="before", default=default) if self.before is not None else None
        after = self.value(*path, default=default)
        return None if self.after is None or before == after else (before, after)

    def _hidden(self, visible: set[Path]) -> Iterator[Path]:
        """Yield what differs by the engine's word alone: secrets, or what holds one that it does not name."""
        for path in sorted({property_path(each) for each in self.engine_paths}, key=len, reverse=True):
            sides = (_at(self.before, path), _at(self.after, path))
            named = sides[0][0] or sides[1][0]
            if not named or any(_is_within(named, each) or _is_within(each, named) for each in visible):
                continue
            if any(has_secret(value) for _, value in sides):
                visible.add(named)
                yield named


def type_of(urn: str) -> str:
    """Return a resource's type, such as `azure-native:network:Subnet`."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def kind_of(urn: str) -> str:
    """Return a resource's type in short: `Skill` for a dynamic resource of this toolkit, else the type."""
    return type_of(urn).removeprefix(DYNAMIC_TYPE)


def logical_name_of(urn: str) -> str:
    """Return the name that Pulumi knows a resource by."""
    return urn.rsplit("::", 1)[-1]


def is_known(value: Any) -> bool:
    """Whether a value is more than a stand-in for one."""
    return value is not None and value not in (UNKNOWN, SECRET)


def has_secret(value: Any) -> bool:
    """Whether a value is a secret or holds one."""
    match value:
        case Mapping():
            return any(map(has_secret, value.values()))
        case list():
            return any(map(has_secret, value))
        case _:
            return bool(value == SECRET)


def property_path(text: str) -> Path:
    """Read a path as Pulumi writes it, such as `a.b[0]["c d"]`."""
    parts = (match.groups() for match in _PART.finditer(text))
    return tuple(
        quoted.replace('\\"', '"') if quoted is not None else index or name for quoted, index, name in parts
    )


def name_in_azure(type_: str, sides: Sequence[Values]) -> str:
    """Return what the inputs of a resource call it, the first that does; empty where none does."""
    last = type_.rsplit(":", 1)[-1]
    members = ("name", "resourceName", f"{last[:1].lower()}{last[1:]}Name")
    names = (side.get(member) for side in sides for member in members)
    return next((name for name in names if isinstance(name, str) and is_known(name)), "")


def _at(value: Any, path: Path) -> tuple[Path, Any]:
    """Return what stands at an engine's path, and our name of it; no name where nothing does."""
    named: Path = ()
    for part in path:
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            number, entry = int(part), value[int(part)]
            by_name = _by_name(value, value)
            named = (*named, [*by_name[0]][number] if by_name else part)
            value = entry
        elif isinstance(value, Mapping) and part in value:
            named, value = (*named, part), value[part]
        else:
            return (), None
    return named, value


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Yield what stands in a value, objects opened, each with its path."""
    if isinstance(value, Mapping) and value:
        for name, member in value.items():
            yield from _leaves((*path, name), member)
    else:
        yield path, value


def _paths(changes: Iterable[PropertyChange]) -> Iterator[Path]:
    return (change.path for change in changes)


def _is_within(path: Path, outer: Path) -> bool:
    return path[: len(outer)] == outer


def _entries(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _differences(path: Path, before: Any, after: Any) -> Iterator[PropertyChange]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            if not path and name in OWN_PROPERTIES:
                continue
            yield from _differences((*path, name), before.get(name, ABSENT), after.get(name, ABSENT))
    elif (named := _by_name(before, after)) is not None:
        yield from _differences(path, *named)
    else:
        yield PropertyChange(path, before, after)


def _by_name(before: Any, after: Any) -> tuple[Values, Values] | None:
    """Return lists of objects by their entries' names, so that an entry in another place is no change."""
    if not isinstance(before, list) or not isinstance(after, list) or not (before or after):
        return None
    entries = [*before, *after]
    if not all(isinstance(entry, Mapping) for entry in entries):
        return None
    for identifier in IDENTIFIERS:
        sides = [{str(entry.get(identifier)): entry for entry in side} for side in (before, after)]
        if all(identifier in entry for entry in entries) and [*map(len, sides)] == [len(before), len(after)]:
            return sides[0], sides[1]
    return None

"""Between inputs and outputs, as the SDK names them, and bodies and answers, as ARM does."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .property_values import UNKNOWN, Json
from .resource_types.definition import Action, Field, ListOf, MapOf, ResourceType, Shape, parts

SCOPES = ("scope", "resourceUri")
"""Members of a path that are ids themselves."""


def arm_path(kind: ResourceType | Action, inputs: Mapping[str, Any], subscription: str) -> str:
    path = kind.path.format(**{**inputs, "subscriptionId": subscription})
    return "/" + path.lstrip("/")  # a scope begins with a slash of its own


def path_members(kind: ResourceType, arm_id: str) -> Json | None:
    """Return the path inputs that an ARM id stands for; None: it is not an id of this type."""
    parts = re.split(r"{(\w+)}", kind.path)
    pattern = "".join(
        f"(?P<{part}>{'.*' if part in SCOPES else '[^/]+'})" if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )
    found = re.fullmatch(pattern, arm_id, re.IGNORECASE)
    return found and {name: found[name] for name in kind.path_inputs}


def body(kind: ResourceType, inputs: Mapping[str, Any]) -> Json:
    return _place(kind.fields, inputs)


def outputs(kind: ResourceType, answer: Mapping[str, Any]) -> Json:
    """Put an answer under the SDK's names; ARM's nulls go, and so does all that the table does not name."""
    found = {
        name: _take(field.shape if field else object, _at(answer, at))
        for name, at, field in kind.every_output()
    }
    known = {name: value for name, value in found.items() if value is not None}
    return {**known, "azureApiVersion": kind.api_version}


def preview(kind: ResourceType, inputs: Mapping[str, Any], stable: Mapping[str, Any]) -> Json:
    """Tell what is known before the fact: the inputs, what never changes, and that the rest is unknown."""
    names = (name for name, _, _ in kind.every_output())
    known = {name: value for name, value in inputs.items() if not name.startswith("__")}
    return dict.fromkeys(names, UNKNOWN) | known | dict(stable)


def refreshed(kind: ResourceType, inputs: Mapping[str, Any], before: Mapping[str, Any], now: Json) -> Json:
    """Carry what changed in Azure, between two sets of outputs, into the inputs.

    As azure-native: members that Azure filled in by itself never become inputs, because only a difference
    between the outputs stored and the outputs read is carried over.
    """
    return _carry(
        inputs,
        {name: before[name] for name in kind.fields if name in before},
        {name: now[name] for name in kind.fields if name in now},
    )


def imported(kind: ResourceType, arm_id: str, now: Mapping[str, Any]) -> Json:
    """Derive the inputs of a resource that the state does not know yet: all that can be said of it."""
    written = {name: _settable(field.shape, now[name]) for name, field in kind.fields.items() if name in now}
    return {**(path_members(kind, arm_id) or {}), **written, "azureApiVersion": kind.api_version}


def matches(wanted: Any, found: Any, name: str = "") -> bool:
    """Whether Azure already holds all that would be written, whatever it holds besides."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            matches(value, found.get(member), member) for member, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(matches, wanted, found))
    if isinstance(wanted, str) and isinstance(found, str):
        return same_text(name, wanted, found)
    return bool(wanted == found)


def same_text(name: str, one: str, other: str) -> bool:
    """Locations come back in lower case without blanks, resource ids in any case."""
    if name == "location":
        return one.replace(" ", "").lower() == other.replace(" ", "").lower()
    return one == other or (one.startswith("/") and one.lower() == other.lower())


def _place(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Json:
    made: Json = {}
    for name, field in fields.items():
        if name not in values:
            continue
        *parents, last = parts(field.at)
        holder = made
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[last] = _written(field.shape, values[name])
    return made


def _written(shape: Shape, value: Any) -> Any:
    return _each(shape, value, _place)


def _at(answer: Any, path: str) -> Any:
    for member in parts(path):
        answer = answer.get(member) if isinstance(answer, Mapping) else None
    return answer


def _take(shape: Shape, value: Any) -> Any:
    def members(fields: Mapping[str, Field], found: Mapping[str, Any]) -> Json:
        taken = {name: _take(field.shape, _at(found, field.at)) for name, field in fields.items()}
        return {name: member for name, member in taken.items() if member is not None}

    return _each(shape, value, members)


def _settable(shape: Shape, value: Any) -> Any:
    """Leave out of an output what cannot be an input."""

    def members(fields: Mapping[str, Field], found: Mapping[str, Any]) -> Json:
        return {name: _settable(fields[name].shape, found[name]) for name in fields if name in found}

    return _each(shape, value, members)


def _each(shape: Shape, value: Any, members: Callable[[Mapping[str, Field], Mapping[str, Any]], Json]) -> Any:
    """Apply `members` to the objects of fixed members in a value, wherever its shape says there are any."""
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [_each(shape.item, item, members) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, Mapping):
        return {name: _each(shape.value, item, members) for name, item in value.items()}
    if isinstance(shape, Mapping) and isinstance(value, Mapping):
        return members(shape, value)
    return value


def _carry(inputs: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]) -> Json:
    carried = dict(inputs)
    for name in before.keys() | now.keys():
        was, is_now = before.get(name), now.get(name)
        if was == is_now:
            continue
        if is_now is None:
            carried.pop(name, None)
        elif (
            isinstance(was, Mapping)
            and isinstance(is_now, Mapping)
            and isinstance(carried.get(name), Mapping)
        ):
            carried[name] = _carry(carried[name], was, is_now)
        else:
            carried[name] = is_now
    return carried

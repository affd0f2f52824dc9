"""Between inputs and outputs, as the SDK names them, and bodies and responses, as ARM does."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .property_values import UNKNOWN, Json
from .resource_types.definition import Action, Field, ListOf, MapOf, ResourceType, Shape, split_path

SCOPES = ("scope", "resourceUri")
"""Members of a path that are ids themselves."""


def format_arm_path(kind: ResourceType | Action, inputs: Mapping[str, Any], subscription: str) -> str:
    path = kind.path.format(**{**inputs, "subscriptionId": subscription})
    return "/" + path.lstrip("/")  # a scope begins with a slash of its own


def parse_arm_path(kind: ResourceType, arm_id: str) -> Json | None:
    """Return the path inputs that an ARM id stands for; None: it is not an id of this type."""
    split_path = re.split(r"{(\w+)}", kind.path)
    pattern = "".join(
        f"(?P<{part}>{'.*' if part in SCOPES else '[^/]+'})" if index % 2 else re.escape(part)
        for index, part in enumerate(split_path)
    )
    match = re.fullmatch(pattern, arm_id, re.IGNORECASE)
    return match and {name: match[name] for name in kind.path_inputs}


def request_body(kind: ResourceType, inputs: Mapping[str, Any]) -> Json:
    return _to_body(kind.fields, inputs)


def response_outputs(kind: ResourceType, response: Mapping[str, Any]) -> Json:
    """Put a response under the SDK's names; ARM's nulls go, and so does all that the type does not name."""
    values = {
        name: _from_response(field.shape if field else object, _get_path(response, at))
        for name, at, field in kind.every_output()
    }
    known = {name: value for name, value in values.items() if value is not None}
    return {**known, "azureApiVersion": kind.api_version}


def preview_outputs(kind: ResourceType, inputs: Mapping[str, Any], stable: Mapping[str, Any]) -> Json:
    """Tell what is known before the fact: the inputs, what never changes, and that the rest is unknown."""
    names = (name for name, _, _ in kind.every_output())
    known = {name: value for name, value in inputs.items() if not name.startswith("__")}
    return dict.fromkeys(names, UNKNOWN) | known | dict(stable)


def refresh_inputs(
    kind: ResourceType, inputs: Mapping[str, Any], before: Mapping[str, Any], now: Json
) -> Json:
    """Carry what changed in Azure, between two sets of outputs, into the inputs.

    As azure-native: members that Azure filled in by itself never become inputs, because only a difference
    between the outputs stored and the outputs read is carried over.
    """
    return _carry_changes(
        inputs,
        {name: before[name] for name in kind.fields if name in before},
        {name: now[name] for name in kind.fields if name in now},
    )


def import_inputs(kind: ResourceType, arm_id: str, now: Mapping[str, Any]) -> Json:
    """Derive the inputs of a resource that the state does not know yet: all that can be said of it."""
    settable = {
        name: _input_part(field.shape, now[name]) for name, field in kind.fields.items() if name in now
    }
    return {**(parse_arm_path(kind, arm_id) or {}), **settable, "azureApiVersion": kind.api_version}


def is_satisfied(required: Any, existing: Any, name: str = "") -> bool:
    """Whether Azure already holds all that would be written, whatever it holds besides."""
    if isinstance(required, Mapping):
        return isinstance(existing, Mapping) and all(
            is_satisfied(value, existing.get(member), member) for member, value in required.items()
        )
    if isinstance(required, list) and isinstance(existing, list):
        return len(required) == len(existing) and all(map(is_satisfied, required, existing))
    if isinstance(required, str) and isinstance(existing, str):
        return is_same_text(name, required, existing)
    return bool(required == existing)


def is_same_text(name: str, one: str, other: str) -> bool:
    """Locations come back in lower case without blanks, resource ids in any case."""
    if name == "location":
        return one.replace(" ", "").lower() == other.replace(" ", "").lower()
    return one == other or (one.startswith("/") and one.lower() == other.lower())


def _to_body(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Json:
    body: Json = {}
    for name, field in fields.items():
        if name not in values:
            continue
        *parents, last = split_path(field.at)
        holder = body
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[last] = _value_to_body(field.shape, values[name])
    return body


def _value_to_body(shape: Shape, value: Any) -> Any:
    return _map_objects(shape, value, _to_body)


def _get_path(response: Any, path: str) -> Any:
    for member in split_path(path):
        response = response.get(member) if isinstance(response, Mapping) else None
    return response


def _from_response(shape: Shape, value: Any) -> Any:
    def members(fields: Mapping[str, Field], source: Mapping[str, Any]) -> Json:
        values = {
            name: _from_response(field.shape, _get_path(source, field.at)) for name, field in fields.items()
        }
        return {name: member for name, member in values.items() if member is not None}

    return _map_objects(shape, value, members)


def _input_part(shape: Shape, value: Any) -> Any:
    """Leave out of an output what cannot be an input."""

    def members(fields: Mapping[str, Field], source: Mapping[str, Any]) -> Json:
        return {name: _input_part(fields[name].shape, source[name]) for name in fields if name in source}

    return _map_objects(shape, value, members)


def _map_objects(
    shape: Shape, value: Any, members: Callable[[Mapping[str, Field], Mapping[str, Any]], Json]
) -> Any:
    """Apply `members` to the objects of fixed members in a value, wherever its shape says there are any."""
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [_map_objects(shape.item, item, members) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, Mapping):
        return {name: _map_objects(shape.value, item, members) for name, item in value.items()}
    if isinstance(shape, Mapping) and isinstance(value, Mapping):
        return members(shape, value)
    return value


def _carry_changes(inputs: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]) -> Json:
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
            carried[name] = _carry_changes(carried[name], was, is_now)
        else:
            carried[name] = is_now
    return carried

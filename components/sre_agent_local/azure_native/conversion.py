"""Between inputs and outputs, as the SDK names them, and bodies and responses, as ARM does."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from .property_values import UNKNOWN, Json
from .resource_types.definition import Action, Field, IdSet, ListOf, MapOf, ResourceType, Shape, split_path

SCOPES = ("scope", "resourceUri")
"""Members of a path that are ids themselves."""
_UNESCAPED = "$&+=:@"
"""What stands in a segment of a path as it is, beside letters, digits, and `-._~`."""


def format_arm_path(kind: ResourceType | Action, inputs: Mapping[str, Any], subscription: str) -> str:
    """Fill in the path: values are escaped, but scopes, which are ids, only lose slashes at their ends."""
    values = {
        name: str(value).strip("/") if name in SCOPES else quote(str(value), safe=_UNESCAPED)
        for name, value in {**inputs, "subscriptionId": subscription}.items()
        if name in kind.path_inputs or name == "subscriptionId"
    }
    return "/" + kind.path.format(**values).lstrip("/")


def parse_arm_path(kind: ResourceType, arm_id: str) -> Json | None:
    """Return the path inputs that an ARM id stands for; None: it is not an id of this type."""
    split_path = re.split(r"{(\w+)}", kind.path)
    pattern = "".join(
        f"(?P<{part}>{'.*' if part in SCOPES else '[^/]+'})" if index % 2 else re.escape(part)
        for index, part in enumerate(split_path)
    )
    match = re.fullmatch(pattern, arm_id, re.IGNORECASE)
    return match and {name: unquote(match[name]) for name in kind.path_inputs}


def request_body(kind: ResourceType, inputs: Mapping[str, Any]) -> Json:
    return _to_body(kind.fields, inputs)


def unset_lists(kind: ResourceType, inputs: Mapping[str, Any]) -> list[Field]:
    """Return the lists of resources of their own that the program leaves alone."""
    return [field for name, field in kind.fields.items() if field.holds_resources and name not in inputs]


def fill_unset_lists(kind: ResourceType, inputs: Mapping[str, Any], body: Json, live: Json) -> Json:
    """Keep the lists that the program leaves alone as they are in Azure; empty where there are none yet."""
    for field in unset_lists(kind, inputs):
        _set_path(body, field.at, _get_path(live, field.at) or [])
    return body


def response_outputs(kind: ResourceType, response: Mapping[str, Any]) -> Json:
    """Put a response under the SDK's names; ARM's nulls go, and so does all that the type does not name."""
    values = {
        name: _from_response(field.shape if field else object, _get_path(response, at))
        for name, at, field in kind.every_output()
    }
    known = {name: value for name, value in values.items() if value is not None}
    return {**known, "azureApiVersion": kind.api_version}


def preview_outputs(kind: ResourceType, inputs: Mapping[str, Any], stable: Mapping[str, Any]) -> Json:
    """Tell what is known before the fact: inputs and what never changes; all else is unknown at any depth."""
    shapes = {name: field.shape if field else object for name, _, field in kind.every_output()}
    known = {
        name: _preview_value(shapes.get(name, object), value)
        for name, value in inputs.items()
        if not name.startswith("__")
    }
    return dict.fromkeys(shapes, UNKNOWN) | known | dict(stable)


def _preview_value(shape: Shape, value: Any) -> Any:
    def members(fields: Mapping[str, Field], source: Mapping[str, Any]) -> Json:
        return {
            name: _preview_value(field.shape, source[name]) if name in source else UNKNOWN
            for name, field in fields.items()
        }

    if isinstance(shape, Mapping) and any(field.union_tag for field in shape.values()):
        return value
    return UNKNOWN if shape is dict and isinstance(value, list) else _map_objects(shape, value, members)


def refresh_inputs(
    kind: ResourceType, inputs: Mapping[str, Any], before: Mapping[str, Any], now: Json
) -> Json:
    """Carry what changed in Azure, between two sets of outputs, into the inputs.

    As azure-native: members that Azure filled in by itself never become inputs, because only a difference
    between the outputs stored and the outputs read is carried over; and a list of resources of their own that
    the program does not set is none of its business. Nor is an empty list or object that the state does not
    know: what an older version of this plugin stored has fewer outputs.
    """

    def settable(outputs: Mapping[str, Any]) -> Json:
        return {
            name: _input_part(field.shape, outputs[name])
            for name, field in kind.fields.items()
            if name in outputs and name not in _FIXED and (name in inputs or not field.holds_resources)
        }

    stored, read = settable(before), settable(now)
    new = {name: value for name, value in read.items() if name in stored or value not in _EMPTY}
    return _carry_changes(inputs, stored, new)


def import_inputs(kind: ResourceType, arm_id: str, now: Mapping[str, Any]) -> Json:
    """Derive the inputs of a resource that the state does not know yet: all that can be said of it."""
    settable = {
        name: value
        for name, field in kind.fields.items()
        if name in now and (value := _input_part(field.shape, now[name], _without_empty)) not in _EMPTY
    }
    return {**settable, **(parse_arm_path(kind, arm_id) or {}), "azureApiVersion": kind.api_version}


_EMPTY: tuple[Any, ...] = ({}, [])
_FIXED = ("id", "type")
"""Inputs, of some types, that never change."""


def _without_empty(members: Json) -> Json:
    return {name: member for name, member in members.items() if member not in _EMPTY}


def is_same_location(one: str, other: str) -> bool:
    return one.replace(" ", "").lower() == other.replace(" ", "").lower()


def _to_body(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Json:
    body: Json = {}
    for name, field in fields.items():
        if name not in values:
            continue
        _set_path(body, field.at, _value_to_body(field.shape, values[name]))
    return body


def _value_to_body(shape: Shape, value: Any) -> Any:
    return _map_objects(shape, value, _to_body, lambda ids: {arm_id: {} for arm_id in ids})


def _set_path(body: Json, path: str, value: Any) -> None:
    *parents, last = split_path(path)
    for parent in parents:
        body = body.setdefault(parent, {})
    body[last] = value


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


def _input_part(shape: Shape, value: Any, clean: Callable[[Json], Json] = lambda members: members) -> Any:
    """Leave out of an output what cannot be an input; `clean` has a word on the members of each object."""

    def members(fields: Mapping[str, Field], source: Mapping[str, Any]) -> Json:
        inputs = {
            name: _input_part(fields[name].shape, source[name], clean) for name in fields if name in source
        }
        return clean(inputs)

    return _map_objects(shape, value, members, list)


def _map_objects(
    shape: Shape,
    value: Any,
    members: Callable[[Mapping[str, Field], Mapping[str, Any]], Json],
    ids: Callable[[Any], Any] = lambda value: value,
) -> Any:
    """Apply `members` to the objects of fixed members in a value, and `ids` to its sets of ids."""
    if isinstance(shape, IdSet):
        return ids(value)
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [_map_objects(shape.item, item, members, ids) for item in value]
    if isinstance(shape, MapOf) and isinstance(value, Mapping):
        return {name: _map_objects(shape.value, item, members, ids) for name, item in value.items()}
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
        else:
            carried[name] = _carry_value(carried[name], was, is_now) if name in carried else is_now
    return carried


def _carry_value(value: Any, was: Any, is_now: Any) -> Any:
    """Carry a change into a value: member by member of objects, item by item of lists."""
    if isinstance(value, Mapping) and isinstance(was, Mapping) and isinstance(is_now, Mapping):
        return _carry_changes(value, was, is_now)
    if isinstance(value, list) and isinstance(was, list) and isinstance(is_now, list):
        both = min(len(value), len(was))
        return [
            _carry_value(value[index], was[index], item) if index < both else item
            for index, item in enumerate(is_now)
        ]
    return is_now

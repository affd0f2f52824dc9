"""Defaults that azure-native fills in, and what it refuses before anything is sent, in its words."""

import difflib
import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .property_values import Json, Unknown
from .resource_types.definition import Field, IdSet, Limits, ListOf, MapOf, ResourceType, Shape

CREATE_BEFORE_DELETE = "__createBeforeDelete"
"""Input that azure-native leaves on what it named at random: only that can stand beside its successor."""


def with_defaults(
    kind: ResourceType,
    news: Mapping[str, Any],
    olds: Mapping[str, Any],
    *,
    name: str,
    seed: bytes,
    find_location: Callable[[Mapping[str, Any]], Any],
) -> Json:
    """Add physical name, location and api-version, the first two kept from before where there is a before.

    `find_location` is asked, with the inputs, where neither program nor state says one.
    """
    inputs = {"azureApiVersion": kind.api_version, **news}
    if kind.name_input not in inputs:
        if kind.name_input in olds:
            inputs[kind.name_input] = olds[kind.name_input]
            is_random = bool(olds.get(CREATE_BEFORE_DELETE))
        else:
            inputs[kind.name_input] = _generate_name(kind, name, seed)
            is_random = kind.naming != "copy"
        if is_random:
            inputs[CREATE_BEFORE_DELETE] = True
    if "location" in kind.fields and "location" not in inputs:
        default = olds.get("location") or find_location(inputs)
        if default:
            inputs["location"] = default
    return inputs


def validate_inputs(kind: ResourceType, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Say everything that azure-native refuses in the inputs; what is unknown yet passes."""
    yield from _validate_members("", {**_path_fields(kind), **kind.fields}, inputs)
    if inputs.get("azureApiVersion", kind.api_version) != kind.api_version:
        yield f"'azureApiVersion': the local azure-native has {kind.token} at {kind.api_version} only"


def unknown_inputs(kind: ResourceType, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Say, a sentence each, which inputs there are no such properties of: these are not sent to Azure."""
    own = {name: Field(shape=object, at=name) for name in ("azureApiVersion", CREATE_BEFORE_DELETE)}
    for path, near in _unknown_members("", {**_path_fields(kind), **kind.fields, **own}, inputs):
        hint = f" Did you mean {near}?" if near else ""
        yield f"The local azure-native knows no {path} of {kind.token}, so Azure does not get it.{hint}"


def _path_fields(kind: ResourceType) -> dict[str, Field]:
    return {
        name: Field(
            shape=str,
            at=name,
            required=True,
            limits=kind.name_limits if name == kind.name_input else Limits(),
        )
        for name in kind.path_inputs
    }


def _unknown_members(
    prefix: str, fields: Mapping[str, Field], values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for name, value in sorted(values.items()):
        if name in fields:
            yield from _unknown_within(prefix + name, fields[name].shape, value)
        else:
            near = difflib.get_close_matches(name, [each for each in fields if not each.startswith("__")], 1)
            yield prefix + name, prefix + near[0] if near else ""


def _unknown_within(path: str, shape: Shape, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(shape, Mapping) and isinstance(value, Mapping):
        yield from _unknown_members(f"{path}.", shape, value)
    elif isinstance(shape, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown_within(f"{path}[{index}]", shape.item, item)
    elif isinstance(shape, MapOf) and isinstance(value, Mapping):
        for name, member in value.items():
            yield from _unknown_within(f"{path}.{name}", shape.value, member)


def _validate_members(prefix: str, fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[str]:
    for name, field in fields.items():
        if name in values:
            yield from _validate_value(prefix + name, field, values[name])
        elif field.required:
            yield f"missing required property '{prefix}{name}'" + (
                _LOCATION_HINT if name == "location" else ""
            )


_LOCATION_HINT = (
    ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
)


def _validate_value(path: str, field: Field, value: Any) -> Iterator[str]:
    """Hold a value to its type; booleans and values of maps are never looked at."""
    shape = field.shape
    if isinstance(value, Unknown | bool) or shape is object:
        return
    if isinstance(value, Mapping):
        if isinstance(shape, Mapping):
            yield from _validate_members(f"{path}.", shape, value)
        elif isinstance(shape, MapOf):
            for name, member in value.items():
                yield from _validate_value(f"{path}.{name}", Field(shape=shape.value, at=name), member)
    elif isinstance(value, list):
        yield from _validate_list(path, shape, value)
    elif isinstance(value, str):
        yield from _validate_text(path, field, value)
    elif shape is int and value % 1:
        yield f"'{path}' must be an integer but got {value}"
    elif shape is not int and shape is not float:
        yield _wrong_type(path, shape, "a number")


def _validate_list(path: str, shape: Shape, value: list[Any]) -> Iterator[str]:
    if isinstance(shape, ListOf | IdSet):
        item = Field(shape=shape.item if isinstance(shape, ListOf) else str, at="")
        for index, each in enumerate(value):
            yield from _validate_value(f"{path}[{index}]", item, each)
    else:
        yield _wrong_type(path, shape, "an array")


def _validate_text(path: str, field: Field, value: str) -> Iterator[str]:
    if field.shape is not str:
        yield _wrong_type(path, field.shape, "a string")
        return
    limits = field.limits
    length = len(value.encode())
    if length < limits.min_length:
        yield f"'{path}' is too short ({length}): at least {limits.min_length} characters required"
    if limits.max_length is not None and length > limits.max_length:
        yield f"'{path}' is too long ({length}): at most {limits.max_length} characters allowed"
    if limits.pattern and not re.search(limits.pattern, value):
        yield f"'{path}' does not match expression '{limits.pattern}'"


_TYPE_NAMES: Mapping[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def _wrong_type(path: str, shape: Shape, got: str) -> str:
    name = "array" if isinstance(shape, ListOf | IdSet) else "object"
    if isinstance(shape, type):
        name = _TYPE_NAMES.get(shape, name)
    return f"'{path}' should be of type '{name}' but got {got}"


def _generate_name(kind: ResourceType, name: str, seed: bytes) -> str:
    """Make a name that is the same whenever the seed is, as azure-native's automatic names are."""
    if kind.naming == "copy":
        return name
    digits = hashlib.sha256(seed or uuid.uuid4().bytes).hexdigest()
    return str(uuid.UUID(digits[:32])) if kind.naming == "uuid" else f"{name}{digits[:8]}"

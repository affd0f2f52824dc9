"""Defaults that azure-native fills in, and the failures that it finds before anything is sent."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import CheckFailure

from .property_values import Json, Unknown
from .resource_types.definition import Field, ListOf, MapOf, ResourceType, Shape

CREATE_BEFORE_DELETE = "__createBeforeDelete"
"""Input that azure-native leaves on what it named at random: only that can stand beside its successor."""


def with_defaults(
    kind: ResourceType,
    news: Mapping[str, Any],
    olds: Mapping[str, Any],
    *,
    name: str,
    seed: bytes,
    location: str,
) -> Json:
    """Add physical name, location and api-version, the first two kept from before where there is a before."""
    inputs = {"azureApiVersion": kind.api_version, **news}
    if kind.name_input not in inputs:
        is_named = kind.name_input in olds
        inputs[kind.name_input] = olds[kind.name_input] if is_named else _generate_name(kind, name, seed)
        if not is_named or olds.get(CREATE_BEFORE_DELETE):
            inputs[CREATE_BEFORE_DELETE] = True
    default = olds.get("location") or location
    if "location" in kind.fields and default:
        inputs.setdefault("location", default)
    return inputs


def validate_inputs(kind: ResourceType, inputs: Mapping[str, Any]) -> Iterator[CheckFailure]:
    """Everything wrong with the inputs, in a sentence each; what is unknown yet passes."""
    path = {name: Field(shape=str, at=name, required=True) for name in kind.path_inputs}
    own = {name: Field(shape=shape, at=name) for name, shape in _OWN_INPUTS.items()}
    yield from _validate_members(kind.token, "", {**path, **kind.fields, **own}, inputs)
    if inputs.get("azureApiVersion", kind.api_version) != kind.api_version:
        yield _failure(
            "azureApiVersion", f"The local azure-native has {kind.token} at {kind.api_version} only."
        )


_OWN_INPUTS: Mapping[str, type[str | bool]] = {"azureApiVersion": str, CREATE_BEFORE_DELETE: bool}


def _validate_members(
    token: str, prefix: str, fields: Mapping[str, Field], values: Mapping[str, Any]
) -> Iterator[CheckFailure]:
    for name in sorted(values.keys() - fields.keys()):
        known = ", ".join(sorted(known for known in fields if not known.startswith("__")))
        yield _failure(
            prefix + name, f"The local azure-native knows no such property of {token}; it knows {known}."
        )
    for name, field in fields.items():
        if name in values:
            yield from _validate_value(token, prefix + name, field.shape, values[name])
        elif field.required:
            hint = ": set it, or azure-native:location in the stack's config" if name == "location" else ""
            yield _failure(prefix + name, f"It is required{hint}.")


def _validate_value(token: str, path: str, shape: Shape, value: Any) -> Iterator[CheckFailure]:
    if isinstance(value, Unknown) or shape is object:
        return
    if isinstance(shape, Mapping):
        yield from _validate_object(token, path, shape, value)
    elif isinstance(shape, ListOf):
        yield from _validate_list(token, path, shape, value)
    elif isinstance(shape, MapOf) or shape is dict:
        yield from _validate_map(token, path, shape.value if isinstance(shape, MapOf) else str, value)
    elif not _has_type(value, shape):
        yield _failure(path, f"It should be {_WORDS[shape]}.")


def _validate_object(
    token: str, path: str, fields: Mapping[str, Field], value: Any
) -> Iterator[CheckFailure]:
    if isinstance(value, Mapping):
        yield from _validate_members(token, f"{path}.", fields, value)
    else:
        yield _failure(path, "It should be an object.")


def _validate_list(token: str, path: str, shape: ListOf, value: Any) -> Iterator[CheckFailure]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _validate_value(token, f"{path}[{index}]", shape.item, item)
    else:
        yield _failure(path, "It should be a list.")


def _validate_map(token: str, path: str, inner: Shape, value: Any) -> Iterator[CheckFailure]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _validate_value(token, f"{path}.{name}", inner, member)
    else:
        yield _failure(path, "It should be a map of strings." if inner is str else "It should be a map.")


_WORDS: Mapping[type[object], str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def _has_type(value: Any, shape: type) -> bool:
    if isinstance(value, bool) or shape is bool:
        return isinstance(value, bool) and shape is bool
    return isinstance(value, (int, float) if shape is float else shape)


def _generate_name(kind: ResourceType, name: str, seed: bytes) -> str:
    """Make a name that is the same whenever the seed is, as azure-native's automatic names are."""
    digits = hashlib.sha256(seed or uuid.uuid4().bytes).hexdigest()
    return str(uuid.UUID(digits[:32])) if kind.naming == "uuid" else f"{name}{digits[:8]}"


def _failure(path: str, reason: str) -> CheckFailure:
    return CheckFailure(property=path, reason=reason)

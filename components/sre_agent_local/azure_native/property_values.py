"""Pulumi's values on the wire, as plain Python: what is secret and what is not known yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format, struct_pb2

from sre_agent_local import protocol

Json = dict[str, Any]


class Unknown:
    """A value that only the real run will tell."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class SecretValue:
    """A value that the engine encrypts and hides; it does not show in `repr`."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


def from_struct(message: struct_pb2.Struct) -> Json:
    """Return the members of a message; absent and null are the same, and whole numbers are ints."""
    members = _read(json_format.MessageToDict(message))
    return {name: value for name, value in members.items() if value is not None}


def to_struct(members: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(_write(members), struct_pb2.Struct())


def reveal(value: Any) -> Any:
    """Strip the value of its secret marks; what is unknown stays so."""
    match value:
        case SecretValue():
            return reveal(value.value)
        case Mapping():
            return {name: reveal(member) for name, member in value.items()}
        case list():
            return [reveal(member) for member in value]
    return value


def holds_secret(value: Any) -> bool:
    """Tell whether the value, or a member of it, is secret."""
    if isinstance(value, Mapping):
        return any(holds_secret(member) for member in value.values())
    if isinstance(value, list):
        return any(holds_secret(item) for item in value)
    return isinstance(value, SecretValue)


def mark_secrets(inputs: Mapping[str, Any], outputs: Json) -> Json:
    """Mark those outputs secret that repeat a secret input."""
    return {
        name: SecretValue(value) if holds_secret(inputs.get(name)) else value
        for name, value in outputs.items()
    }


def keep_secrets(before: Mapping[str, Any], inputs: Json) -> Json:
    """Keep secret what was, as a whole where it has changed."""
    return {
        name: value
        if not holds_secret(before.get(name))
        else before[name]
        if reveal(before[name]) == value
        else SecretValue(value)
        for name, value in inputs.items()
    }


def _read(value: Any) -> Any:
    match value:
        case {protocol.MARK: protocol.SECRET}:
            return SecretValue(_read(value.get("value")))
        case Mapping():
            return {name: _read(member) for name, member in value.items()}
        case list():
            return [_read(member) for member in value]
        case protocol.UNKNOWN_TEXT:
            return UNKNOWN
        case float() if value.is_integer():
            return int(value)
    return value


def _write(value: Any) -> Any:
    match value:
        case SecretValue():
            return {protocol.MARK: protocol.SECRET, "value": _write(value.value)}
        case Unknown():
            return protocol.UNKNOWN_TEXT
        case Mapping():
            return {name: _write(member) for name, member in value.items()}
        case list():
            return [_write(member) for member in value]
    return value

"""Property values: how they look in Python, on the wire and in state.

| kind               | Python                  | wire (protobuf Struct) and state (JSON)                |
| ------------------ | ----------------------- | ------------------------------------------------------ |
| null, bool, string | the same                | the same                                               |
| number             | `int` where it is whole | float64                                                |
| list, object       | `list`, `dict`          | the same; objects sorted by key                        |
| secret             | `Secret`                | marked object with `value`; in state with `ciphertext` |
| unknown            | `UNKNOWN`               | a fixed UUID as string                                 |
| resource           | `ResourceRef`           | marked object with `urn`, `id`, `packageVersion`       |

Assets and archives are refused: the Python dynamic provider cannot diff, refresh or delete what has one.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from google.protobuf import struct_pb2

from sre_agent_local.protocol import MARK as MARK  # noqa: PLC0414 - "as" is how a name is exported
from sre_agent_local.protocol import SECRET as SECRET  # noqa: PLC0414
from sre_agent_local.protocol import UNKNOWN_TEXT as UNKNOWN_TEXT  # noqa: PLC0414

Value = Any
"""None, bool, int, float, str, list, dict, Secret, Unknown or ResourceRef."""
Properties = dict[str, Value]

RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
REFUSED = {
    "c44067f5952c0a294b673a41bacd8c17": "assets",
    "0def7320c3a5731c473e5ecbe6d01bc7": "archives",
    "d0e6a833031e9bbcd3f4e8bde6ca49a4": "output values",
    "803fd3297a5875dc03ca845dda5d2a98": "byte strings",
    "8ad145fe-0d11-4827-bfd7-1abcbf086f5c": "numbers that are not finite",
}
UNKNOWN_TEXTS = {
    UNKNOWN_TEXT,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}
"""One for each type of value; the SDKs send only the first."""
LARGEST_EXACT = 2**53


class UnsupportedValueError(Exception):
    """A kind of value that this engine refuses; the text names the kind."""


class Unknown:
    """A value that is known only once the real run has made it."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in state and masked everywhere else."""

    value: Value = field(repr=False)


@dataclass(frozen=True)
class ResourceRef:
    """A resource that was passed as a value."""

    urn: str
    id: Value = None
    """None for a component; UNKNOWN for one that a preview would create."""
    package_version: str = ""


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Read properties off the wire. Raises Unsupported."""
    return {key: _from_wire(struct.fields[key]) for key in sorted(struct.fields)}


def _from_wire(wire: struct_pb2.Value) -> Value:
    match wire.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if wire.string_value in UNKNOWN_TEXTS else wire.string_value
        case "number_value":
            return _number(wire.number_value)
        case "bool_value":
            return wire.bool_value
        case "list_value":
            return [_from_wire(item) for item in wire.list_value.values]
        case "struct_value":
            return _unmark(from_struct(wire.struct_value))
        case _:
            return None


def _number(number: float) -> int | float:
    if not math.isfinite(number):
        raise UnsupportedValueError("numbers that are not finite")
    return int(number) if number.is_integer() and abs(number) < LARGEST_EXACT else number


def _unmark(fields: Properties) -> Value:
    kind = fields.get(MARK)
    if kind is None:
        return fields
    if kind == SECRET:
        return Secret(fields.get("value"))
    if kind == RESOURCE:
        identity = fields.get("id")
        known = UNKNOWN if identity == "" else identity
        return ResourceRef(fields["urn"], known, fields.get("packageVersion", ""))
    raise UnsupportedValueError(REFUSED.get(str(kind), f"values of kind {kind}"))


def to_struct(properties: Mapping[str, Value], *, secrets: bool, resources: bool) -> struct_pb2.Struct:
    """Write properties for the wire; who takes no secrets or resources gets what is inside them."""

    def secret_(inner: Value) -> Value:
        return {MARK: SECRET, "value": spell(inner)} if secrets else spell(inner)

    def reference(ref: ResourceRef) -> Value:
        return spell(_ref_members(ref) if resources else ref.urn if ref.id is None else ref.id)

    spell = _serializer(secret_, reference)
    struct = struct_pb2.Struct()
    struct.update(spell(properties))
    return struct


def to_state(value: Value, seal: Callable[[str], str]) -> Value:
    """Turn a value into JSON for state; `seal` encrypts."""

    def secret_(inner: Value) -> Value:
        plain = json.dumps(spell(unwrap_secrets(inner)), ensure_ascii=False, separators=(",", ":"))
        return {MARK: SECRET, "ciphertext": seal(plain)}

    spell = _serializer(secret_, _ref_state)
    return spell(value)


def to_display(value: Value) -> Value:
    """Turn a value into JSON for people: secrets as `[as_secret]`, unknowns as the wire has them."""
    return _serializer(lambda _inner: "[secret]", _ref_state)(value)


def _serializer(
    secret_: Callable[[Value], Value], reference: Callable[[ResourceRef], Value]
) -> Callable[[Value], Value]:
    """Make what turns values into JSON, given how to spell secrets and resources."""

    def spell(value: Value) -> Value:
        match value:
            case dict():
                return {key: spell(item) for key, item in sorted(value.items())}
            case list():
                return [spell(item) for item in value]
            case Secret(inner):
                return secret_(inner)
            case ResourceRef():
                return reference(value)
            case Unknown():
                return UNKNOWN_TEXT
            case _:
                return value

    return spell


def _ref_members(ref: ResourceRef) -> Properties:
    members: Properties = {MARK: RESOURCE, "urn": ref.urn, "packageVersion": ref.package_version}
    return members if ref.id is None else {**members, "id": ref.id}


def _ref_state(ref: ResourceRef) -> Properties:
    return _ref_members(replace(ref, id="") if ref.id is UNKNOWN else ref)


def from_state(value: Value, unseal: Callable[[str], str]) -> Value:
    """Turn JSON from state into a value; `unseal` decrypts. Raises Unsupported."""
    match value:
        case list():
            return [from_state(item, unseal) for item in value]
        case dict() if value.get(MARK) == SECRET:
            plain = value["plaintext"] if "plaintext" in value else unseal(value["ciphertext"])
            return Secret(from_state(json.loads(plain), unseal))
        case dict():
            return _unmark({key: from_state(item, unseal) for key, item in value.items()})
        case float():
            return _number(value)
        case _:
            return value


def unwrap_secrets(value: Value) -> Value:
    """Take every secret mark off."""
    match value:
        case Secret(inner):
            return unwrap_secrets(inner)
        case dict():
            return {key: unwrap_secrets(item) for key, item in value.items()}
        case list():
            return [unwrap_secrets(item) for item in value]
        case _:
            return value


def as_secret(value: Value) -> Secret:
    """Mark a value as secret, once."""
    return value if isinstance(value, Secret) else Secret(value)


def contains(value: Value, kind: type) -> bool:
    """Whether a value is or holds one of `kind` (Secret, Unknown)."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return contains(value.value, kind)
    items: Iterable[Value] = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    return any(contains(item, kind) for item in items)


def propagate_secrets(answer: Properties, sent: Mapping[str, Value]) -> Properties:
    """Mark as secret what an answer repeats of secrets that were sent, for providers that answer in plain.

    Objects are walked; anything else that held a secret becomes secret as a whole.
    """
    return {key: _propagate_secrets(value, sent.get(key)) for key, value in answer.items()}


def _propagate_secrets(value: Value, sent: Value) -> Value:
    if isinstance(value, dict) and isinstance(sent, dict):
        return propagate_secrets(value, sent)
    return as_secret(value) if contains(sent, Secret) else value


def mark_secret_outputs(outputs: Properties, inputs: Mapping[str, Value], names: Iterable[str]) -> Properties:
    """Mark the outputs that options name, and those whose input of the same name is a secret."""
    secret_names = {*names, *(key for key, value in inputs.items() if isinstance(value, Secret))}
    return {key: as_secret(value) if key in secret_names else value for key, value in outputs.items()}

"""What the machinery knows of one kind: its fields, rules and defaults, and how it is written on the wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pulumi_sre_agent.api.kinds import Json, Kind, Plane
from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.schema.annotations import (
    ClientOnly,
    Immutable,
    NoDiff,
    NotReturned,
    SensitiveField,
    SensitiveMembers,
)
from pulumi_sre_agent.schema.fields import Field, camel_case, fields_of
from pulumi_sre_agent.schema.normalization import (
    canonicalize,
    equivalent,
    is_unknown,
    item_field,
    member_field,
    normalize,
    sort_unordered,
)
from pulumi_sre_agent.schema.validation import KindRule, ValidationError, validate

HIDDEN = object()
"""In the place of a member that the service answers with null because it does not show it."""
SINGLETON_NAME = "default"
"""The name, in ids and listings, of the one item of a kind that an agent has one of."""


class StackDefaults(NamedTuple):
    """What the stack's configuration says where a resource does not."""

    plane: Plane | None = None
    subscription_id: str | None = None
    location: str | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A kind as the check, the diff and the lifecycle see it."""

    title: str
    """The kind in a sentence, such as `common prompt`."""
    args: type
    """The `TypedDict` of its arguments."""
    rules: tuple[KindRule, ...] = ()
    apply_defaults: Callable[[Json, StackDefaults], None] = lambda _inputs, _defaults: None
    """Adds to the inputs what follows from them or from the stack's configuration, without a request."""
    complete: Callable[[Json, Json], None] = lambda _inputs, _old: None
    """Adds to checked inputs what the service would otherwise lack, in the light of what is deployed."""
    encode: Callable[[Json], Json] = lambda spec: spec
    """The last step from inputs to the spec that is sent."""
    decode: Callable[[Json], Json] = lambda spec: spec
    """The first step from a spec that is received to inputs."""

    @cached_property
    def root(self) -> Field:
        return Field(dict, members=fields_of(self.args))

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.root.members or {}

    def inputs(self, values: Mapping[str, Any]) -> Json:
        """Return the inputs among what the engine hands over, canonical."""
        return dict(normalize(self.root, arguments_of(values)))

    def inputs_from_outputs(self, outputs: Mapping[str, Any]) -> Json:
        """Return the inputs that outputs repeat, canonical, without what the service added."""
        return {key: value for key, value in self.inputs(outputs).items() if key in self.fields}

    def check(
        self, old: Mapping[str, Any], new: Mapping[str, Any], defaults: StackDefaults
    ) -> tuple[Json, list[ValidationError]]:
        """Canonical inputs and everything wrong with them; asks nobody, and is its own fixed point.

        Where an old value means the same as the new one, the old spelling stays, so that an update shows
        nothing that it does not change.
        """
        inputs = canonicalize(self.root, arguments_of(new))
        self.apply_defaults(inputs, defaults)
        errors = validate(self.root, self.rules, inputs)  # lists are not sorted yet: paths are the program's
        before = self.inputs(old)
        if not errors:
            self.complete(inputs, before)
        return dict(_keep_spelling(self.root, before, sort_unordered(self.root, inputs))), errors

    def changed_fields(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Which fields differ in meaning between old inputs and new ones, in the order of the fields."""
        return [
            name
            for name, field in self.fields.items()
            if not field.has(NoDiff) and not equivalent(field, old.get(name), new.get(name))
        ]

    def replaces(self, changed: list[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Which of the changed fields cannot change in place."""
        return [
            name for name in changed if _needs_replacement(self.fields[name], old.get(name), new.get(name))
        ]

    def to_wire(self, inputs: Mapping[str, Any]) -> Json:
        """Return the spec that says what the inputs say, in camelCase, without name and place."""
        return self.encode(dict(to_wire(self.root, inputs)))

    def describe(self, spec: Json) -> Json:
        """Return all that Azure says of an item, in our names; `[secret]` stands for a secret."""
        return self.mask(normalize(self.root, from_wire(self.root, self.decode(spec))))

    def mask(self, values: Mapping[str, Any]) -> Json:
        """Return inputs or outputs with `[secret]` in the place of each secret."""
        return dict(_masked(self.root, values))

    def merge_remote(self, ours: Mapping[str, Any], spec: Json) -> Json:
        """Return the inputs as they are now: what the program says, corrected by what Azure says.

        Fields that the program leaves out are not its business, nor are secrets, which Azure does not show; a
        value that means the same keeps the program's spelling.
        """
        theirs = normalize(self.root, from_wire(self.root, self.decode(spec)))
        client_only = {name for name, field in self.fields.items() if field.has(ClientOnly)}
        return {
            name: value
            for name, mine in ours.items()
            if (
                value := mine
                if name in client_only
                else _merge_remote(member_field(self.root, name), mine, theirs.get(name))
            )
            is not None
        }


@dataclass(frozen=True, kw_only=True)
class ItemModel(Model):
    """A kind that lives under an agent and has a row in the registry."""

    kind: Kind
    key: str | None = "name"
    """The argument that tells the kind's items apart; None: an agent has one of them."""
    outputs: Callable[[Json], Json] = lambda _spec: {}
    """What the service adds and keeps, in our names, of a spec as it stores it."""
    may_be_hidden: Callable[[Mapping[str, Any]], bool] = lambda _inputs: False
    """Whether Azure may hold what inputs describe and not show it, so that its absence is no news."""

    def name_of(self, inputs: Mapping[str, Any]) -> str:
        """Return what the item is called among its kind."""
        return str(inputs[self.key]) if self.key else SINGLETON_NAME

    def display_name(self, name: str) -> str:
        """Return the item in a sentence."""
        return f"{self.title} {name}" if self.key else self.title


def arguments_of(values: Mapping[str, Any]) -> Json:
    """Return what inputs or outputs say without what the SDK and this toolkit keep among them."""
    return {key: value for key, value in values.items() if not key.startswith("__")}


def to_wire(field: Field, value: Any) -> Any:
    """Say a canonical value in Azure's names; free objects pass as they are."""
    if field.members is not None and isinstance(value, Mapping):
        return {
            camel_case(key): to_wire(member_field(field, key), inner)
            for key, inner in value.items()
            if not member_field(field, key).has(ClientOnly)
        }
    if isinstance(value, list):
        return [to_wire(item_field(field), inner) for inner in value]
    return value


def from_wire(field: Field, value: Any) -> Any:
    """Say what Azure says in our names, without members that the kind does not know."""
    if field.members is not None and isinstance(value, Mapping):
        return {
            key: from_wire(member, value[camel_case(key)])
            for key, member in field.members.items()
            if value.get(camel_case(key)) is not None
        }
    if isinstance(value, list):
        return [from_wire(item_field(field), inner) for inner in value]
    if isinstance(value, Mapping) and field.has(SensitiveMembers):
        return {
            key: HIDDEN if inner is None else from_wire(member_field(field, key), inner)
            for key, inner in value.items()
        }
    return value


def has_secrets(field: Field, value: Any) -> bool:
    """Whether a value carries anything that Azure does not show."""
    if field.has(SensitiveField):
        return True
    if isinstance(value, Mapping):
        return any(has_secrets(member_field(field, key), inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(has_secrets(item_field(field), inner) for inner in value)
    return False


def _merge_remote(field: Field, ours: Any, theirs: Any) -> Any:
    if (
        field.has(SensitiveField)
        or field.has(ClientOnly)
        or theirs is HIDDEN
        or (theirs is None and field.has(NotReturned))
        or equivalent(field, ours, theirs)
    ):
        return ours
    if isinstance(ours, dict) and isinstance(theirs, dict):
        merged = {
            key: _merge_remote(member_field(field, key), mine, theirs.get(key)) for key, mine in ours.items()
        }
        return {key: value for key, value in merged.items() if value is not None}
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [_merge_remote(item_field(field), *pair) for pair in zip(ours, theirs, strict=True)]
    return _without_hidden(theirs)


def _masked(field: Field, value: Any) -> Any:
    """Return a value without its secrets, and without what is not shown."""
    if field.has(SensitiveField):
        return SECRET
    if isinstance(value, Mapping):
        return {
            key: _masked(member_field(field, key), inner)
            for key, inner in value.items()
            if inner is not HIDDEN
        }
    if isinstance(value, list):
        return [_masked(item_field(field), inner) for inner in value]
    return value


def _without_hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_hidden(inner) for key, inner in value.items() if inner is not HIDDEN}
    if isinstance(value, list):
        return [_without_hidden(inner) for inner in value if inner is not HIDDEN]
    return value


def _needs_replacement(field: Field, old: Any, new: Any) -> bool:
    """Whether two values differ, they or something inside them, where nothing changes in place."""
    if equivalent(field, old, new):
        return False
    pairs = ((member, _member(old, key), _member(new, key)) for key, member in (field.members or {}).items())
    return field.has(Immutable) or any(_needs_replacement(*pair) for pair in pairs)


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _keep_spelling(field: Field, old: Any, new: Any) -> Any:
    if is_unknown(new) or old is None:
        return new
    if isinstance(new, dict) and isinstance(old, dict):
        return {
            key: _keep_spelling(member_field(field, key), old.get(key), inner) for key, inner in new.items()
        }
    return old if equivalent(field, old, new) else new

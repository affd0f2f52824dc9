"""A resource as state keeps it, and how URNs are made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from .errors import EngineError
from .values import Properties, Unsupported, from_state, show, to_state

STACK = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"
DYNAMIC = "pulumi-python"
"""The package of every Python dynamic resource."""

WIRE = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "custom_timeouts": "customTimeouts",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "created": "created",
    "modified": "modified",
    "source_position": "sourcePosition",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
}
"""Members in the order of Pulumi's own files."""
DROPPED = frozenset(("aliases", "importID", "stackTrace"))
"""Members that this engine reads over and does not write: none changes what a run does."""
VOLATILE = frozenset(("source_position", "created", "modified"))


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource's state; never changed, always replaced."""

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    """Read with `.get`: somebody else's."""
    dependencies: tuple[str, ...] = ()
    init_errors: tuple[str, ...] = ()
    provider: str = ""
    """`<urn>::<id>` of the provider's resource; empty for components and providers."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    delete: bool = False
    """Replaced: waiting to be deleted."""
    pending_replacement: bool = False
    """Deleted already: waiting for its replacement."""
    additional_secret_outputs: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds by `create`, `update`, `delete`, `read`."""
    retain_on_delete: bool = False
    deleted_with: str = ""
    created: str = ""
    modified: str = ""
    source_position: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return urn_name(self.urn)

    @property
    def is_provider(self) -> bool:
        return self.type.startswith(PROVIDERS)

    @property
    def is_default_provider(self) -> bool:
        """Made by the engine rather than by the program."""
        return self.is_provider and (self.name == "default" or self.name.startswith("default_"))

    def references(self) -> Iterator[str]:
        """List the URNs of everything but the parent that this resource rests on."""
        yield from self.dependencies
        for urns in self.property_dependencies.values():
            yield from urns
        if self.deleted_with:
            yield self.deleted_with
        if self.provider:
            yield provider_urn(self.provider)

    def renamed(self, names: Mapping[str, str]) -> "Resource":
        """Turn every reference to an old URN into the new one."""
        if names.keys().isdisjoint((self.parent, *self.references())):
            return self

        def new(urn: str) -> str:
            return names.get(urn, urn)

        provider = self.provider and f"{new(provider_urn(self.provider))}::{provider_id(self.provider)}"
        return replace(
            self,
            parent=new(self.parent),
            dependencies=tuple(map(new, self.dependencies)),
            property_dependencies={
                key: tuple(map(new, urns)) for key, urns in self.property_dependencies.items()
            },
            deleted_with=new(self.deleted_with),
            provider=provider,
        )

    def to_state(self, seal: Callable[[str], str]) -> dict[str, Any]:
        """Spell it as in a deployment; empty members are left out."""
        return self._spelt(lambda properties: to_state(properties, seal))

    def shown(self) -> dict[str, Any]:
        """Spell it as in a deployment, for people: secrets are masked."""
        return self._spelt(show)

    def _spelt(self, properties: Callable[[Properties], Any]) -> dict[str, Any]:
        spelt: dict[str, Any] = {}
        for name, wire in WIRE.items():
            value = getattr(self, name)
            if name in ("inputs", "outputs"):
                value = properties(value)
            elif isinstance(value, tuple):
                value = list(value)
            elif name == "property_dependencies":
                value = {key: list(urns) for key, urns in sorted(value.items())}
            if value or name == "custom":
                spelt[wire] = value
        return spelt

    @classmethod
    def from_state(cls, spelt: Mapping[str, Any], unseal: Callable[[str], str]) -> "Resource":
        """Read one resource of a deployment. Raises EngineError for what this engine does not know."""
        known = {wire: name for name, wire in WIRE.items()}
        urn = spelt.get("urn", "a resource without URN")
        if unknown := sorted(
            key for key, value in spelt.items() if value and key not in known.keys() | DROPPED
        ):
            raise EngineError(
                f"the state of {urn} has '{unknown[0]}', which the embedded engine does not know: "
                "use the Pulumi CLI for this stack"
            )
        members = {known[key]: value for key, value in spelt.items() if key in known}
        try:
            for name in ("inputs", "outputs"):
                members[name] = from_state(members.get(name) or {}, unseal)
        except Unsupported as error:
            raise EngineError(
                f"the state of {urn} has {error}, which the embedded engine does not know"
            ) from error
        depends = members.get("property_dependencies") or {}
        members["property_dependencies"] = {key: tuple(urns or ()) for key, urns in depends.items()}
        for member in fields(cls):
            if isinstance(members.get(member.name), list):
                members[member.name] = tuple(members[member.name])
        return cls(**members)


def now() -> str:
    """Tell the time as state has it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Spell a URN; children of the stack, like orphans, carry no parent type."""
    outer = qualified_type(parent) if parent else ""
    chain = type_ if outer in ("", STACK) else f"{outer}${type_}"
    return f"urn:pulumi:{stack}::{project}::{chain}::{name}"


def qualified_type(urn: str) -> str:
    return urn.split("::", 3)[2]


def urn_type(urn: str) -> str:
    return qualified_type(urn).rsplit("$", 1)[-1]


def urn_name(urn: str) -> str:
    return urn.split("::", 3)[3]


def package(type_: str) -> str:
    """Cut the package out of a type or function token."""
    return type_.split(":", 1)[0]


def provider_urn(reference: str) -> str:
    return reference.rpartition("::")[0]


def provider_id(reference: str) -> str:
    return reference.rpartition("::")[2]

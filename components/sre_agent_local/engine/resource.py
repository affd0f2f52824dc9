"""A resource as state keeps it, and how URNs are made."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from .errors import EngineError
from .values import Properties, UnsupportedValueError, from_state, to_display, to_state

STACK = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"
DYNAMIC = "pulumi-python"
"""The package of every Python dynamic resource."""

MEMBERS = (
    *("urn", "custom", "delete", "id", "type", "inputs", "outputs", "parent", "protect", "external"),
    *("dependencies", "init_errors", "provider", "property_dependencies", "pending_replacement"),
    *("additional_secret_outputs", "custom_timeouts", "retain_on_delete", "deleted_with"),
    *("created", "modified", "source_position", "ignore_changes", "replace_on_changes"),
)
"""A resource's members, in the order of Pulumi's own files."""
WIRE = {name: re.sub("_(.)", lambda match: match[1].upper(), name) for name in MEMBERS}
DROPPED = frozenset(("aliases", "importID", "stackTrace"))
"""Members that this engine reads over and does not write: none changes what a run does."""
VOLATILE = frozenset(("source_position", "created", "modified"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Declaration:
    """What a program says of a resource and state keeps as it was said."""

    type: str
    custom: bool
    parent: str = ""
    inputs: Properties = field(default_factory=dict)
    provider: str = ""
    """`<urn>::<id>` of the provider's resource; in state empty for components and providers."""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deleted_with: str = ""
    additional_secret_outputs: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds by `create`, `update`, `delete`, `read`."""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    source_position: str = ""

    def declaration(self) -> dict[str, Any]:
        """Return these members, for another object that has them."""
        return {member.name: getattr(self, member.name) for member in fields(Declaration)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource(Declaration):
    """One resource's state; never changed, always replaced, so it is known by its identity."""

    urn: str
    id: str = ""
    outputs: Properties = field(default_factory=dict)
    protect: bool = False
    retain_on_delete: bool = False
    external: bool = False
    """Read with `.get`: somebody else's."""
    init_errors: tuple[str, ...] = ()
    delete: bool = False
    """Replaced: waiting to be deleted."""
    pending_replacement: bool = False
    """Deleted already: waiting for its replacement."""
    created: str = ""
    modified: str = ""

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

    def rename_references(self, names: Mapping[str, str]) -> "Resource":
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
        return self._serialize(lambda properties: to_state(properties, seal))

    def to_display(self) -> dict[str, Any]:
        """Spell it as in a deployment, for people: secrets are masked."""
        return self._serialize(to_display)

    def _serialize(self, spell: Callable[[Properties], Any]) -> dict[str, Any]:
        members = {name: getattr(self, name) for name in MEMBERS}
        members |= {"inputs": spell(self.inputs), "outputs": spell(self.outputs)}
        return {WIRE[name]: value for name, value in members.items() if value or name == "custom"}

    @classmethod
    def from_state(cls, data: Mapping[str, Any], unseal: Callable[[str], str]) -> "Resource":
        """Read one resource of a deployment. Raises EngineError for what this engine does not know."""
        urn = data.get("urn")
        if not urn or not data.get("type") or "custom" not in data:
            raise EngineError(f"resource '{urn}' is missing its URN, its type or whether it is custom")
        if unknown := sorted({key for key, value in data.items() if value} - {*WIRE.values()} - DROPPED):
            raise EngineError(
                f"the state of {urn} has '{unknown[0]}', which the embedded engine does not know: "
                "use the Pulumi CLI for this stack"
            )
        members: dict[str, Any] = {name: data[wire] for name, wire in WIRE.items() if wire in data}
        try:
            for name in ("inputs", "outputs"):
                members[name] = from_state(members.get(name) or {}, unseal)
        except UnsupportedValueError as error:
            raise EngineError(
                f"the state of {urn} has {error}, which the embedded engine does not know"
            ) from error
        depends = members.get("property_dependencies") or {}
        members["property_dependencies"] = {key: tuple(urns or ()) for key, urns in depends.items()}
        members |= {name: tuple(value) for name, value in members.items() if isinstance(value, list)}
        return cls(**members)


def integrity_errors(resources: Iterable[Resource], stack: str, project: str) -> Iterator[str]:
    """Name what is wrong with a state, as the Pulumi CLI does: each must come after all that it rests on."""
    prefix = f"urn:pulumi:{stack}::{project}::"
    visited: set[str] = set()
    for resource in resources:
        urn = resource.urn
        if not urn.startswith(prefix):
            yield f"resource '{urn}' is from a different stack or project"
        if resource.id and not resource.custom:
            yield f"resource '{urn}' is not custom and has an id"
        if urn in visited and not resource.delete:
            yield f"duplicate resource {urn} (not marked for deletion)"
        if resource.parent and resource.parent not in visited:
            yield f"child resource {urn} refers to missing parent {resource.parent}"
        if not resource.pending_replacement:
            for missing in sorted({*resource.references()} - visited):
                yield f"resource {urn}'s dependency {missing} refers to missing resource"
        visited.add(urn)


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

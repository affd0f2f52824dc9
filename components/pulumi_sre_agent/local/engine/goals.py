"""What a program asks for: its requests, read, and refused where this engine does not serve them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from .errors import EngineError
from .protocol import alias_pb2, resource_pb2, source_pb2
from .resource import DYNAMIC, PROVIDERS, STACK, package
from .values import Properties, Unsupported, from_struct

DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}


class RefusedError(EngineError):
    """The program uses what this engine does not know."""

    def __init__(self, what: str, of: str) -> None:
        super().__init__(
            f"{of} uses {what}, which the embedded engine does not know: "
            "install the Pulumi CLI for this program"
        )


@dataclass(frozen=True, kw_only=True)
class Alias:
    """A name that a resource had before: a whole URN, or what was different then."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A resource as the program wants it. None: not said."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    inputs: Properties = field(default_factory=dict)
    provider: str = ""
    version: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    source_position: str = ""

    @property
    def label(self) -> str:
        return f"{self.type} resource '{self.name}'"


@dataclass(frozen=True, kw_only=True)
class ReadGoal:
    """A resource that the program only looks at (`.get`)."""

    goal: Goal
    id: str


def read_goal(request: resource_pb2.RegisterResourceRequest, root: Path) -> Goal:
    """Read a RegisterResource request. Raises RefusedError."""
    label = f"{request.type} resource '{request.name}'"
    _refuse_options(request, label)
    inputs = read_inputs(request.object, label)
    dependencies = tuple(sorted(request.dependencies))
    by_property = {
        key: tuple(sorted(urns.urns)) for key, urns in sorted(request.propertyDependencies.items())
    }
    if not by_property and dependencies:
        by_property = dict.fromkeys(inputs, dependencies)
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        provider=request.provider,
        version=request.version,
        dependencies=dependencies,
        property_dependencies=by_property,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        deleted_with=request.deletedWith,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=(*map(_alias, request.aliases), *(Alias(urn=urn) for urn in request.aliasURNs)),
        custom_timeouts=_timeouts(request.customTimeouts),
        source_position=_position(request.sourcePosition, root),
    )


def read_read_goal(request: resource_pb2.ReadResourceRequest, root: Path) -> ReadGoal:
    """Read a ReadResource request. Raises RefusedError."""
    label = f"{request.type} resource '{request.name}'"
    _refuse_package(request, label)
    goal = Goal(
        type=request.type,
        name=request.name,
        custom=True,
        parent=request.parent,
        inputs=read_inputs(request.properties, label),
        provider=request.provider,
        version=request.version,
        dependencies=tuple(sorted(request.dependencies)),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        source_position=_position(request.sourcePosition, root),
    )
    return ReadGoal(goal=goal, id=request.id)


def read_inputs(struct: Any, label: str) -> Properties:
    """Read properties that a program sends. Raises RefusedError."""
    try:
        return from_struct(struct)
    except Unsupported as error:
        raise RefusedError(str(error), label) from error


def refuse_invoke(request: resource_pb2.ResourceInvokeRequest) -> None:
    """Raise RefusedError for functions of the engine itself and of parameterised packages."""
    if package(request.tok) == "pulumi" or request.packageRef:
        raise RefusedError(
            "a function of the engine itself or of a parameterised package", f"invoke of {request.tok}"
        )


def _refuse_options(request: resource_pb2.RegisterResourceRequest, label: str) -> None:
    hooks = request.hooks
    named = {
        "a remote component": request.remote,
        "the option `import_`": request.importId,
        "the option `transforms`": request.transforms,
        "the option `hooks`": any(getattr(hooks, member.name) for member in hooks.DESCRIPTOR.fields),
        "the option `replace_with`": request.replace_with,
        "the option `replacement_trigger`": request.HasField("replacement_trigger"),
        "the option `hide_diffs`": request.hideDiffs,
        "the option `env_var_mappings`": request.envVarMappings,
        "state migrations": request.state_migrations,
    }
    for what, used in named.items():
        if used:
            raise RefusedError(what, label)
    _refuse_package(request, label)


def _refuse_package(
    request: resource_pb2.RegisterResourceRequest | resource_pb2.ReadResourceRequest, label: str
) -> None:
    if request.packageRef:
        raise RefusedError("a parameterised package", label)
    if request.pluginDownloadURL:
        raise RefusedError("a plugin download URL", label)
    if package(request.type) == "pulumi" and request.type != STACK and not request.type.startswith(PROVIDERS):
        raise RefusedError("the built-in package `pulumi` (StackReference, Stash)", label)
    if request.type.startswith(f"{PROVIDERS}{DYNAMIC}"):
        raise RefusedError("a provider of its own for dynamic resources", label)


def _alias(alias: alias_pb2.Alias) -> Alias:
    spec = alias.spec
    return Alias(
        urn=alias.urn,
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(timeouts: Any) -> dict[str, float]:
    return {
        name: seconds
        for name in ("create", "update", "delete", "read")
        if (seconds := _seconds(getattr(timeouts, name, "")))
    }


def _seconds(duration: str) -> float:
    """Read a duration such as `1h5m`."""
    return sum(float(number) * SECONDS[unit] for number, unit in DURATION.findall(duration))


def _position(position: source_pb2.SourcePosition, root: Path) -> str:
    """Spell where in the program a resource is made, from the project's root on."""
    return f"project:///{_place(position.uri, root)}#{position.line}" if position.uri else ""


@cache
def _place(uri: str, root: Path) -> str:
    return Path(os.path.relpath(unquote(urlsplit(uri).path), root)).as_posix()

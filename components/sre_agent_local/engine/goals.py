"""What a program asks for: its requests, read, and refused where this engine does not serve them."""

import os
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from google.protobuf import struct_pb2

from sre_agent_local.protocol import alias_pb2, resource_pb2, source_pb2

from .errors import EngineError
from .resource import DYNAMIC, PROVIDERS, STACK, Declaration, package
from .values import UNKNOWN_TEXTS, Properties, UnsupportedValueError, from_struct

DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
AnyRequest: TypeAlias = "resource_pb2.RegisterResourceRequest | resource_pb2.ReadResourceRequest"


class UnsupportedError(EngineError):
    """The program uses what this engine does not know."""

    def __init__(self, what: str, of: str) -> None:
        super().__init__(
            f"{of} uses {what}, which the embedded engine does not know: "
            "install the Pulumi CLI for this program"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Goal(Declaration):
    """A resource as the program wants it. None: not said."""

    name: str
    read_id: str | None = None
    """The id of a resource that the program only looks at (`.get`); empty where a preview cannot know it."""
    version: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    aliases: tuple[alias_pb2.Alias, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.type} resource '{self.name}'"


def read_register_request(request: resource_pb2.RegisterResourceRequest, root: Path) -> Goal:
    """Read a RegisterResource request. Raises RefusedError."""
    _refuse_options(request)
    goal = _read_request(request, request.object, root)
    depends = {key: tuple(sorted(urns.urns)) for key, urns in sorted(request.propertyDependencies.items())}
    if not depends and goal.dependencies:
        depends = dict.fromkeys(goal.inputs, goal.dependencies)
    return replace(
        goal,
        custom=request.custom,
        property_dependencies=depends,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        deleted_with=request.deletedWith,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        aliases=(*request.aliases, *(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs)),
        custom_timeouts=_timeouts(request.customTimeouts),
    )


def read_read_request(request: resource_pb2.ReadResourceRequest, root: Path) -> Goal:
    """Read a ReadResource request. Raises RefusedError."""
    goal = _read_request(request, request.properties, root)
    return replace(goal, read_id="" if request.id in UNKNOWN_TEXTS else request.id)


def _read_request(request: AnyRequest, inputs: struct_pb2.Struct, root: Path) -> Goal:
    """Read what both requests have."""
    label = f"{request.type} resource '{request.name}'"
    _refuse_package(request, label)
    return Goal(
        type=request.type,
        name=request.name,
        custom=True,
        parent=request.parent,
        inputs=read_inputs(inputs, label),
        provider=request.provider,
        version=request.version,
        dependencies=tuple(sorted(request.dependencies)),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        source_position=_position(request.sourcePosition, root),
    )


def read_inputs(struct: struct_pb2.Struct, label: str) -> Properties:
    """Read properties that a program sends. Raises RefusedError."""
    try:
        return from_struct(struct)
    except UnsupportedValueError as error:
        raise UnsupportedError(str(error), label) from error


def refuse_invoke(request: resource_pb2.ResourceInvokeRequest) -> None:
    """Raise RefusedError for functions of the engine itself and of parameterised packages."""
    if package(request.tok) == "pulumi" or request.packageRef:
        raise UnsupportedError(
            "a function of the engine itself or of a parameterised package", f"invoke of {request.tok}"
        )


def _refuse_options(request: resource_pb2.RegisterResourceRequest) -> None:
    hooks = request.hooks
    options = {
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
    for what, used in options.items():
        if used:
            raise UnsupportedError(what, f"{request.type} resource '{request.name}'")


def _refuse_package(request: AnyRequest, label: str) -> None:
    if request.packageRef:
        raise UnsupportedError("a parameterised package", label)
    if request.pluginDownloadURL:
        raise UnsupportedError("a plugin download URL", label)
    if package(request.type) == "pulumi" and request.type != STACK and not request.type.startswith(PROVIDERS):
        raise UnsupportedError("the built-in package `pulumi` (StackReference, Stash)", label)
    if request.type.startswith(f"{PROVIDERS}{DYNAMIC}"):
        raise UnsupportedError("a provider of its own for dynamic resources", label)


def _timeouts(timeouts: resource_pb2.RegisterResourceRequest.CustomTimeouts) -> dict[str, float]:
    """Read durations such as `1h5m`, in seconds."""
    return {
        field.name: sum(float(number) * SECONDS[unit] for number, unit in DURATION.findall(duration))
        for field, duration in timeouts.ListFields()
    }


def _position(position: source_pb2.SourcePosition, root: Path) -> str:
    """Spell where in the program a resource is made, from the project's root on."""
    return f"project:///{_relative_path(position.uri, root)}#{position.line}" if position.uri else ""


@cache
def _relative_path(uri: str, root: Path) -> str:
    return Path(os.path.relpath(unquote(urlsplit(uri).path), root)).as_posix()

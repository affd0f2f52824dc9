"""What the stand-in knows of a type, as data: inputs, outputs, and where Azure has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class ListOf:
    """A list of what has one shape."""

    item: "Shape"


@dataclass(frozen=True)
class IdSet:
    """A list of ids, which ARM has as the names of a map."""


@dataclass(frozen=True)
class MapOf:
    """A map, under names of the program's own, to what has one shape."""

    value: "Shape"


Shape: TypeAlias = "type[object] | Mapping[str, Field] | ListOf | MapOf | IdSet"
"""A scalar type, `dict` for a map of strings, `object` for any JSON, members of an object, a list, a map."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the API's description says of a string."""

    min_length: int = 0
    max_length: int | None = None
    pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input that goes into the body."""

    shape: "Shape"
    at: str
    """Dotted path in the body, or in the object that it is a member of; a name's own dot is written `\\.`."""
    required: bool = False
    replaces: bool = False
    """Whether a change, of it or of a member, replaces the resource (`ForceNew`)."""
    default: object = None
    """What Azure takes where it is not set; to set it to just that is no change."""
    limits: Limits = Limits()
    union_tag: bool = False
    """Whether it says which of several shapes its object has: a preview then takes the object as it is."""
    holds_resources: bool = False
    """Whether its items are resources of their own, too: left alone where the program does not set it."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One resource type; the function `get<Type>` of the same module reads it."""

    token: str
    path: str
    """ARM path; its members are inputs of the same name, but `subscriptionId`, which is configured."""
    api_version: str
    fields: Mapping[str, Field]
    outputs: Mapping[str, "str | Field"]
    """Outputs beyond the inputs: name to dotted path in the response, or to a field with its shape."""
    name_limits: Limits = Limits()
    """Of the last member of the path."""
    long_running: tuple[Literal["write", "delete"], ...] = ()
    """What the API's description marks as a long-running operation."""

    @cached_property
    def path_inputs(self) -> tuple[str, ...]:
        return _path_inputs(self.path)

    @property
    def name_input(self) -> str:
        return self.path_inputs[-1]

    @property
    def naming(self) -> Literal["random", "copy", "uuid"]:
        """How the last member of the path is named when the program does not; a child's name is a copy."""
        if self.name_input == "roleAssignmentName":
            return "uuid"
        own_part = self.path.lower().rpartition("microsoft.")[2]
        return "random" if self.path == GROUP or own_part.count("{") == 1 else "copy"

    @property
    def getter(self) -> str:
        module, _, name = self.token.rpartition(":")
        return f"{module}:get{name}"

    def every_output(self) -> Iterator[tuple[str, str, "Field | None"]]:
        """Name, dotted path in the response, and the field where the output repeats an input."""
        for name, field in self.fields.items():
            if name != "id":  # Pulumi has that apart
                yield name, field.at, field
        for name, output in self.outputs.items():
            yield (name, output, None) if isinstance(output, str) else (name, output.at, output)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A function that asks a resource for something, by POST."""

    token: str
    path: str
    api_version: str
    outputs: tuple[str, ...]
    """Members of the response."""

    @cached_property
    def path_inputs(self) -> tuple[str, ...]:
        return _path_inputs(self.path)


def optional_properties(**shapes: Shape) -> dict[str, Field]:
    """List optional inputs that live under `properties` by their own name."""
    return {name: Field(shape=shape, at=f"properties.{name}") for name, shape in shapes.items()}


def default_properties(**defaults: object) -> dict[str, Field]:
    """List optional inputs under `properties` for which Azure has a default."""
    return {
        name: Field(shape=type(default), at=f"properties.{name}", default=default)
        for name, default in defaults.items()
    }


def required_properties(**shapes: Shape) -> dict[str, Field]:
    """List inputs under `properties` that there must be."""
    return {
        name: Field(shape=shape, at=f"properties.{name}", required=True) for name, shape in shapes.items()
    }


def sub_resources(**members: Mapping[str, Field]) -> dict[str, Field]:
    """List inputs under `properties` that hold what are resources of their own, too."""
    return {
        name: Field(shape=ListOf(fields), at=f"properties.{name}", holds_resources=True)
        for name, fields in members.items()
    }


def object_fields(**shapes: Shape) -> dict[str, Field]:
    """List optional inputs by their own name, as members of an object."""
    return {name: Field(shape=shape, at=name) for name, shape in shapes.items()}


def property_outputs(*names: str) -> dict[str, str]:
    return {name: f"properties.{name}" for name in names}


def split_path(at: str) -> list[str]:
    """Split the path of a field."""
    return [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", at)]


def _path_inputs(path: str) -> tuple[str, ...]:
    return tuple(name for name in re.findall(r"{(\w+)}", path) if name != "subscriptionId")


GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
LOCATION = {"location": Field(shape=str, at="location", required=True, replaces=True)}
FIXED_LOCATION = {"location": Field(shape=str, at="location", required=True)}
"""A location that azure-native tries to change in place, which Azure refuses."""
TAGS = {"tags": Field(shape=dict, at="tags")}
NAME_AND_TYPE = {"name": "name", "type": "type"}
IDENTITY = {"identity": Field(shape=object_fields(type=str, userAssignedIdentities=IdSet()), at="identity")}
IDENTITY_OUTPUT = {
    "identity": Field(
        shape=object_fields(type=str, userAssignedIdentities=dict, principalId=str, tenantId=str),
        at="identity",
    )
}

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


Shape: TypeAlias = "type[str | int | float | bool | dict[str, str]] | Mapping[str, Field] | ListOf"
"""A scalar type, `dict` for a map of strings, the members of an object, or a list."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input that goes into the body."""

    shape: "Shape"
    at: str
    """Dotted path in the body, or in the object that it is a member of."""
    required: bool = False
    replaces: bool = False


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One resource type; the function `get<Type>` of the same module reads it."""

    token: str
    path: str
    """ARM path; its members are inputs of the same name, but `subscriptionId`, which is configured."""
    api_version: str
    fields: Mapping[str, Field]
    outputs: Mapping[str, "str | Field"]
    """Outputs beyond the inputs: name to dotted path in the answer, or to a field with its shape."""
    naming: Literal["random", "uuid"] = "random"
    """How the last member of the path is named when the program does not."""

    @cached_property
    def path_inputs(self) -> tuple[str, ...]:
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")

    @property
    def name_input(self) -> str:
        return self.path_inputs[-1]

    @property
    def function(self) -> str:
        module, _, name = self.token.rpartition(":")
        return f"{module}:get{name}"

    def every_output(self) -> Iterator[tuple[str, str, "Field | None"]]:
        """Name, dotted path in the answer, and the field where the output repeats an input."""
        for name, field in self.fields.items():
            yield name, field.at, field
        for name, found in self.outputs.items():
            yield (name, found, None) if isinstance(found, str) else (name, found.at, found)


def properties(**shapes: Shape) -> dict[str, Field]:
    """List optional inputs that live under `properties` by their own name."""
    return {name: Field(shape=shape, at=f"properties.{name}") for name, shape in shapes.items()}


def members(**shapes: Shape) -> dict[str, Field]:
    """List optional inputs by their own name, as members of an object."""
    return {name: Field(shape=shape, at=name) for name, shape in shapes.items()}


def under_properties(*names: str) -> dict[str, str]:
    return {name: f"properties.{name}" for name in names}


GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
LOCATION = {"location": Field(shape=str, at="location", required=True, replaces=True)}
TAGS = {"tags": Field(shape=dict, at="tags")}
SELF = {"name": "name", "type": "type"}

"""The table against the SDK whose resources it stands in for."""

import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from pulumi_sre_agent.local.azure_native.table import GETTERS, TYPES, ResourceType

NOT_HERE = {"azure-native:operationalinsights:Workspace": {"identity"}}
"""Inputs of the SDK that no component uses and that would need conversions of their own."""


def camel(name: str) -> str:
    head, *tail = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in tail)


def module_of(kind: ResourceType) -> ModuleType:
    return importlib.import_module(f"pulumi_azure_native.{kind.token.split(':')[1]}")


def sdk_inputs(kind: ResourceType) -> Iterator[str]:
    args = getattr(module_of(kind), kind.token.split(":")[2] + "Args")
    return (camel(name) for name in inspect.signature(args.__init__).parameters if name != "__self__")


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_the_inputs_are_those_of_the_sdk(kind: ResourceType) -> None:
    assert {*kind.path_inputs, *kind.fields} == {*sdk_inputs(kind)} - NOT_HERE.get(kind.token, set())


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_every_output_is_one_of_the_sdk(kind: ResourceType) -> None:
    resource = getattr(module_of(kind), kind.token.split(":")[2])
    known = {camel(name) for name, member in vars(resource).items() if isinstance(member, property)}

    assert {name for name, _, _ in kind.every_output()} <= known


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_the_api_version_is_the_one_that_the_sdk_documents(kind: ResourceType) -> None:
    resource = getattr(module_of(kind), kind.token.split(":")[2])
    documented = re.search(r"Uses Azure REST API version ([\w-]+)", resource._internal_init.__doc__ or "")
    documented = documented or re.search(r"Uses Azure REST API version ([\w-]+)", inspect.getsource(resource))

    assert documented is not None
    assert kind.api_version == documented[1].rstrip(".")


@pytest.mark.parametrize("kind", GETTERS.values(), ids=GETTERS)
def test_every_function_is_one_of_the_sdk(kind: ResourceType) -> None:
    name = kind.function.split(":")[2]
    function = getattr(module_of(kind), re.sub(r"(?=[A-Z])", "_", name).lower())
    result = getattr(module_of(kind), f"G{name[1:]}Result")
    known = {camel(name) for name, member in vars(result).items() if isinstance(member, property)}
    documented = re.search(r"Uses Azure REST API version ([\w-]+)", function.__doc__)

    assert {camel(name) for name in inspect.signature(function).parameters} >= {*kind.path_inputs}
    assert {name for name, _, _ in kind.every_output()} <= known
    assert documented is not None
    assert kind.api_version == documented[1]

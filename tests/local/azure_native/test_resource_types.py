"""The table against the SDK whose resources it stands in for."""

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest
from pulumi import _types

from sre_agent_local.azure_native.resource_types import ACTIONS, GETTERS, TYPES
from sre_agent_local.azure_native.resource_types.definition import Action, Field, ListOf, MapOf, ResourceType


def camel(name: str) -> str:
    head, *tail = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in tail)


def module_of(kind: ResourceType) -> ModuleType:
    return importlib.import_module(f"pulumi_azure_native.{kind.token.split(':')[1]}")


def args_of(kind: ResourceType) -> type:
    """Return the SDK's Args class; it is called InitArgs where another type's member has its name."""
    module, name = module_of(kind), kind.token.split(":")[2]
    found: type = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    return found


def outputs_of(found: type) -> set[str]:
    """Return the names of a class's outputs as the engine sees them."""
    members = ((name, member) for name, member in vars(found).items() if isinstance(member, property))
    return {getattr(member.fget, "_pulumi_name", camel(name)) for name, member in members}


def foreign(prefix: str, fields: Mapping[str, Field], args: type) -> Iterator[str]:
    """Name the members of objects, at any depth, that the SDK's Args classes do not have."""
    types = _types.input_type_types(args)
    for name, field in fields.items():
        if name not in types:
            yield prefix + name
            continue
        shape = field.shape
        shape = (
            shape.item if isinstance(shape, ListOf) else shape.value if isinstance(shape, MapOf) else shape
        )
        if isinstance(shape, Mapping):
            inner = re.findall(r"pulumi_azure_native\.(\w+)\._inputs\.(\w+)", str(types[name]))
            assert inner, f"{prefix}{name} is no object in the SDK"
            modules = (importlib.import_module(f"pulumi_azure_native.{module}") for module, _ in inner)
            choices = [getattr(module, found) for module, (_, found) in zip(modules, inner, strict=True)]
            yield from min((list(foreign(f"{prefix}{name}.", shape, each)) for each in choices), key=len)


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_the_inputs_are_those_of_the_sdk(kind: ResourceType) -> None:
    known = {*_types.input_type_py_to_pulumi_names(args_of(kind)).values()}

    assert {*kind.path_inputs, *kind.fields} == known


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_the_members_of_inputs_are_those_of_the_sdk(kind: ResourceType) -> None:
    assert list(foreign("", kind.fields, args_of(kind))) == []


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_every_output_is_one_of_the_sdk(kind: ResourceType) -> None:
    resource = getattr(module_of(kind), kind.token.split(":")[2])

    assert {name for name, _, _ in kind.every_output()} <= outputs_of(resource)


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_the_api_version_is_the_one_that_the_sdk_documents(kind: ResourceType) -> None:
    resource = getattr(module_of(kind), kind.token.split(":")[2])
    documented = re.search(r"Uses Azure REST API version ([\w-]+)", resource._internal_init.__doc__ or "")
    documented = documented or re.search(r"Uses Azure REST API version ([\w-]+)", inspect.getsource(resource))

    assert documented is not None
    assert kind.api_version == documented[1].rstrip(".")


@pytest.mark.parametrize("kind", GETTERS.values(), ids=GETTERS)
def test_every_function_is_one_of_the_sdk(kind: ResourceType) -> None:
    name = kind.getter.split(":")[2]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    function = getattr(module_of(kind), words.lower())
    result = getattr(module_of(kind), f"G{name[1:]}Result")
    documented = re.search(r"Uses Azure REST API version ([\w-]+)", function.__doc__)

    assert {camel(name) for name in inspect.signature(function).parameters} >= {*kind.path_inputs}
    assert {name for name, _, _ in kind.every_output()} <= outputs_of(result)
    assert documented is not None
    assert kind.api_version == documented[1]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_action_is_one_of_the_sdk(action: Action) -> None:
    _, module, name = action.token.split(":")
    sdk = importlib.import_module(f"pulumi_azure_native.{module}")
    function = getattr(sdk, re.sub(r"(?=[A-Z])", "_", name).lower())
    documented = re.search(r"Uses Azure REST API version ([\w-]+)", function.__doc__)

    assert {camel(name) for name in inspect.signature(function).parameters} - {"opts"} == {
        *action.path_inputs
    }
    assert {*action.outputs} == outputs_of(getattr(sdk, f"L{name[1:]}Result"))
    assert documented is not None
    assert action.api_version == documented[1]

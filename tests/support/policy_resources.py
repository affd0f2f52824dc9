"""What a policy is shown of a stack, and an SDK that only hands it over: the real one is not installed."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.inventory.inventory import Inventory
from pulumi_sre_agent.review.policy.standing import changes_of


class UnknownValueError(Exception):
    """Raised for a value that is not known yet, as the SDK does."""


class Props(dict[str, Any]):
    """Properties as the SDK hands them over."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if value == UNKNOWN:
            raise UnknownValueError(key)
        return Props(value) if isinstance(value, Mapping) else value


@dataclass
class Resource:
    """A resource as the SDK describes it."""

    resource_type: str
    props: Mapping[str, Any]
    urn: str
    name: str = "one"
    dependencies: list[Any] = field(default_factory=list)
    property_dependencies: dict[str, list[Any]] = field(default_factory=dict)


def resources_of(inventory: Inventory) -> list[Resource]:
    """Return an inventory as the resources of a stack that is being created."""
    shown: dict[str, Resource] = {}
    for item, change in changes_of(inventory):
        props = Props({**item.properties, "agent_id": UNKNOWN} if change.dependencies else item.properties)
        owners = [shown[urn] for urn in change.dependencies]
        shown[change.urn] = Resource(
            change.type, props, change.urn, property_dependencies={"agent_id": owners}
        )
    stack = Resource("pulumi:pulumi:Stack", {}, "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s")
    return [stack, *shown.values()]


@dataclass
class StackValidationPolicy:
    """Holds what it is given, as the SDK's does."""

    name: str
    description: str
    validate: Any
    config_schema: Any = None


@dataclass
class PolicyConfigSchema:
    """Holds what it is given, as the SDK's does."""

    properties: Mapping[str, Any]


@dataclass
class Arguments:
    """What a policy is called with."""

    resources: list[Resource]
    config: Mapping[str, Any]

    def get_config(self) -> Mapping[str, Any]:
        return self.config


@pytest.fixture
def policy_sdk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have `pulumi_policy` be what is above while a test lasts."""
    package, proxy = ModuleType("pulumi_policy"), ModuleType("pulumi_policy.proxy")
    vars(package).update(StackValidationPolicy=StackValidationPolicy, PolicyConfigSchema=PolicyConfigSchema)
    vars(proxy).update(UnknownValueError=UnknownValueError)
    monkeypatch.setitem(sys.modules, "pulumi_policy", package)
    monkeypatch.setitem(sys.modules, "pulumi_policy.proxy", proxy)
    yield
    sys.modules.pop("pulumi_sre_agent.review.policy.pack", None)

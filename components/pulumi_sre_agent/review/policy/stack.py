"""What a policy is shown of a stack, as an inventory: without secrets, which policies see in plain."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pulumi_sre_agent import resources as kinds
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.review.changes import DYNAMIC_TYPE, UNKNOWN
from pulumi_sre_agent.review.inventory.inventory import Inventory, Item, Resource, assemble
from pulumi_sre_agent.review.inventory.names import azure_name

AZURE_NATIVE = "azure-native:"


class StackResource(Protocol):
    """What `pulumi_policy` tells of a resource."""

    @property
    def resource_type(self) -> str: ...
    @property
    def props(self) -> Mapping[str, Any]:
        """Its outputs, which repeat its inputs; to look at one that is not known yet raises."""

    @property
    def urn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def dependencies(self) -> Sequence[Any]: ...
    @property
    def property_dependencies(self) -> Mapping[str, Sequence[Any]]: ...


def inventory_of(resources: Iterable[StackResource], unknown: type[Exception]) -> Inventory:
    """Return what a stack's resources are; `unknown` is what is raised for a value that is not known yet."""
    return assemble(_resources(resources, unknown))


def _resources(resources: Iterable[StackResource], unknown: type[Exception]) -> Iterator[Resource]:
    for each in resources:
        if not each.resource_type.startswith((DYNAMIC_TYPE, AZURE_NATIVE)):
            continue  # components, the stack, what is somebody else's
        kind = each.resource_type.removeprefix(DYNAMIC_TYPE)
        values = _without_secrets(kind, _plain(each.props, unknown))
        item = Item(kind=kind, name=azure_name(kind, values, each.name), properties=values, urn=each.urn)
        owners = each.property_dependencies.get("agent_id") or each.dependencies
        yield Resource(item, tuple(str(owner.urn) for owner in owners))


def _plain(value: Any, unknown: type[Exception]) -> Any:
    """Return a value with what is not known yet as Pulumi's JSON has it, and without nulls."""
    if isinstance(value, Mapping):
        members = {key: _member(value, key, unknown) for key in value}
        return {key: member for key, member in members.items() if member is not None}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_member(value, index, unknown) for index in range(len(value))]
    return value


def _member(holder: Any, key: Any, unknown: type[Exception]) -> Any:
    try:
        return _plain(holder[key], unknown)
    except unknown:
        return UNKNOWN


def _without_secrets(kind: str, values: Any) -> Any:
    return model_of(kind).mask(values) if hasattr(kinds, kind) else values

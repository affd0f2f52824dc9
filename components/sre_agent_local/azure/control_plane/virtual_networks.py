"""Virtual networks: address spaces that hold their subnets, which a body may list or leave alone."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import subnets
from .network_common import SUBNET, VIRTUAL_NETWORK, Range, ranges, resource_metadata, settable_properties
from .request import ArmRequest, resource_body
from .resource_crud import ResourceCrud, crud_routes


class _Subnet(StrictModel):
    """A subnet as a body lists it: as it was answered, or as somebody wrote it."""

    name: str
    properties: Json
    """Checked as those of a subnet that is put by itself."""
    id: str | None = None
    etag: str | None = None
    type: str | None = None


class _AddressSpace(StrictModel):
    address_prefixes: list[str]


class _DhcpOptions(StrictModel):
    dns_servers: list[str] | None = None


class _VirtualNetwork(StrictModel):
    address_space: _AddressSpace
    dhcp_options: _DhcpOptions | None = None
    enable_ddos_protection: bool | None = None
    enable_vm_protection: bool | None = None
    flow_timeout_in_minutes: int | None = None
    subnets: list[_Subnet] | None = None
    virtual_network_peerings: Annotated[list[Json], Field(max_length=0)] | None = None


def _network_properties(request: ArmRequest, body: Json, before: Json) -> Json:
    properties = settable_properties(_VirtualNetwork, body)
    network_id = CRUD.id(request)
    spaces = ranges(properties["addressSpace"]["addressPrefixes"], network_id)
    subnet_bodies = properties.pop("subnets", None)
    properties.pop("virtualNetworkPeerings", None)
    if subnet_bodies is not None:
        _replace_subnets(request.azure, network_id, subnet_bodies, body["location"], spaces)
    for subnet in request.azure.store.of_type(SUBNET, network_id):
        subnets.check_within(subnet.id, subnets.prefixes_of(subnet), spaces)
    return {
        "enableDdosProtection": False,
        **properties,
        **resource_metadata(before),
    }


def _replace_subnets(
    azure: AzureState, network_id: str, bodies: Sequence[Json], location: str, spaces: Sequence[Range]
) -> None:
    """Make the subnets that a body lists the only ones; a body without a list leaves them alone."""
    kept_ids = {f"{network_id}/subnets/{subnet['name']}".lower() for subnet in bodies}
    for existing in azure.store.of_type(SUBNET, network_id):
        if existing.id.lower() not in kept_ids:
            subnets.check_unused(azure, existing)
            azure.store.delete(existing.id)
    for subnet in bodies:
        subnet_id = f"{network_id}/subnets/{subnet['name']}"
        properties = subnets.subnet_properties(azure, subnet_id, subnet, location, spaces)
        azure.store.put(Resource(subnet_id, SUBNET, {"properties": properties}))


def _check_unused(azure: AzureState, network: Resource) -> None:
    for subnet in azure.store.of_type(SUBNET, network.id):
        subnets.check_unused(azure, subnet)


def _network_body(azure: AzureState, network: Resource) -> Json:
    subnet_bodies = [subnets.subnet_body(azure, subnet) for subnet in azure.store.of_type(SUBNET, network.id)]
    return resource_body(network.with_properties(subnets=subnet_bodies))


CRUD = ResourceCrud(
    type=VIRTUAL_NETWORK,
    name=r"[A-Za-z0-9]([-\w.]{0,62}\w)?",
    properties_of=_network_properties,
    check_deletable=_check_unused,
    body_of=_network_body,
)
ROUTES = [*crud_routes(CRUD), *subnets.ROUTES]

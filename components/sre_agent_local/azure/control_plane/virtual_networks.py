"""Virtual networks: address spaces that hold their subnets, which a body may list or leave alone."""

from collections.abc import Sequence

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import WireModel
from sre_agent_local.azure.state.azure_state import Azure
from sre_agent_local.azure.state.store import Resource

from . import subnets
from .network_common import SUBNET, VIRTUAL_NETWORK, Range, checked, ranges, resource_metadata
from .request import ArmRequest, shown
from .resource_crud import Kind, routes_of
from .subnets import SubnetProperties


class _Subnet(WireModel):
    name: str
    properties: SubnetProperties


class _AddressSpace(WireModel):
    address_prefixes: list[str]


class _DhcpOptions(WireModel):
    dns_servers: list[str] | None = None


class _VirtualNetwork(WireModel):
    address_space: _AddressSpace
    dhcp_options: _DhcpOptions | None = None
    enable_ddos_protection: bool | None = None
    enable_vm_protection: bool | None = None
    flow_timeout_in_minutes: int | None = None
    subnets: list[_Subnet] | None = None


def _describe(request: ArmRequest, body: Json, before: Json) -> Json:
    asked = checked(_VirtualNetwork, body)
    network_id = KIND.id(request)
    spaces = ranges(asked["addressSpace"]["addressPrefixes"], network_id)
    listed = asked.pop("subnets", None)
    if listed is not None:
        _replace_subnets(request.azure, network_id, listed, body["location"], spaces)
    for subnet in request.azure.store.of_type(SUBNET, network_id):
        subnets.refuse_outside(subnet.id, subnets.prefixes_of(subnet), spaces)
    return {
        "enableDdosProtection": False,
        **asked,
        **resource_metadata(before),
    }


def _replace_subnets(
    azure: Azure, network_id: str, listed: Sequence[Json], location: str, spaces: Sequence[Range]
) -> None:
    """Make the subnets that a body lists the only ones; a body without a list leaves them alone."""
    kept = {f"{network_id}/subnets/{subnet['name']}".lower() for subnet in listed}
    for existing in azure.store.of_type(SUBNET, network_id):
        if existing.id.lower() not in kept:
            subnets.refuse_used(azure, existing)
            azure.store.delete(existing.id)
    for subnet in listed:
        subnet_id = f"{network_id}/subnets/{subnet['name']}"
        properties = subnets.described(azure, subnet_id, subnet, location, spaces)
        azure.store.put(Resource(subnet_id, SUBNET, {"properties": properties}))


def _refuse_used(azure: Azure, network: Resource) -> None:
    for subnet in azure.store.of_type(SUBNET, network.id):
        subnets.refuse_used(azure, subnet)


def _show(azure: Azure, network: Resource) -> Json:
    below = [subnets.show(azure, subnet) for subnet in azure.store.of_type(SUBNET, network.id)]
    return shown(network.with_properties(subnets=below))


KIND = Kind(
    type=VIRTUAL_NETWORK,
    name=r"[A-Za-z0-9]([-\w.]{0,62}\w)?",
    describe=_describe,
    refuse_leaving=_refuse_used,
    show=_show,
)
ROUTES = [*routes_of(KIND), *subnets.ROUTES]

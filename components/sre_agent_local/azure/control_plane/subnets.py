"""Subnets: ranges that fit their network, what they refer to, and who is in them."""

from collections.abc import Sequence

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from .agent_properties import InvalidVnetConfiguration
from .network_common import (
    NAME,
    NAT_GATEWAY,
    SECURITY_GROUP,
    SUBNET,
    VIRTUAL_NETWORK,
    Range,
    Reference,
    find_reference,
    is_within,
    ranges,
    settable_properties,
)
from .request import ArmRequest, resource_body
from .resource_crud import ResourceCrud, crud_routes

DELEGATION = "Microsoft.App/environments"
"""What a subnet must be delegated to for an agent (docs/reference/control-plane.md#network)."""
LONGEST_PREFIX = 27
"""Of the smallest subnet that an agent takes (docs/reference/assumptions.md#subnet-size)."""
LINK = "legionservicelink"
"""Name of what marks a subnet as in use by the service that agents run on."""


class _Delegated(StrictModel):
    service_name: str
    actions: list[str] | None = None


class _Delegation(StrictModel):
    name: str
    properties: _Delegated


class _ServiceEndpoint(StrictModel):
    service: str
    locations: list[str] | None = None


class SubnetProperties(StrictModel):
    """`properties` of a subnet, without what only the service sets."""

    address_prefix: str | None = None
    address_prefixes: list[str] | None = None
    default_outbound_access: bool | None = None
    delegations: list[_Delegation] | None = None
    nat_gateway: Reference | None = None
    network_security_group: Reference | None = None
    private_endpoint_network_policies: str | None = None
    private_link_service_network_policies: str | None = None
    service_endpoints: list[_ServiceEndpoint] | None = None
    sharing_scope: str | None = None


def check_agent_subnet(azure: AzureState, agent_id: str, location: str, properties: Json) -> None:
    """Refuse the subnet that an agent asks for where it cannot join it. Raises InvalidVnetConfiguration."""
    subnet_id = (properties.get("vnetConfiguration") or {}).get("subnetResourceId")
    if not subnet_id:
        return
    subnet = azure.store.get(subnet_id)
    network = azure.store.get(ArmPath.parse(subnet_id).parent_id)
    if subnet is None or network is None:
        raise InvalidVnetConfiguration(f"The subnet '{subnet_id}' was not found.")
    if network.document["location"] != location:
        raise InvalidVnetConfiguration(
            f"The subnet '{subnet_id}' is in {network.document['location']}, the agent in {location}: "
            "they must be in the same region."
        )
    if not _is_delegated(subnet.properties):
        raise InvalidVnetConfiguration(f"The subnet '{subnet_id}' must be delegated to '{DELEGATION}'.")
    if min(prefix.prefixlen for prefix in prefixes_of(subnet)) > LONGEST_PREFIX:
        raise InvalidVnetConfiguration(f"The subnet '{subnet_id}' must be at least a /{LONGEST_PREFIX}.")
    others = [agent for agent in _agents_in(azure, subnet_id) if agent.lower() != agent_id.lower()]
    if others:
        raise InvalidVnetConfiguration(f"The subnet '{subnet_id}' is already in use by '{others[0]}'.")


def subnet_properties(
    azure: AzureState, subnet_id: str, body: Json, location: str, spaces: Sequence[Range]
) -> Json:
    """Return a subnet's properties, checked against its network, its neighbours and who is in it."""
    properties = settable_properties(SubnetProperties, body)
    texts = properties.get("addressPrefixes") or [properties.get("addressPrefix")]
    if not all(texts):
        raise InvalidRequestContent("a subnet needs an addressPrefix")
    prefixes = ranges(texts, subnet_id)
    check_within(subnet_id, prefixes, spaces)
    _check_overlap(azure, subnet_id, prefixes)
    for member, resource_type in (("networkSecurityGroup", SECURITY_GROUP), ("natGateway", NAT_GATEWAY)):
        find_reference(azure, subnet_id, location, properties.get(member), resource_type)
    _check_change(azure, subnet_id, properties, prefixes)
    return {
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
        **properties,
        "provisioningState": "Succeeded",
    }


def check_within(subnet_id: str, prefixes: Sequence[Range], spaces: Sequence[Range]) -> None:
    network, name = ArmPath.parse(subnet_id).names
    if not all(any(is_within(prefix, space) for space in spaces) for prefix in prefixes):
        raise BadRequest(
            f"Subnet '{name}' is not valid because its IP address range is outside the IP "
            f"address range of virtual network '{network}'.",
            code="NetcfgSubnetRangeOutsideVnet",
        )


def check_unused(azure: AzureState, subnet: Resource) -> None:
    if _agents_in(azure, subnet.id):
        raise BadRequest(
            f"Subnet {subnet.name} is in use by {_link_id(subnet.id)} and cannot be deleted. In order to "
            "delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
            code="InUseSubnetCannotBeDeleted",
        )


def prefixes_of(subnet: Resource) -> list[Range]:
    texts = subnet.properties.get("addressPrefixes") or [subnet.properties["addressPrefix"]]
    return ranges(texts, subnet.id)


def subnet_body(azure: AzureState, subnet: Resource) -> Json:
    """Show a subnet; one in use has a link that does not say by whom, as Azure's do not."""
    if not _agents_in(azure, subnet.id):
        return resource_body(subnet)
    link = {
        "id": _link_id(subnet.id),
        "name": LINK,
        "properties": {"linkedResourceType": DELEGATION, "provisioningState": "Succeeded"},
    }
    return resource_body(subnet.with_properties(serviceAssociationLinks=[link]))


def _properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    network = request.resource(VIRTUAL_NETWORK)
    spaces = ranges(network.properties["addressSpace"]["addressPrefixes"], network.id)
    return subnet_properties(request.azure, CRUD.id(request), body, network.document["location"], spaces)


def _check_overlap(azure: AzureState, subnet_id: str, prefixes: Sequence[Range]) -> None:
    network, name = ArmPath.parse(subnet_id).names
    for neighbour in azure.store.of_type(SUBNET, ArmPath.parse(subnet_id).parent_id):
        others = [] if neighbour.id.lower() == subnet_id.lower() else prefixes_of(neighbour)
        if any(one.overlaps(other) for one in prefixes for other in others):
            raise BadRequest(
                f"Subnet '{name}' is not valid because its IP address range overlaps with that "
                f"of an existing subnet in virtual network '{network}'.",
                code="NetcfgSubnetRangesOverlap",
            )


def _check_change(azure: AzureState, subnet_id: str, properties: Json, prefixes: Sequence[Range]) -> None:
    """Refuse to move a subnet, or to take its delegation away, under an agent that is in it."""
    before = azure.store.get(subnet_id)
    if before is None or not _agents_in(azure, subnet_id):
        return
    if prefixes_of(before) != prefixes:
        raise BadRequest(
            f"IpPrefix {prefixes_of(before)[0]} on Subnet {before.name} has active allocations requests in "
            "it and cannot be deleted.",
            code="InUsePrefixCannotBeDeleted",
        )
    if not _is_delegated(properties):
        raise BadRequest(
            f"Subnet {before.name} requires any of the following delegation(s) [{DELEGATION}] to reference "
            f"service association link {_link_id(subnet_id)}.",
            code="SubnetMissingRequiredDelegation",
        )


def _agents_in(azure: AzureState, subnet_id: str) -> list[str]:
    agents = azure.store.of_type(AGENT)
    return [agent.id for agent in agents if _subnet_of(agent).lower() == subnet_id.lower()]


def _subnet_of(agent: Resource) -> str:
    return str((agent.properties.get("vnetConfiguration") or {}).get("subnetResourceId"))


def _is_delegated(properties: Json) -> bool:
    delegations = properties.get("delegations") or []
    return any(one["properties"]["serviceName"].lower() == DELEGATION.lower() for one in delegations)


def _link_id(subnet_id: str) -> str:
    return f"{subnet_id}/serviceAssociationLinks/{LINK}"


CRUD = ResourceCrud(
    type=SUBNET,
    name=NAME,
    properties_of=_properties,
    is_tracked=False,
    check_deletable=check_unused,
    body_of=subnet_body,
)
ROUTES = crud_routes(CRUD)

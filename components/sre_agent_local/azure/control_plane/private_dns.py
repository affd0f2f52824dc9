"""Private DNS zones, and their links to the virtual networks that resolve names in them."""

from sre_agent_local.azure.errors import BadRequest, Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from .network_common import NAME, VIRTUAL_NETWORK, Reference, settable_properties
from .request import ArmRequest, resource_body
from .resource_crud import ResourceCrud, crud_routes

ZONE = "Microsoft.Network/privateDnsZones"
LINK = f"{ZONE}/virtualNetworkLinks"
_LABEL = r"[A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?"


class _Zone(StrictModel):
    pass


class _Link(StrictModel):
    virtual_network: Reference
    registration_enabled: bool
    resolution_policy: str | None = None


def _zone_properties(_request: ArmRequest, body: Json, _before: Json) -> Json:
    _check_global(body)
    return {
        **settable_properties(_Zone, body),
        "maxNumberOfVirtualNetworkLinks": 1000,
        "provisioningState": "Succeeded",
    }


def _link_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    _check_global(body)
    properties = settable_properties(_Link, body)
    network_id = properties["virtualNetwork"]["id"]
    network = request.azure.store.get(network_id)
    if network is None or network.type != VIRTUAL_NETWORK:
        raise BadRequest(f"The virtual network {network_id} does not exist.")
    for other in request.azure.store.of_type(LINK, request.resource(ZONE).id):
        linked = other.properties["virtualNetwork"]["id"].lower()
        if linked == network_id.lower() and other.name.lower() != request.name.lower():
            raise Conflict(f"The virtual network {network_id} is already linked to the zone by {other.name}.")
    return {**properties, "virtualNetworkLinkState": "Completed", "provisioningState": "Succeeded"}


def _check_global(body: Json) -> None:
    location = body["location"]
    if location != "global":
        raise BadRequest(
            f"The provided location '{location}' is not available for this resource type: use 'global'.",
            code="LocationNotAvailableForResourceType",
        )


def _check_unlinked(azure: AzureState, zone: Resource) -> None:
    if azure.store.of_type(LINK, zone.id):
        raise Conflict(
            f"Can not delete resource {zone.id} before nested resources are deleted.",
            code="CannotDeleteResource",
        )


def _zone_body(azure: AzureState, zone: Resource) -> Json:
    return resource_body(
        zone.with_properties(numberOfVirtualNetworkLinks=len(azure.store.of_type(LINK, zone.id)))
    )


ZONES = ResourceCrud(
    type=ZONE,
    name=rf"{_LABEL}(\.{_LABEL}){{1,33}}",
    properties_of=_zone_properties,
    check_deletable=_check_unlinked,
    body_of=_zone_body,
)
LINKS = ResourceCrud(type=LINK, name=NAME, properties_of=_link_properties)
ROUTES = [*crud_routes(ZONES), *crud_routes(LINKS)]

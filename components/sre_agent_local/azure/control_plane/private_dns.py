"""Private DNS zones, and their links to the virtual networks that resolve names in them."""

from sre_agent_local.azure.errors import BadRequest, Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import WireModel
from sre_agent_local.azure.state.azure_state import Azure
from sre_agent_local.azure.state.store import Resource

from .network_common import NAME, VIRTUAL_NETWORK, Reference, checked
from .request import ArmRequest, shown
from .resource_crud import Kind, routes_of

ZONE = "Microsoft.Network/privateDnsZones"
LINK = f"{ZONE}/virtualNetworkLinks"
_LABEL = r"[A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?"


class _Zone(WireModel):
    pass


class _Link(WireModel):
    virtual_network: Reference
    registration_enabled: bool
    resolution_policy: str | None = None


def _describe_zone(_request: ArmRequest, body: Json, _before: Json) -> Json:
    _refuse_regional(body)
    return {**checked(_Zone, body), "maxNumberOfVirtualNetworkLinks": 1000, "provisioningState": "Succeeded"}


def _describe_link(request: ArmRequest, body: Json, _before: Json) -> Json:
    _refuse_regional(body)
    asked = checked(_Link, body)
    network_id = asked["virtualNetwork"]["id"]
    network = request.azure.store.get(network_id)
    if network is None or network.type != VIRTUAL_NETWORK:
        raise BadRequest(f"The virtual network {network_id} does not exist.")
    for other in request.azure.store.of_type(LINK, request.resource(ZONE).id):
        linked = other.properties["virtualNetwork"]["id"].lower()
        if linked == network_id.lower() and other.name.lower() != request.name.lower():
            raise Conflict(f"The virtual network {network_id} is already linked to the zone by {other.name}.")
    return {**asked, "virtualNetworkLinkState": "Completed", "provisioningState": "Succeeded"}


def _refuse_regional(body: Json) -> None:
    location = body["location"]
    if location != "global":
        raise BadRequest(
            f"The provided location '{location}' is not available for this resource type: use 'global'.",
            code="LocationNotAvailableForResourceType",
        )


def _refuse_linked(azure: Azure, zone: Resource) -> None:
    if azure.store.of_type(LINK, zone.id):
        raise Conflict(
            f"Can not delete resource {zone.id} before nested resources are deleted.",
            code="CannotDeleteResource",
        )


def _show_zone(azure: Azure, zone: Resource) -> Json:
    return shown(zone.with_properties(numberOfVirtualNetworkLinks=len(azure.store.of_type(LINK, zone.id))))


ZONES = Kind(
    type=ZONE,
    name=rf"{_LABEL}(\.{_LABEL}){{1,33}}",
    describe=_describe_zone,
    refuse_leaving=_refuse_linked,
    show=_show_zone,
)
LINKS = Kind(type=LINK, name=NAME, describe=_describe_link)
ROUTES = [*routes_of(ZONES), *routes_of(LINKS)]

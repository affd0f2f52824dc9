"""NAT gateways and the public addresses that they send from."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel

from .network_common import (
    NAME,
    NAT_GATEWAY,
    PUBLIC_ADDRESS,
    SUBNET,
    Reference,
    check_unused_by,
    find_reference,
    resource_metadata,
    settable_properties,
)
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes


class _NatGateway(StrictModel):
    idle_timeout_in_minutes: Annotated[int, Field(ge=4, le=120)] | None = None
    public_ip_addresses: list[Reference] | None = None


class _PublicAddress(StrictModel):
    idle_timeout_in_minutes: Annotated[int, Field(ge=4, le=30)] | None = None
    public_ip_address_version: Literal["IPv4", "IPv6"] | None = None
    public_ip_allocation_method: Literal["Static", "Dynamic"] | None = Field(
        default=None, alias="publicIPAllocationMethod"
    )


def _gateway_properties(request: ArmRequest, body: Json, before: Json) -> Json:
    properties = settable_properties(_NatGateway, body)
    _check_sku(body, "NAT gateway", ("Standard", "StandardV2"))
    for reference in properties.get("publicIpAddresses") or []:
        gateway = GATEWAYS.id(request)
        address = find_reference(request.azure, gateway, body["location"], reference, PUBLIC_ADDRESS)
        if address and address.document.get("sku", {}).get("name") != body["sku"]["name"]:
            raise BadRequest(
                f"The public IP address {address.id} must have the SKU of the NAT gateway, "
                f"{body['sku']['name']}.",
                code="NatGatewayAndPublicIpSkuMismatch",
            )
    return {"idleTimeoutInMinutes": 4, **properties, **resource_metadata(before)}


def _address_properties(request: ArmRequest, body: Json, before: Json) -> Json:
    properties = settable_properties(_PublicAddress, body)
    _check_sku(body, "public IP address", ("Basic", "Standard", "StandardV2"))
    method = properties.get("publicIPAllocationMethod", "Dynamic")
    if body["sku"]["name"] != "Basic" and method != "Static":
        raise BadRequest(
            f"The {body['sku']['name']} public IP address {ADDRESSES.id(request)} must be allocated Static.",
            code="PublicIPAddressAllocationMethodInvalid",
        )
    address = before.get("ipAddress") or _documentation_address(ADDRESSES.id(request))
    defaults = {
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": method,
        "idleTimeoutInMinutes": 4,
    }
    return {**defaults, **properties, "ipAddress": address, **resource_metadata(before)}


def _check_sku(body: Json, what: str, known: Sequence[str]) -> None:
    name = (body.get("sku") or {}).get("name")
    if name not in known:
        raise InvalidRequestContent(f"a {what} needs a sku.name out of {', '.join(known)}")


def _documentation_address(resource_id: str) -> str:
    """Return an address in a range that is kept for documentation (RFC 5737)."""
    return f"203.0.113.{hashlib.sha256(resource_id.lower().encode()).digest()[0]}"


GATEWAYS = ResourceCrud(
    type=NAT_GATEWAY,
    name=NAME,
    properties_of=_gateway_properties,
    check_deletable=check_unused_by(
        SUBNET,
        "natGateway",
        "InUseNatGatewayCannotBeDeleted",
        "Nat gateway {used} is in use by {user} and cannot be deleted.",
    ),
)
ADDRESSES = ResourceCrud(
    type=PUBLIC_ADDRESS,
    name=NAME,
    properties_of=_address_properties,
    check_deletable=check_unused_by(
        NAT_GATEWAY,
        "publicIpAddresses",
        "PublicIPAddressCannotBeDeleted",
        "Public IP address {used} can not be deleted since it is still allocated to resource {user}.",
    ),
)
ROUTES = [*crud_routes(GATEWAYS), *crud_routes(ADDRESSES)]

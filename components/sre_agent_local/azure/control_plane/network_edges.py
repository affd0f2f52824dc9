"""What stands between a subnet and the world: network security groups, NAT gateways, public addresses."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from sre_agent_local.azure.azure import Azure
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.models import WireModel
from sre_agent_local.azure.store import Resource
from sre_agent_local.azure.wire import Json

from .network_parts import (
    NAT_GATEWAY,
    PUBLIC_ADDRESS,
    SECURITY_GROUP,
    SUBNET,
    Reference,
    checked,
    referenced,
    users,
)
from .request import ArmRequest
from .tracked import Kind, routes_of

_NAME = r"[A-Za-z0-9]([-\w.]{0,78}\w)?"


class _Rule(WireModel):
    access: Literal["Allow", "Deny"]
    direction: Literal["Inbound", "Outbound"]
    protocol: Literal["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"]
    priority: int
    description: Annotated[str, Field(max_length=140)] | None = None
    source_address_prefix: str | None = None
    source_address_prefixes: list[str] | None = None
    source_port_range: str | None = None
    source_port_ranges: list[str] | None = None
    destination_address_prefix: str | None = None
    destination_address_prefixes: list[str] | None = None
    destination_port_range: str | None = None
    destination_port_ranges: list[str] | None = None


class _NamedRule(WireModel):
    name: str
    properties: _Rule


class _SecurityGroup(WireModel):
    flush_connection: bool | None = None
    security_rules: list[_NamedRule] | None = None


class _NatGateway(WireModel):
    idle_timeout_in_minutes: Annotated[int, Field(ge=4, le=120)] | None = None
    public_ip_addresses: list[Reference] | None = None


class _PublicAddress(WireModel):
    idle_timeout_in_minutes: Annotated[int, Field(ge=4, le=30)] | None = None
    public_ip_address_version: Literal["IPv4", "IPv6"] | None = None
    public_ip_allocation_method: Literal["Static", "Dynamic"] | None = Field(
        default=None, alias="publicIPAllocationMethod"
    )


def _describe_group(_request: ArmRequest, body: Json, before: Json) -> Json:
    asked = checked(_SecurityGroup, body)
    taken: dict[tuple[str, int], str] = {}
    for rule in asked.get("securityRules") or []:
        name, properties = rule["name"], rule["properties"]
        if not 100 <= properties["priority"] <= 4096:
            raise BadRequest(
                f"Security rule has invalid Priority. Value provided: {properties['priority']} Allowed range "
                "100-4096.",
                code="SecurityRuleInvalidPriority",
            )
        _refuse_incomplete(name, properties)
        other = taken.setdefault((properties["direction"], properties["priority"]), name)
        if other != name:
            raise BadRequest(
                f"Security rule {name} conflicts with rule {other}. Rules cannot have the same Priority and "
                "Direction.",
                code="SecurityRuleConflict",
            )
    return {"securityRules": [], **asked, **_made(before)}


def _refuse_incomplete(name: str, rule: Json) -> None:
    for side in ("source", "destination"):
        for what, plural in (("AddressPrefix", "AddressPrefixes"), ("PortRange", "PortRanges")):
            if not rule.get(side + what) and not rule.get(side + plural):
                raise BadRequest(
                    f"Security rule parameter {side[0].upper()}{side[1:]}{what} is missing in rule {name}.",
                    code="SecurityRuleParameterMissing",
                )


def _describe_gateway(request: ArmRequest, body: Json, before: Json) -> Json:
    asked = checked(_NatGateway, body)
    _refuse_other_sku(body, "NAT gateway", ("Standard", "StandardV2"))
    for reference in asked.get("publicIpAddresses") or []:
        gateway = GATEWAYS.id(request)
        address = referenced(request.azure, gateway, body["location"], reference, PUBLIC_ADDRESS)
        if address and address.document.get("sku", {}).get("name") != body["sku"]["name"]:
            raise BadRequest(
                f"The public IP address {address.id} must have the SKU of the NAT gateway, "
                f"{body['sku']['name']}.",
                code="NatGatewayAndPublicIpSkuMismatch",
            )
    return {"idleTimeoutInMinutes": 4, **asked, **_made(before)}


def _describe_address(request: ArmRequest, body: Json, before: Json) -> Json:
    asked = checked(_PublicAddress, body)
    _refuse_other_sku(body, "public IP address", ("Basic", "Standard", "StandardV2"))
    method = asked.get("publicIPAllocationMethod", "Dynamic")
    if body["sku"]["name"] != "Basic" and method != "Static":
        raise BadRequest(
            f"The {body['sku']['name']} public IP address {ADDRESSES.id(request)} must be allocated Static.",
            code="PublicIPAddressAllocationMethodInvalid",
        )
    address = before.get("ipAddress") or _made_up(ADDRESSES.id(request))
    defaults = {
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": method,
        "idleTimeoutInMinutes": 4,
    }
    return {**defaults, **asked, "ipAddress": address, **_made(before)}


def _refuse_other_sku(body: Json, what: str, known: Sequence[str]) -> None:
    name = (body.get("sku") or {}).get("name")
    if name not in known:
        raise InvalidRequestContent(f"a {what} needs a sku.name out of {', '.join(known)}")


def _made(before: Json) -> Json:
    return {
        "resourceGuid": before.get("resourceGuid") or str(uuid.uuid4()),
        "provisioningState": "Succeeded",
    }


def _made_up(resource_id: str) -> str:
    """Return an address in a range that is kept for documentation (RFC 5737)."""
    return f"203.0.113.{hashlib.sha256(resource_id.lower().encode()).digest()[0]}"


def _refuse_used_group(azure: Azure, group: Resource) -> None:
    for subnet in users(azure, SUBNET, "networkSecurityGroup", group.id):
        raise BadRequest(
            f"Network security group {group.id} cannot be deleted because it is in use by the following "
            f"resources: {subnet.id}.",
            code="InUseNetworkSecurityGroupCannotBeDeleted",
        )


def _refuse_used_gateway(azure: Azure, gateway: Resource) -> None:
    for subnet in users(azure, SUBNET, "natGateway", gateway.id):
        raise BadRequest(
            f"Nat gateway {gateway.id} is in use by {subnet.id} and cannot be deleted.",
            code="InUseNatGatewayCannotBeDeleted",
        )


def _refuse_used_address(azure: Azure, address: Resource) -> None:
    for gateway in users(azure, NAT_GATEWAY, "publicIpAddresses", address.id):
        raise BadRequest(
            f"Public IP address {address.id} can not be deleted since it is still allocated to resource "
            f"{gateway.id}.",
            code="PublicIPAddressCannotBeDeleted",
        )


GROUPS = Kind(type=SECURITY_GROUP, name=_NAME, describe=_describe_group, refuse_leaving=_refuse_used_group)
GATEWAYS = Kind(type=NAT_GATEWAY, name=_NAME, describe=_describe_gateway, refuse_leaving=_refuse_used_gateway)
ADDRESSES = Kind(
    type=PUBLIC_ADDRESS, name=_NAME, describe=_describe_address, refuse_leaving=_refuse_used_address
)
ROUTES = [*routes_of(GROUPS), *routes_of(GATEWAYS), *routes_of(ADDRESSES)]

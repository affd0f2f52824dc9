"""Network security groups: the rules for what may enter and leave a subnet."""

from typing import Annotated, Literal

from pydantic import Field

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel

from .network_common import (
    NAME,
    SECURITY_GROUP,
    SUBNET,
    check_unused_by,
    resource_metadata,
    settable_properties,
)
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes


class _Rule(StrictModel):
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


class _NamedRule(StrictModel):
    name: str
    properties: _Rule


class _SecurityGroup(StrictModel):
    flush_connection: bool | None = None
    security_rules: list[_NamedRule] | None = None


def _group_properties(_request: ArmRequest, body: Json, before: Json) -> Json:
    settable = settable_properties(_SecurityGroup, body)
    rule_by_priority: dict[tuple[str, int], str] = {}
    for rule in settable.get("securityRules") or []:
        name, properties = rule["name"], rule["properties"]
        if not 100 <= properties["priority"] <= 4096:
            raise BadRequest(
                f"Security rule has invalid Priority. Value provided: {properties['priority']} Allowed range "
                "100-4096.",
                code="SecurityRuleInvalidPriority",
            )
        _check_complete(name, properties)
        other = rule_by_priority.setdefault((properties["direction"], properties["priority"]), name)
        if other != name:
            raise BadRequest(
                f"Security rule {name} conflicts with rule {other}. Rules cannot have the same Priority and "
                "Direction.",
                code="SecurityRuleConflict",
            )
    return {"securityRules": [], **settable, **resource_metadata(before)}


def _check_complete(name: str, rule: Json) -> None:
    for side in ("source", "destination"):
        for what, plural in (("AddressPrefix", "AddressPrefixes"), ("PortRange", "PortRanges")):
            if not rule.get(side + what) and not rule.get(side + plural):
                raise BadRequest(
                    f"Security rule parameter {side[0].upper()}{side[1:]}{what} is missing in rule {name}.",
                    code="SecurityRuleParameterMissing",
                )


GROUPS = ResourceCrud(
    type=SECURITY_GROUP,
    name=NAME,
    properties_of=_group_properties,
    check_deletable=check_unused_by(
        SUBNET,
        "networkSecurityGroup",
        "InUseNetworkSecurityGroupCannotBeDeleted",
        "Network security group {used} cannot be deleted because it is in use by the following resources: "
        "{user}.",
    ),
)
ROUTES = crud_routes(GROUPS)

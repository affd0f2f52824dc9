"""What the types of Microsoft.Network share: their names, references to each other, address ranges."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http import validation
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

VIRTUAL_NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{VIRTUAL_NETWORK}/subnets"
SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups"
NAT_GATEWAY = "Microsoft.Network/natGateways"
PUBLIC_ADDRESS = "Microsoft.Network/publicIPAddresses"

NAME = r"[A-Za-z0-9]([-\w.]{0,78}\w)?"
"""Pattern of the names of what belongs to a network."""

READ_ONLY = frozenset({"provisioningState", "resourceGuid", "serviceAssociationLinks", "ipAddress"})
"""Properties of an answer that a caller may send back; they have no effect."""

Range = IPv4Network | IPv6Network


class Reference(StrictModel):
    """A resource that is named by its id."""

    id: str


class InvalidResourceReference(BadRequest):
    code = "InvalidResourceReference"

    def __init__(self, referenced: str, by: str) -> None:
        super().__init__(
            f"Resource {referenced} referenced by resource {by} was not found. Please make sure that the "
            "referenced resource exists, and that both resources are in the same region."
        )


def settable_properties(model: type[StrictModel], body: Json) -> Json:
    """Return the properties that a caller may set, as sent. Raises InvalidRequestContent."""
    return validation.settable_properties(model, body, READ_ONLY)


def resource_metadata(before: Json) -> Json:
    """Return what the service adds to a resource: an id that stays, and that it is done."""
    return {
        "resourceGuid": before.get("resourceGuid") or str(uuid.uuid4()),
        "provisioningState": "Succeeded",
    }


def find_reference(
    azure: AzureState, by: str, location: str, reference: Mapping[str, str] | None, resource_type: str
) -> Resource | None:
    """Return what is referred to, if anything is. Raises InvalidResourceReference."""
    if reference is None:
        return None
    resource = azure.store.get(reference["id"])
    if resource is None or resource.type != resource_type or resource.document["location"] != location:
        raise InvalidResourceReference(reference["id"], by)
    return resource


def check_unused_by(
    resource_type: str, member: str, code: str, sentence: str
) -> Callable[[AzureState, Resource], None]:
    """Return what refuses to delete a resource while one of a type refers to it in a property.

    By one reference, or by a list. `sentence` says why, with `{used}` and `{user}` for their ids.
    """

    def check(azure: AzureState, used: Resource) -> None:
        for user in azure.store.of_type(resource_type):
            value = user.properties.get(member) or []
            references = [value] if isinstance(value, dict) else value
            if any(reference["id"].lower() == used.id.lower() for reference in references):
                raise BadRequest(sentence.format(used=used.id, user=user.id), code=code)

    return check


def ranges(prefixes: Iterable[str], where: str) -> list[Range]:
    """Read address prefixes. Raises BadRequest for what is no range, or does not begin where it says."""
    try:
        return [ip_network(prefix) for prefix in prefixes]
    except ValueError as error:
        raise BadRequest(
            f"An address prefix in resource {where} has an invalid CIDR notation: {error}.",
            code="InvalidCIDRNotation",
        ) from error


def is_within(prefix: Range, space: Range) -> bool:
    if isinstance(prefix, IPv4Network):
        return isinstance(space, IPv4Network) and prefix.subnet_of(space)
    return isinstance(space, IPv6Network) and prefix.subnet_of(space)

"""A subnet for an agent: what it must be, and whether one that is there already is that."""

from collections.abc import Iterator, Mapping
from importlib import metadata
from ipaddress import IPv4Network, ip_network
from typing import Any

from pulumi import CustomResource, Input, Output, Resource, ResourceOptions
from pulumi.output import Unknown

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.schema.annotations import Rule
from pulumi_sre_agent.schema.rules import is_id_of
from pulumi_sre_agent.schema.secrecy import refusal

DELEGATION = "Microsoft.App/environments"
"""What a subnet for an agent must be delegated to (docs/reference/control-plane.md#network)."""
LONGEST_PREFIX = 27
"""Of the smallest subnet that suits: the documents say /28 and /27.

See docs/reference/assumptions.md#subnet-size.
"""

SUBNET_ID = is_id_of("Microsoft.Network/virtualNetworks/subnets", "a subnet")
OCCUPANTS = {
    "ipConfigurations": "network interfaces",
    "privateEndpoints": "private endpoints",
    "resourceNavigationLinks": "other services",
}
"""Properties of a subnet that are empty where nothing uses it, and what uses it otherwise."""

Properties = Mapping[str, Any]


def _range_problem(prefix: str) -> str | None:
    try:
        network = IPv4Network(prefix)
    except ValueError as error:
        return f"must be a range of addresses such as 10.0.0.0/24: {error}"
    return None if network.prefixlen <= LONGEST_PREFIX else f"must be a /{LONGEST_PREFIX} or larger"


ADDRESS_RANGE = Rule(_range_problem)
"""Of an address space, or of a subnet: with room for an agent."""


class ExistingResource(CustomResource):
    """Something in Azure that is only read: by its id, so in any subscription.

    azure-native's own classes do the same, but importing its `network` costs more than a second.
    """

    def __init__(
        self, type_: str, name: str, arm_id: str, properties: tuple[str, ...], opts: ResourceOptions
    ) -> None:
        self._properties = properties
        read = ResourceOptions(id=arm_id, version=metadata.version("pulumi_azure_native"))
        super().__init__(type_, name, dict.fromkeys(properties), ResourceOptions.merge(opts, read))

    def properties(self) -> Output[dict[str, Any]]:
        return Output.all(**{name: getattr(self, name) for name in self._properties})


def inspect_subnet(name: str, subnet_id: str, location: Input[str], parent: Resource) -> Output[str]:
    """Return the id of a subnet that is there already, once it has been looked at.

    The deployment stops with a `pulumi.RunError` for a subnet that does not suit an agent. Whether another
    agent is in it only Azure can tell, when the agent is to join.
    """
    child = ResourceOptions(parent=parent)
    properties = ("addressPrefix", "addressPrefixes", "delegations", "serviceAssociationLinks", *OCCUPANTS)
    subnet = ExistingResource("azure-native:network:Subnet", name, subnet_id, properties, child)
    network_id = str(ArmId(subnet_id).parent)
    network = ExistingResource("azure-native:network:VirtualNetwork", name, network_id, ("location",), child)

    def validate(outputs: list[Any]) -> str:
        subnet_outputs, network_outputs, agents_region = outputs
        region = network_outputs["location"]
        if isinstance(region, Unknown):  # every network has one: nothing could be read yet
            return subnet_id
        problem = next(problems(_without_unknowns(subnet_outputs), region, agents_region), None)
        if problem:
            raise refusal(f"The subnet {subnet_id} does not suit an agent: {problem}.")
        return subnet_id

    outputs = Output.all(subnet.properties(), network.properties(), location)
    return outputs.apply(validate, run_with_unknowns=True)


def _without_unknowns(properties: Properties) -> Properties:
    """Leave nothing unknown: in previews, the SDK calls that what a resource that is read does not have."""
    return {name: None if isinstance(value, Unknown) else value for name, value in properties.items()}


def problems(subnet: Properties, region: str, agents_region: str | Unknown) -> Iterator[str]:
    """Say what keeps an agent out of a subnet, and what to do about it."""
    if not isinstance(agents_region, Unknown) and _region(region) != _region(agents_region):
        yield f"it is in {region} and the agent in {agents_region}; choose one in the agent's region"
    services = [delegation["serviceName"] for delegation in subnet["delegations"] or ()]
    if DELEGATION.lower() not in map(str.lower, services):
        now = f"delegated to {services[0]}" if services else "not delegated"
        yield f"it is {now}; delegate it to {DELEGATION}"
    prefixes = subnet["addressPrefixes"] or [subnet["addressPrefix"]]
    if all(ip_network(prefix).prefixlen > LONGEST_PREFIX for prefix in prefixes):
        yield f"its range {prefixes[0]} is too small; it takes a /{LONGEST_PREFIX} or larger"
    used = [what for occupants, what in OCCUPANTS.items() if subnet[occupants]]
    links = subnet["serviceAssociationLinks"] or ()
    used += [link["linkedResourceType"] for link in links if link["linkedResourceType"] != DELEGATION]
    if used:
        yield f"{used[0]} use it; an agent needs one for itself"


def first_range(space: str) -> str:
    """Return the first range in an address space that is large enough for an agent."""
    return str(next(IPv4Network(space).subnets(new_prefix=LONGEST_PREFIX)))


def is_within(prefix: str, space: str) -> bool:
    return IPv4Network(prefix).subnet_of(IPv4Network(space))


def _region(name: str) -> str:
    return name.replace(" ", "").lower()

"""One virtual network for several agents of a region, with a subnet for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, NotRequired

from pulumi import ComponentResource, Output, ResourceOptions

from pulumi_sre_agent.network.permissions import warn_of_missing_role
from pulumi_sre_agent.network.subnet import ADDRESS_RANGE, LONGEST_PREFIX, first_range, is_within
from pulumi_sre_agent.network.virtual_network import NetworkBuilder, NewNetworkArgs, VirtualNetworkArgs
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, validate_args

if TYPE_CHECKING:
    from pulumi_azure_native.network import Subnet


class SharedNetworkArgs(VirtualNetworkArgs):
    """What the network is like, and who gets a subnet in it."""

    address_prefix: Annotated[str, ADDRESS_RANGE]
    """Its address space, such as `10.20.0.0/16`, which has room for 2048 agents."""
    agents: Sequence[str]
    """Names of the agents, which their subnets are called by."""
    subnet_prefixes: NotRequired[Mapping[str, Annotated[str, ADDRESS_RANGE]]]
    """Ranges of subnets, /27 or larger, by agent; by default as the agent's name has it."""


class SharedNetwork(ComponentResource):
    """A virtual network with one way out to the internet and a subnet for each of several agents.

    See docs/reference/control-plane.md#network.

    An agent needs a subnet that nothing else uses. The range of each follows from the agent's name alone, so
    that one who comes or goes moves no other. Raises `pulumi.RunError` where two would overlap, as may
    happen: one of them then takes another from `subnet_prefixes`.

    ```python
    network = sre.SharedNetwork("oncall", {
        "resource_group_name": "rg-oncall",
        "location": "swedencentral",
        "virtual_network_name": "vnet-oncall",
        "network_security_group_name": "nsg-oncall",
        "nat_gateway_name": "ng-oncall",
        "public_ip_address_name": "pip-oncall",
        "address_prefix": "10.20.0.0/16",
        "agents": ["payments", "shop"],
    })
    sre.Agent("payments", {
        "name": "payments",
        "resource_group_name": "rg-payments-oncall",
        "location": "swedencentral",
        "network": {"existing_subnet_id": network.subnet_ids["payments"]},
    })
    ```
    """

    subnet_ids: dict[str, Output[str]]
    """ARM ids of the subnets, by agent."""
    outbound_ip_addresses: Output[list[str]]
    """What the internet sees of all of them."""

    def __init__(self, name: str, args: SharedNetworkArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        prefixes = ranges(args["address_prefix"], args["agents"], args.get("subnet_prefixes", {}))
        super().__init__("sre:index:SharedNetwork", name, None, guarding(opts))
        common = {key: value for key, value in args.items() if key in NewNetworkArgs.__annotations__}
        warn_of_missing_role(args["resource_group_name"], self)
        builder = NetworkBuilder(name, common, self)  # type: ignore[arg-type] # its own keys, by the line above
        network, address = builder.virtual_network(), builder.public_ip_address()
        group, gateway = builder.security_group(), builder.nat_gateway(address)
        self.subnet_ids = {}
        previous: Sequence[Subnet] = ()
        for agent, prefix in prefixes.items():
            subnet_args: NewNetworkArgs = {**common, "subnet_name": agent, "subnet_prefix": prefix}  # type: ignore[typeddict-item] # as above
            # One after the other: Azure takes one change of a network at a time.
            builder = NetworkBuilder(f"{name}-{agent}", subnet_args, self)
            subnet = builder.subnet(network, group, gateway, previous)
            self.subnet_ids[agent] = subnet.id
            previous = [subnet]
        self.outbound_ip_addresses = builder.outbound_ip_addresses(address)
        self.register_outputs(
            {"subnet_ids": self.subnet_ids, "outbound_ip_addresses": self.outbound_ip_addresses}
        )


def validate(args: SharedNetworkArgs) -> SharedNetworkArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The shared network", SharedNetworkArgs, args, _has_place, ranges_apart)


def _has_place(args: Inputs) -> Iterator[ValidationError]:
    for name in ("resource_group_name", "location"):
        if name not in args:
            yield error_at((name,), "is missing")


def ranges_apart(args: Inputs) -> Iterator[ValidationError]:
    """Refuse subnets that overlap, or lie outside the address space."""
    space, agents, chosen = (args.get(name, {}) for name in ("address_prefix", "agents", "subnet_prefixes"))
    if any(map(is_unknown, (space, agents, chosen))) or any(map(is_unknown, chosen.values())):
        return
    outside = [name for name in chosen if not is_within(chosen[name], space)]
    for name in outside:
        yield error_at(
            ("subnet_prefixes", name), f"is outside the address space {space}: choose a part of it"
        )
    prefixes = ranges(space, agents, chosen)
    networks = {agent: IPv4Network(prefix) for agent, prefix in prefixes.items() if agent not in outside}
    for one, other in combinations(networks, 2):
        if networks[one].overlaps(networks[other]):
            free = _first_free(IPv4Network(space), networks.values())
            yield ValidationError(
                (),
                f"the subnets of {one} ({prefixes[one]}) and {other} ({prefixes[other]}) would overlap: "
                f"choose another for one of them in subnet_prefixes{f', such as {free}' if free else ''}",
            )
            return


def ranges(space: str, agents: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the range of each agent's subnet: as chosen, else as its name has it."""
    return {agent: chosen.get(agent) or range_of(agent, space) for agent in sorted(agents)}


def range_of(agent: str, space: str) -> str:
    """Return the range that an agent gets by its name."""
    first = IPv4Network(first_range(space))
    room = IPv4Network(space).num_addresses // first.num_addresses
    index = int.from_bytes(sha256(agent.encode()).digest()) % room
    return str(IPv4Network((first[0] + index * first.num_addresses, LONGEST_PREFIX)))


def _first_free(space: IPv4Network, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """Return the first range that nobody has."""
    candidates = space.subnets(new_prefix=LONGEST_PREFIX)
    return next((each for each in candidates if not any(map(each.overlaps, taken))), None)

"""One virtual network for several agents of a region, with a subnet for each."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING, NotRequired

from pulumi import ComponentResource, Output, ResourceOptions, RunError

from pulumi_sre_agent.network.permissions import warn_of_missing_role
from pulumi_sre_agent.network.subnet import LONGEST_PREFIX, first_of, fitting
from pulumi_sre_agent.network.virtual_network import NewNetworkArgs, Parts, VirtualNetworkArgs

if TYPE_CHECKING:
    from pulumi_azure_native.network import Subnet


class SharedNetworkArgs(VirtualNetworkArgs):
    """What the network is like, and who gets a subnet in it."""

    address_prefix: str
    """Its address space, such as `10.20.0.0/16`, which has room for 2048 agents."""
    agents: Sequence[str]
    """Names of the agents, which their subnets are called by."""
    subnet_prefixes: NotRequired[Mapping[str, str]]
    """Ranges of subnets, /27 or larger, by agent; by default as the agent's name has it."""


class SharedNetwork(ComponentResource):
    """A virtual network with one way out to the internet and a subnet for each of several agents (api.md F).

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
        space = args["address_prefix"]
        prefixes = ranges(space, args["agents"], args.get("subnet_prefixes", {}))
        super().__init__("sre:index:SharedNetwork", name, None, opts)
        wanted = {key: value for key, value in args.items() if key in NewNetworkArgs.__annotations__}
        warn_of_missing_role(args["resource_group_name"], self)
        parts = Parts(name, wanted, self)  # type: ignore[arg-type] # its own keys, by the line above
        network, address = parts.virtual_network(), parts.public_address()
        group, gateway = parts.security_group(), parts.gateway(address)
        self.subnet_ids = {}
        before: Sequence[Subnet] = ()
        for agent, prefix in prefixes.items():
            its: NewNetworkArgs = {**wanted, "subnet_name": agent, "subnet_prefix": prefix}  # type: ignore[typeddict-item] # as above
            # One after the other: Azure takes one change of a network at a time.
            subnet = Parts(f"{name}-{agent}", its, self).subnet(network, group, gateway, before)
            self.subnet_ids[agent] = subnet.id
            before = [subnet]
        self.outbound_ip_addresses = parts.seen(address)
        self.register_outputs(
            {"subnet_ids": self.subnet_ids, "outbound_ip_addresses": self.outbound_ip_addresses}
        )


def ranges(space: str, agents: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the range of each agent's subnet: as chosen, else as its name has it.

    Raises `pulumi.RunError` for ranges that overlap or do not fit.
    """
    found = {agent: fitting(chosen.get(agent) or range_of(agent, space), space) for agent in sorted(agents)}
    taken = {agent: IPv4Network(prefix) for agent, prefix in found.items()}
    for one, other in combinations(found, 2):
        if taken[one].overlaps(taken[other]):
            free = _free(IPv4Network(space), taken.values())
            raise RunError(
                f"The subnets of {one} ({found[one]}) and {other} ({found[other]}) would overlap: choose "
                f"another for one of them in subnet_prefixes{f', such as {free}' if free else ''}."
            )
    return found


def range_of(agent: str, space: str) -> str:
    """Return the range that an agent gets by its name. Raises `pulumi.RunError` for a space too small."""
    first = IPv4Network(first_of(space))
    room = IPv4Network(space).num_addresses // first.num_addresses
    place = int.from_bytes(sha256(agent.encode()).digest()) % room
    return str(IPv4Network((first[0] + place * first.num_addresses, LONGEST_PREFIX)))


def _free(space: IPv4Network, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """Return the first range that nobody has."""
    all_ranges = space.subnets(new_prefix=LONGEST_PREFIX)
    return next((each for each in all_ranges if not any(map(each.overlaps, taken))), None)

"""How an agent reaches out: through a subnet, new or existing, or only where it is allowed to."""

from collections.abc import Iterator
from typing import Final, NotRequired, get_args

from pulumi import ComponentResource, Input, Output, ResourceOptions, RunError

from pulumi_sre_agent.network import subnet as subnets
from pulumi_sre_agent.network.permissions import warn_of_missing_role
from pulumi_sre_agent.network.virtual_network import NewNetworkArgs, Parts, subnet_prefix
from pulumi_sre_agent.resources import EgressArgs, SandboxConfigurationArgs, VnetConfigurationArgs
from pulumi_sre_agent.schema.choices import EgressMode

THROUGH_SUBNET: Final = "AzureVNet"


class NetworkArgs(NewNetworkArgs):
    """An egress mode, and for `AzureVNet` either `existing_subnet_id` or what a new network needs."""

    egress: NotRequired[EgressArgs]
    """What the agent's sandbox may reach, as for `sre.resources.Agent`; its `mode` is `AzureVNet` by default.

    `Limited` takes the lists of what is allowed, and makes nothing in Azure.
    """
    existing_subnet_id: NotRequired[Input[str]]
    """ARM id of a subnet to use as it is, in any subscription; it is never changed or deleted.

    One that is made by the same program is not there to be looked at, and taken without.
    """


class Network(ComponentResource):
    """The network that an agent's sandbox reaches out through (api.md F); nothing reaches in.

    A new one has a subnet delegated to the agent's service, rules, and a gateway with the one address that
    others see. Both configurations belong to `sre.resources.Agent`: the one goes with the other, and a live
    agent is attached and detached in one change.

    Before anything is registered, it raises `pulumi.RunError` for arguments that do not go together and for
    ranges that do not fit. An existing subnet is looked at before the agent joins it: one that is in another
    region, not delegated, too small or in use stops the deployment with a sentence. Whoever deploys needs
    the role Network Contributor on that subnet, or where a new network is made.

    ```python
    network = sre.Network("oncall", {
        "resource_group_name": "rg-oncall",
        "location": "swedencentral",
        "virtual_network_name": "vnet-oncall",
        "network_security_group_name": "nsg-oncall",
        "nat_gateway_name": "ng-oncall",
        "public_ip_address_name": "pip-oncall",
    })
    pulumi.export("addresses", network.outbound_ip_addresses)
    ```
    """

    subnet_id: Output[str | None]
    """ARM id of the subnet; None without."""
    outbound_ip_addresses: Output[list[str]]
    """What the internet sees of a new network; empty where that is not decided here."""
    vnet_configuration: VnetConfigurationArgs
    """The agent's argument of that name."""
    sandbox_configuration: SandboxConfigurationArgs
    """The agent's argument of that name."""

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        check(args)
        super().__init__("sre:index:Network", name, None, opts)
        self.subnet_id, self.outbound_ip_addresses = Output.from_input(None), Output.from_input([])
        self.vnet_configuration = {}
        self.sandbox_configuration = {"egress": egress(args)}
        if mode_of(args) == THROUGH_SUBNET:
            subnet_id, self.outbound_ip_addresses = self._subnet(name, args)
            self.subnet_id = Output.from_input(subnet_id)
            self.vnet_configuration = {"subnet_resource_id": subnet_id}
        self.register_outputs(
            {"subnet_id": self.subnet_id, "outbound_ip_addresses": self.outbound_ip_addresses}
        )

    def _subnet(self, name: str, args: NetworkArgs) -> tuple[Output[str], Output[list[str]]]:
        """Return a subnet's id, and what the internet sees of it."""
        if "existing_subnet_id" in args:
            existing = args["existing_subnet_id"]
            if isinstance(existing, str):
                existing = subnets.checked(name, existing, args["location"], self)
            return Output.from_input(existing), Output.from_input([])
        warn_of_missing_role(args["resource_group_name"], self)
        parts = Parts(name, args, self)
        network, address = parts.virtual_network(), parts.public_address()
        subnet = parts.subnet(network, parts.security_group(), parts.gateway(address))
        for zone in args.get("private_dns_zones", ()):
            parts.private_dns(zone, network)
        return subnet.id, parts.seen(address)


def mode_of(args: NetworkArgs) -> object:
    return args.get("egress", {}).get("mode", THROUGH_SUBNET)


def egress(args: NetworkArgs) -> EgressArgs:
    """Return the whole of what the arguments say about egress."""
    said: EgressArgs = {"mode": THROUGH_SUBNET, **args.get("egress", {})}
    if args.get("private_dns_zones"):
        said = {"vnet_configuration": {"use_private_dns_resolution": True}, **said}
    return said


def check(args: NetworkArgs) -> None:
    """Refuse arguments that do not go together. Raises `pulumi.RunError`."""
    problem = next(_problems(args), None)
    if problem:
        raise RunError(f"The network cannot be: {problem}.")
    if mode_of(args) == THROUGH_SUBNET and "existing_subnet_id" not in args:
        subnet_prefix(args)


def _problems(args: NetworkArgs) -> Iterator[str]:
    mode, new = mode_of(args), sorted(args.keys() & NewNetworkArgs.__annotations__.keys() - {"location"})
    if mode not in get_args(EgressMode):
        yield f"there is no egress mode {mode!r}; choose one of {', '.join(get_args(EgressMode))}"
    elif mode != THROUGH_SUBNET:
        for name in ("existing_subnet_id", *new):
            if name in args:
                yield f"{name} needs the egress mode {THROUGH_SUBNET}, not {mode}"
    elif "location" not in args:
        yield "it needs the location of the agent"
    elif "existing_subnet_id" in args:
        for name in new:
            yield f"{name} is for a new one, and existing_subnet_id names one that is there"
    elif "resource_group_name" not in args:
        yield "a new one needs a resource_group_name; or give existing_subnet_id"

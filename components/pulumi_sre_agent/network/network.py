"""How an agent reaches out: through a subnet, new or existing, or only where it is allowed to."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, NotRequired

from pulumi import ComponentResource, Input, Output, ResourceOptions

from pulumi_sre_agent.network import subnet as subnets
from pulumi_sre_agent.network.permissions import warn_of_missing_role
from pulumi_sre_agent.network.virtual_network import ADDRESS_PREFIX, NetworkBuilder, NewNetworkArgs
from pulumi_sre_agent.resources import (
    EgressArgs,
    EgressRulesArgs,
    SandboxConfigurationArgs,
    VnetConfigurationArgs,
)
from pulumi_sre_agent.schema.choices import EgressMode
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path, validate_args

THROUGH_SUBNET: Final = "AzureVNet"
OF_A_NEW_NETWORK = NewNetworkArgs.__annotations__.keys() - {"location"}


class NetworkEgressArgs(EgressRulesArgs):
    """What the agent's sandbox may reach."""

    mode: NotRequired[EgressMode]
    """`AzureVNet` (default), `Limited`, which allows only what the lists here name, or `Unrestricted`."""


class NetworkArgs(NewNetworkArgs):
    """An egress mode, and for `AzureVNet` either `existing_subnet_id` or what a new network needs."""

    egress: NotRequired[NetworkEgressArgs]
    """What the agent's sandbox may reach, as for `sre.resources.Agent`; its `mode` is `AzureVNet` by default.

    `Limited` takes the lists of what is allowed, and makes nothing in Azure.
    """
    existing_subnet_id: NotRequired[Annotated[Input[str], subnets.SUBNET_ID]]
    """ARM id of a subnet to use as it is, in any subscription; it is never changed or deleted.

    One that is made by the same program is not there to be looked at, and taken without.
    """


class Network(ComponentResource):
    """The network that an agent's sandbox reaches out through; nothing reaches in.

    See docs/reference/control-plane.md#network.

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
        args = validate(args)
        super().__init__("sre:index:Network", name, None, guarding(opts))
        self.subnet_id, self.outbound_ip_addresses = Output.from_input(None), Output.from_input([])
        self.vnet_configuration = {}
        self.sandbox_configuration = {"egress": full_egress(args)}
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
                existing = subnets.inspect_subnet(name, existing, args["location"], self)
            return Output.from_input(existing), Output.from_input([])
        warn_of_missing_role(args["resource_group_name"], self)
        builder = NetworkBuilder(name, args, self)
        network, address = builder.virtual_network(), builder.public_ip_address()
        subnet = builder.subnet(network, builder.security_group(), builder.nat_gateway(address))
        for zone in args.get("private_dns_zones", ()):
            builder.private_dns_zone(zone, network)
        return subnet.id, builder.outbound_ip_addresses(address)


def mode_of(args: Inputs) -> object:
    mode = get_path(args, "egress", "mode")
    return THROUGH_SUBNET if mode is None else mode


def is_new(args: Inputs) -> bool:
    """Tell whether a network is one with an address of its own."""
    return mode_of(args) == THROUGH_SUBNET and "existing_subnet_id" not in args


def full_egress(args: NetworkArgs) -> EgressArgs:
    """Return the whole of what the arguments say about egress."""
    egress: EgressArgs = {"mode": THROUGH_SUBNET, **args.get("egress", {})}
    if args.get("private_dns_zones"):
        return {"vnet_configuration": {"use_private_dns_resolution": True}, **egress}
    return egress


def validate(args: NetworkArgs) -> NetworkArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The network", NetworkArgs, args, _has_place, one_way_out)


def _has_place(args: Inputs) -> Iterator[ValidationError]:
    if mode_of(args) == THROUGH_SUBNET and "location" not in args:
        yield error_at(("location",), "is missing, the region of the agent")
    if is_new(args) and "resource_group_name" not in args:
        yield error_at(("resource_group_name",), "is missing, of a new network; or give existing_subnet_id")


def one_way_out(args: Inputs) -> Iterator[ValidationError]:
    """Refuse arguments that do not go together: limits, an existing subnet, a new network."""
    mode, new = mode_of(args), [name for name in args if name in OF_A_NEW_NETWORK]
    if is_unknown(mode):
        return
    if mode != THROUGH_SUBNET:
        for name in (*(["existing_subnet_id"] if "existing_subnet_id" in args else []), *new):
            yield error_at((name,), f"needs the egress mode {THROUGH_SUBNET}, not {mode}")
    elif "existing_subnet_id" in args:
        for name in new:
            yield error_at(
                (name,), "is for a new network, and existing_subnet_id names a subnet that is there"
            )
    else:
        yield from _subnet_within(args.get("subnet_prefix"), args.get("address_prefix", ADDRESS_PREFIX))


def _subnet_within(prefix: Any, space: Any) -> Iterator[ValidationError]:
    if prefix and not (is_unknown(prefix) or is_unknown(space) or subnets.is_within(prefix, space)):
        yield error_at(("subnet_prefix",), f"is outside the address space {space}: choose a part of it")

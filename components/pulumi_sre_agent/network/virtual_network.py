"""A new virtual network for an agent, resource by resource."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.network.subnet import ADDRESS_RANGE, DELEGATION, first_range
from pulumi_sre_agent.schema.outputs import lift

if TYPE_CHECKING:
    from pulumi_azure_native.network import (
        NatGateway,
        NetworkSecurityGroup,
        PublicIPAddress,
        SecurityRuleArgs,
        Subnet,
        VirtualNetwork,
    )

ADDRESS_PREFIX = "10.0.0.0/24"
OUTBOUND_PORTS = ("80", "443")


class VirtualNetworkArgs(TypedDict):
    """What a new virtual network, its rules and its way out are called and like."""

    resource_group_name: NotRequired[Input[str]]
    """Resource group of all that is new."""
    location: NotRequired[Input[str]]
    """Region of the agent, where its subnet must be too, such as `swedencentral`."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of all that is new."""
    virtual_network_name: NotRequired[Input[str]]
    """Name in Azure of the network, such as `vnet-payments-oncall`."""
    network_security_group_name: NotRequired[Input[str]]
    """Name in Azure of its network security group, such as `nsg-payments-oncall`."""
    nat_gateway_name: NotRequired[Input[str]]
    """Name in Azure of its NAT gateway, such as `ng-payments-oncall`."""
    public_ip_address_name: NotRequired[Input[str]]
    """Name in Azure of the gateway's address, such as `pip-payments-oncall`."""
    outbound_ports: NotRequired[Sequence[Input[str]]]
    """TCP ports that the internet may be called on, such as `22` or `8000-8100`; 80 and 443 by default."""


class NewNetworkArgs(VirtualNetworkArgs):
    """What the new virtual network of one agent is called and like."""

    address_prefix: NotRequired[Annotated[Input[str], ADDRESS_RANGE]]
    """Its address space; `10.0.0.0/24` by default."""
    subnet_name: NotRequired[Input[str]]
    """Name in Azure of its subnet; `agent` by default."""
    subnet_prefix: NotRequired[Annotated[Input[str], ADDRESS_RANGE]]
    """Range of its subnet, /27 or larger; by default the first /27 of the address space."""
    private_dns_zones: NotRequired[Sequence[str]]
    """Private DNS zones to make and to resolve names in, such as `privatelink.vaultcore.azure.net`."""


class NetworkBuilder:
    """Makes the resources of a new virtual network, all of one name in Pulumi, in one group in Azure."""

    def __init__(self, name: str, args: NewNetworkArgs, parent: ComponentResource) -> None:
        self._name, self._args, self._parent = name, args, parent
        self._group = args["resource_group_name"]
        self._common: dict[str, Any] = {
            "resource_group_name": self._group,
            "location": args["location"],
            "tags": args.get("tags"),
            "opts": ResourceOptions(parent=parent),
        }

    def virtual_network(self) -> "VirtualNetwork":
        from pulumi_azure_native import network  # noqa: PLC0415 - costs more than a second

        space = self._args.get("address_prefix", ADDRESS_PREFIX)
        return network.VirtualNetwork(
            self._name,
            virtual_network_name=self._args.get("virtual_network_name"),
            address_space=network.AddressSpaceArgs(address_prefixes=[space]),
            **self._common,
        )

    def security_group(self) -> "NetworkSecurityGroup":
        """Let nothing in from the internet, and out only to some of its ports.

        Behind these rules, Azure's own let the virtual network and the platform's load balancer through.
        """
        from pulumi_azure_native import network  # noqa: PLC0415 - as above

        ports = {
            "protocol": network.SecurityRuleProtocol.TCP,
            "destination_port_range": None,
            "destination_port_ranges": list(self._args.get("outbound_ports", OUTBOUND_PORTS)),
        }
        rules = [
            _rule("deny-internet-inbound", "Inbound", "Deny", 4096, source_address_prefix="Internet"),
            _rule("allow-internet-outbound", "Outbound", "Allow", 4000, **ports, **TO_INTERNET),
            _rule("deny-internet-outbound", "Outbound", "Deny", 4096, **TO_INTERNET),
        ]
        return network.NetworkSecurityGroup(
            self._name,
            network_security_group_name=self._args.get("network_security_group_name"),
            security_rules=rules,
            **self._common,
        )

    def public_ip_address(self) -> "PublicIPAddress":
        from pulumi_azure_native import network  # noqa: PLC0415 - as above

        return network.PublicIPAddress(
            self._name,
            public_ip_address_name=self._args.get("public_ip_address_name"),
            public_ip_allocation_method=network.IPAllocationMethod.STATIC,
            sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
            **self._common,
        )

    def outbound_ip_addresses(self, address: "PublicIPAddress") -> Output[list[str]]:
        """Return what the internet sees of the network.

        Asked for, as in `Identity`: a resource's outputs turn unknown in a preview that changes a tag.
        """
        from pulumi_azure_native import network  # noqa: PLC0415 - as above

        response = network.get_public_ip_address_output(
            resource_group_name=self._group,
            public_ip_address_name=address.name,
            opts=InvokeOutputOptions(parent=self._parent),
        )
        return response.apply(lambda current: [str(current.ip_address)])

    def nat_gateway(self, address: "PublicIPAddress") -> "NatGateway":
        from pulumi_azure_native import network  # noqa: PLC0415 - as above

        return network.NatGateway(
            self._name,
            nat_gateway_name=self._args.get("nat_gateway_name"),
            public_ip_addresses=[network.SubResourceArgs(id=address.id)],
            sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
            **self._common,
        )

    def subnet(
        self,
        virtual_network: "VirtualNetwork",
        group: "NetworkSecurityGroup",
        gateway: "NatGateway",
        after: "Sequence[Subnet]" = (),
    ) -> "Subnet":
        from pulumi_azure_native import network  # noqa: PLC0415 - as above

        return network.Subnet(
            self._name,
            resource_group_name=self._group,
            virtual_network_name=virtual_network.name,
            subnet_name=self._args.get("subnet_name", "agent"),
            address_prefix=subnet_prefix(self._args),
            default_outbound_access=False,
            delegations=[network.DelegationArgs(name="agent", service_name=DELEGATION)],
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            nat_gateway=network.SubResourceArgs(id=gateway.id),
            opts=ResourceOptions(parent=self._parent, depends_on=after),
        )

    def private_dns_zone(self, name: str, virtual_network: "VirtualNetwork") -> None:
        """Make a private DNS zone in which a virtual network resolves names."""
        from pulumi_azure_native import privatedns  # noqa: PLC0415 - costs a tenth of a second

        everywhere = {**self._common, "location": "global"}
        zone = privatedns.PrivateZone(f"{self._name}-{name}", private_zone_name=name, **everywhere)
        privatedns.VirtualNetworkLink(
            f"{self._name}-{name}",
            private_zone_name=zone.name,
            virtual_network_link_name=virtual_network.name,
            virtual_network=privatedns.SubResourceArgs(id=virtual_network.id),
            registration_enabled=False,
            **everywhere,
        )


TO_INTERNET = {"destination_address_prefix": "Internet"}


def subnet_prefix(args: NewNetworkArgs) -> Input[str]:
    """Return the range of a new subnet."""
    return args.get("subnet_prefix") or lift(first_range, args.get("address_prefix", ADDRESS_PREFIX))


def _rule(name: str, direction: str, access: str, priority: int, **limits: Any) -> "SecurityRuleArgs":
    """Return a rule for everything within limits."""
    from pulumi_azure_native import network  # noqa: PLC0415 - as above

    everything: dict[str, Any] = {
        "protocol": network.SecurityRuleProtocol.ASTERISK,
        "source_address_prefix": "*",
        "source_port_range": "*",
        "destination_address_prefix": "*",
        "destination_port_range": "*",
    }
    return network.SecurityRuleArgs(
        name=name,
        direction=network.SecurityRuleDirection(direction),
        access=network.SecurityRuleAccess(access),
        priority=priority,
        **{**everything, **limits},
    )

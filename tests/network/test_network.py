"""sre.Network: a new network, an existing subnet, or limits alone."""

from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.network.network import NetworkArgs
from support.mocks import ADDRESS, COMPUTED, SUBSCRIPTION, Json, Registered, run
from support.networks import NEW_NETWORK

BELOW = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
VNET, SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
GROUP, GATEWAY = "azure-native:network:NetworkSecurityGroup", "azure-native:network:NatGateway"
PUBLIC_ADDRESS = "azure-native:network:PublicIPAddress"
ZONE, LINK = "azure-native:privatedns:PrivateZone", "azure-native:privatedns:VirtualNetworkLink"
THEIRS = (
    "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/hub/providers/Microsoft.Network"
    "/virtualNetworks/hub/subnets/agents"
)
SUITABLE: Json = {
    "addressPrefix": "10.1.0.0/27",
    "delegations": [{"name": "agent", "serviceName": "Microsoft.App/environments"}],
    "serviceAssociationLinks": [{"linkedResourceType": "Microsoft.App/environments"}],
}
NEW: NetworkArgs = NEW_NETWORK | {"tags": {"team": "a"}}


def made(args: NetworkArgs) -> tuple[Registered, sre.Network]:
    networks: list[sre.Network] = []
    seen = run(lambda: networks.append(sre.Network("net", args)))
    return seen, networks[0]


def test_a_new_network_has_a_subnet_that_suits_an_agent() -> None:
    seen, _ = made(NEW)

    assert seen.one(VNET).inputs["addressSpace"] == {"addressPrefixes": ["10.0.0.0/24"]}
    assert seen.one(SUBNET).inputs == {
        "resourceGroupName": "rg",
        "virtualNetworkName": "vnet",
        "subnetName": "agent",
        "addressPrefix": "10.0.0.0/27",
        "defaultOutboundAccess": False,
        "delegations": [{"name": "agent", "serviceName": "Microsoft.App/environments"}],
        "networkSecurityGroup": {"id": f"{BELOW}/networkSecurityGroups/nsg"},
        "natGateway": {"id": f"{BELOW}/natGateways/ng"},
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }
    tagged = [each for each in seen.made if each.type.startswith("azure-native") and each.type != SUBNET]
    assert {str(each.inputs["tags"]) for each in tagged} == {"{'team': 'a'}"}
    assert {each.parent for each in seen.made if each.type.startswith("azure-native")} == {"net"}


def test_it_reaches_out_by_one_fixed_address() -> None:
    seen, _ = made(NEW)

    address = seen.one(PUBLIC_ADDRESS).inputs
    assert (address["publicIPAllocationMethod"], address["sku"]) == ("Static", {"name": "Standard"})
    assert seen.one(GATEWAY).inputs["publicIpAddresses"] == [{"id": f"{BELOW}/publicIPAddresses/pip"}]
    assert seen.outputs["sre:index:Network::net"] == {
        "subnet_id": f"{BELOW}/virtualNetworks/vnet/subnets/agent",
        "outbound_ip_addresses": [ADDRESS],
    }


@pytest.mark.parametrize(("args", "ports"), [({}, ["80", "443"]), ({"outbound_ports": ["22"]}, ["22"])])
def test_nothing_comes_in_and_only_some_ports_go_out(args: NetworkArgs, ports: list[str]) -> None:
    seen, _ = made({**NEW, **args})

    rules = {rule["name"]: rule for rule in seen.one(GROUP).inputs["securityRules"]}
    assert {name: (rule["direction"], rule["access"]) for name, rule in rules.items()} == {
        "deny-internet-inbound": ("Inbound", "Deny"),
        "allow-internet-outbound": ("Outbound", "Allow"),
        "deny-internet-outbound": ("Outbound", "Deny"),
    }
    assert rules["deny-internet-inbound"]["sourceAddressPrefix"] == "Internet"
    allowed, denied = rules["allow-internet-outbound"], rules["deny-internet-outbound"]
    assert (allowed["destinationPortRanges"], denied["destinationPortRange"]) == (ports, "*")
    assert allowed["priority"] < denied["priority"]


def test_its_agent_gets_both_configurations() -> None:
    _, network = made(NEW)

    assert network.sandbox_configuration == {"egress": {"mode": "AzureVNet"}}
    assert set(network.vnet_configuration) == {"subnet_resource_id"}


def test_names_are_resolved_in_private_zones() -> None:
    zone = "privatelink.vaultcore.azure.net"
    seen, network = made({**NEW, "private_dns_zones": [zone]})

    assert seen.one(ZONE).inputs["location"] == "global"
    link = seen.one(LINK).inputs
    assert (link["privateZoneName"], link["registrationEnabled"]) == (zone, False)
    assert link["virtualNetwork"] == {"id": f"{BELOW}/virtualNetworks/vnet"}
    assert network.sandbox_configuration == {
        "egress": {"mode": "AzureVNet", "vnet_configuration": {"use_private_dns_resolution": True}}
    }


def test_what_is_said_of_private_zones_beats_what_follows_from_them() -> None:
    """Somebody may link zones to a network for others than the agent."""
    ours: Any = {"mode": "AzureVNet", "vnet_configuration": {"use_private_dns_resolution": False}}
    _, network = made({**NEW, "private_dns_zones": ["privatelink.vaultcore.azure.net"], "egress": ours})

    assert network.sandbox_configuration == {"egress": ours}


@pytest.mark.parametrize("mode", ["Limited", "Unrestricted"])
def test_without_a_subnet_nothing_is_made(mode: str) -> None:
    egress: Any = {"mode": mode, "allowed_hosts": ["*.api.contoso.com"], "allowed_registries": ["pypi"]}
    seen, network = made({"egress": egress})

    assert [each.type for each in seen.made] == ["sre:index:Network"]
    assert network.sandbox_configuration == {"egress": egress}
    assert network.vnet_configuration == {}
    assert seen.outputs["sre:index:Network::net"] == {"outbound_ip_addresses": []}


def existing(
    monkeypatch: pytest.MonkeyPatch, its_region: str = "Sweden Central", **changes: Any
) -> Registered:
    """Use a subnet that is there, and has these properties."""
    monkeypatch.setitem(COMPUTED, SUBNET, {**SUITABLE, **changes})
    monkeypatch.setitem(COMPUTED, VNET, {"location": its_region})
    return made({"existing_subnet_id": THEIRS, "location": "swedencentral"})[0]


def test_an_existing_subnet_is_only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one in another subscription; that an agent is in it may be this one."""
    seen = existing(monkeypatch)

    reads = {each.type: each.read_id for each in seen.made if each.type.startswith("azure-native")}
    assert reads == {SUBNET: THEIRS, VNET: THEIRS.rpartition("/subnets/")[0]}
    assert {each.parent for each in seen.made if each.read_id} == {"net"}
    assert seen.outputs["sre:index:Network::net"] == {"subnet_id": THEIRS, "outbound_ip_addresses": []}


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        pytest.param(
            {"its_region": "uksouth"},
            "it is in uksouth and the agent in swedencentral; choose one in the agent's region",
            id="region",
        ),
        pytest.param(
            {"delegations": None}, "it is not delegated; delegate it to Microsoft.App/environments", id="none"
        ),
        pytest.param(
            {"delegations": [{"serviceName": "Microsoft.Web/serverFarms"}]},
            "it is delegated to Microsoft.Web/serverFarms; delegate it to Microsoft.App/environments",
            id="other-delegation",
        ),
        pytest.param(
            {"addressPrefix": None, "addressPrefixes": ["10.1.0.0/28"]},
            "its range 10.1.0.0/28 is too small; it takes a /27 or larger",
            id="size",
        ),
        pytest.param(
            {"ipConfigurations": [{"id": "…/networkInterfaces/vm"}]},
            "network interfaces use it; an agent needs one for itself",
            id="used",
        ),
        pytest.param(
            {"serviceAssociationLinks": [{"linkedResourceType": "Microsoft.Web/serverfarms"}]},
            "Microsoft.Web/serverfarms use it; an agent needs one for itself",
            id="used-by-a-service",
        ),
    ],
)
def test_an_existing_subnet_that_does_not_suit_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, properties: dict[str, Any], said: str
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        existing(monkeypatch, **properties)

    assert str(refused.value) == f"The subnet {THEIRS} does not suit an agent: {said}."


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(
            {"egress": {"mode": "Open"}},
            "egress.mode must be one of AzureVNet, Limited, Unrestricted",
            id="mode",
        ),
        pytest.param(
            {"egress": {"mode": "Limited"}, "existing_subnet_id": THEIRS},
            "existing_subnet_id needs the egress mode AzureVNet, not Limited",
            id="limited-with-subnet",
        ),
        pytest.param(
            {"egress": {"mode": "Limited"}, "address_prefix": "10.0.0.0/24"},
            "address_prefix needs the egress mode AzureVNet, not Limited",
            id="limited-with-network",
        ),
        pytest.param(
            {"resource_group_name": "rg"}, "location is missing, the region of the agent", id="location"
        ),
        pytest.param({"location": "x"}, "resource_group_name is missing, of a new network", id="group"),
        pytest.param(
            {"location": "x", "existing_subnet_id": THEIRS, "subnet_name": "a"},
            "subnet_name is for a new network, and existing_subnet_id names a",
            id="existing-and-new",
        ),
        pytest.param(
            {**NEW, "subnet_prefix": "10.0.0.0/28"}, "subnet_prefix must be a /27 or larger", id="size"
        ),
        pytest.param(
            {**NEW, "subnet_prefix": "10.9.0.0/27"},
            "subnet_prefix is outside the address space 10.0.0.0/24",
            id="outside",
        ),
        pytest.param(
            {**NEW, "address_prefix": "10.0.0.0/28"}, "address_prefix must be a /27 or larger", id="space"
        ),
        pytest.param(
            {**NEW, "address_prefix": "10.0.0.1/24"},
            "address_prefix must be a range of addresses such as",
            id="bits",
        ),
        pytest.param(
            {"location": "x", "existing_subnet_id": "agents"},
            "existing_subnet_id must be the ARM id of a subnet: /",
            id="id",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_in_a_sentence(args: NetworkArgs, said: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        made(args)

    assert said in str(refused.value)

"""sre.SharedNetwork: one network, and a subnet for each agent whose range no other agent moves."""

from ipaddress import IPv4Network
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.network.shared_network import SharedNetworkArgs, ranges
from support.mocks import ADDRESS, SUBSCRIPTION, Registered, run
from support.networks import NEW_NETWORK

BELOW = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
VNET, SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
SPACE = "10.20.0.0/16"
ARGS: SharedNetworkArgs = NEW_NETWORK | {
    "address_prefix": SPACE,
    "agents": ["shop", "payments"],
}


def made(**changes: Any) -> Registered:
    return run(lambda: sre.SharedNetwork("net", {**ARGS, **changes}))  # type: ignore[typeddict-item] # of a test


def test_every_agent_has_a_subnet_behind_the_one_gateway() -> None:
    seen = made()

    assert seen.one(VNET).inputs["addressSpace"] == {"addressPrefixes": [SPACE]}
    subnets = seen.of(SUBNET)
    assert {name: each.inputs["subnetName"] for name, each in subnets.items()} == {
        "net-payments": "payments",
        "net-shop": "shop",
    }
    assert {str(each.inputs["natGateway"]) for each in subnets.values()} == {
        f"{{'id': '{BELOW}/natGateways/ng'}}"
    }
    assert {each.inputs["delegations"][0]["serviceName"] for each in subnets.values()} == {
        "Microsoft.App/environments"
    }
    assert seen.outputs["sre:index:SharedNetwork::net"] == {
        "subnet_ids": {
            agent: f"{BELOW}/virtualNetworks/vnet/subnets/{agent}" for agent in ("payments", "shop")
        },
        "outbound_ip_addresses": [ADDRESS],
    }


def test_subnets_are_made_one_after_the_other() -> None:
    """Azure answers `AnotherOperationInProgress` to two changes of a network at a time."""
    subnets = made(agents=["a", "c", "b"]).of(SUBNET)

    assert "net-a" in subnets["net-b"].waits_for
    assert "net-b" in subnets["net-c"].waits_for


def test_whoever_comes_or_goes_moves_no_other() -> None:
    names = [f"agent-{number}" for number in range(12)]
    everyone = ranges("10.0.0.0/8", names, {})

    assert ranges("10.0.0.0/8", names[3:5], {}) == {name: everyone[name] for name in names[3:5]}
    assert {IPv4Network(each).prefixlen for each in everyone.values()} == {27}


def test_a_range_is_what_it_was_in_every_release() -> None:
    """Another one would replace the subnet, which no agent survives unharmed."""
    assert ranges(SPACE, ["payments", "shop"], {}) == {
        "payments": "10.20.163.128/27",
        "shop": "10.20.132.0/27",
    }


def test_a_chosen_range_wins_and_may_be_larger() -> None:
    chosen = ranges(SPACE, ["payments", "shop"], {"shop": "10.20.0.0/24"})

    assert chosen["shop"] == "10.20.0.0/24"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"subnet_prefixes": {"payments": "10.20.0.0/26", "shop": "10.20.0.32/27"}},
            "the subnets of payments (10.20.0.0/26) and shop (10.20.0.32/27) would overlap: choose another "
            "for one of them in subnet_prefixes, such as 10.20.0.64/27.",
            id="overlap",
        ),
        pytest.param({"address_prefix": "10.20.0.0/27"}, "in subnet_prefixes.", id="no-room"),
        pytest.param(
            {"subnet_prefixes": {"shop": "10.21.0.0/27"}},
            "subnet_prefixes.shop is outside the address space",
            id="outside",
        ),
        pytest.param(
            {"subnet_prefixes": {"shop": "10.20.0.0/28"}},
            "subnet_prefixes.shop must be a /27 or larger",
            id="small",
        ),
        pytest.param(
            {"address_prefix": "10.20.0.0/28"}, "address_prefix must be a /27 or larger", id="small-space"
        ),
        pytest.param(
            {"address_prefix": "10.20"}, "address_prefix must be a range of addresses", id="nonsense"
        ),
    ],
)
def test_ranges_that_cannot_be_are_refused_before_anything_is_registered(
    changes: dict[str, Any], said: str
) -> None:
    seen: list[Registered] = []

    with pytest.raises(pulumi.RunError) as refused:
        seen.append(made(**changes))

    assert said in str(refused.value)
    assert seen == []

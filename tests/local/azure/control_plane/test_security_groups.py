"""Security groups, NAT gateways, public addresses: what they hold, and that none goes while it is used."""

import pytest

from support.azure import NETWORKS, REGION, SUBSCRIPTION, Json, LocalAzure, error

BELOW = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre/providers/Microsoft.Network"
GROUP = f"{BELOW}/networkSecurityGroups/nsg"
GATEWAY = f"{BELOW}/natGateways/nat"
ADDRESS = f"{BELOW}/publicIPAddresses/pip"
STANDARD = {"name": "Standard"}


def rule(name: str = "web", **properties: object) -> Json:
    whole = {
        "access": "Allow",
        "direction": "Outbound",
        "protocol": "Tcp",
        "priority": 100,
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "Internet",
        "destinationPortRange": "443",
    }
    return {"name": name, "properties": {**whole, **properties}}


def group(*rules: Json) -> Json:
    return {"location": REGION, "properties": {"securityRules": list(rules)}}


def address(**body: object) -> Json:
    made = {"location": REGION, "sku": STANDARD, "properties": {"publicIPAllocationMethod": "Static"}}
    return {**made, **body}


def gateway(**body: object) -> Json:
    return {
        "location": REGION,
        "sku": STANDARD,
        "properties": {"publicIpAddresses": [{"id": ADDRESS}]},
        **body,
    }


def put(azure: LocalAzure, path: str, body: Json) -> tuple[int, str]:
    return error(azure.arm("PUT", path, body, api_version=NETWORKS))


def test_what_is_in_use_goes_last(azure: LocalAzure) -> None:
    """The subnet holds group and gateway, the gateway its address; without them each goes."""
    subnet_id = azure.subnet()
    used = {"networkSecurityGroup": {"id": GROUP}, "natGateway": {"id": GATEWAY}}
    assert put(azure, ADDRESS, address(zones=["1", "2", "3"])) == (201, "")
    assert put(azure, GATEWAY, gateway()) == (201, "")
    assert put(azure, GROUP, group(rule())) == (201, "")
    assert put(azure, subnet_id, {"properties": {"addressPrefix": "10.0.0.0/27", **used}}) == (200, "")

    refusals = {
        path: error(azure.arm("DELETE", path, api_version=NETWORKS)) for path in (GROUP, GATEWAY, ADDRESS)
    }

    assert refusals == {
        GROUP: (400, "InUseNetworkSecurityGroupCannotBeDeleted"),
        GATEWAY: (400, "InUseNatGatewayCannotBeDeleted"),
        ADDRESS: (400, "PublicIPAddressCannotBeDeleted"),
    }
    for path in (subnet_id, GROUP, GATEWAY, ADDRESS):
        assert azure.arm("DELETE", path, api_version=NETWORKS).status_code == 200


def test_a_static_address_stays_what_it_is(azure: LocalAzure) -> None:
    azure.group()
    made = azure.arm("PUT", ADDRESS, address(zones=["1"]), api_version=NETWORKS).json()
    again = azure.arm("PUT", ADDRESS, address(zones=["1"], tags={"a": "b"}), api_version=NETWORKS).json()

    assert made["properties"]["ipAddress"].startswith("203.0.113.")
    assert again["properties"]["ipAddress"] == made["properties"]["ipAddress"]
    assert (again["sku"], again["zones"]) == (STANDARD, ["1"])


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        pytest.param(GROUP, group(rule(priority=99)), "SecurityRuleInvalidPriority", id="priority"),
        pytest.param(GROUP, group(rule(), rule("other")), "SecurityRuleConflict", id="same-priority"),
        pytest.param(
            GROUP, group(rule(sourcePortRange=None)), "SecurityRuleParameterMissing", id="no-source-ports"
        ),
        pytest.param(GROUP, group(rule(protocol="Https")), "InvalidRequestContent", id="protocol"),
        pytest.param(GATEWAY, gateway(sku={"name": "Basic"}), "InvalidRequestContent", id="gateway-sku"),
        pytest.param(
            GATEWAY, gateway(sku={"name": "StandardV2"}), "NatGatewayAndPublicIpSkuMismatch", id="skus"
        ),
        pytest.param(GATEWAY, gateway(location="uksouth"), "InvalidResourceReference", id="region"),
        pytest.param(
            ADDRESS, address(properties={}), "PublicIPAddressAllocationMethodInvalid", id="standard-is-static"
        ),
        pytest.param(ADDRESS, address(sku=None), "InvalidRequestContent", id="no-sku"),
    ],
)
def test_what_does_not_fit_is_refused(azure: LocalAzure, path: str, body: Json, code: str) -> None:
    azure.group()
    put(azure, ADDRESS, address())

    assert put(azure, path, body) == (400, code)


def test_one_priority_serves_both_directions(azure: LocalAzure) -> None:
    azure.group()

    assert put(azure, GROUP, group(rule(), rule("in", direction="Inbound"))) == (201, "")

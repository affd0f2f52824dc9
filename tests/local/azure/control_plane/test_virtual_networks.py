"""Virtual networks and their subnets: ranges that fit, references that hold, and who is in a subnet."""

import pytest

from support.azure import NETWORKS, REGION, SUBSCRIPTION, Json, LocalAzure, error

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
SUBNET = f"{NETWORK}/subnets/agents"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/sre-one"


def network(*prefixes: str, **properties: object) -> Json:
    space = {"addressSpace": {"addressPrefixes": list(prefixes or ("10.0.0.0/16",))}}
    return {"location": REGION, "properties": {**space, **properties}}


def subnet(prefix: str = "10.0.0.0/27", **properties: object) -> Json:
    return {"properties": {"addressPrefix": prefix, **properties}}


def put(azure: LocalAzure, path: str, body: Json) -> tuple[int, str]:
    """Write, and return the status with the code of a refusal."""
    return error(azure.arm("PUT", path, body, api_version=NETWORKS))


def within(subnet_id: str = SUBNET) -> Json:
    return {
        "vnetConfiguration": {"subnetResourceId": subnet_id},
        "sandboxConfiguration": {"egress": {"mode": "AzureVNet"}},
    }


def join(azure: LocalAzure, subnet_id: str = SUBNET, agent: str = "sre-two") -> tuple[int, str, str]:
    """Ask for an agent in a subnet, and return how that is refused."""
    path = f"{GROUP}/providers/Microsoft.App/agents/{agent}"
    answer = azure.arm("PUT", path, azure.agent_body(**within(subnet_id)))
    return (*error(answer), answer.json().get("error", {}).get("message", ""))


def test_a_network_lives_with_its_subnets(azure: LocalAzure) -> None:
    """A PUT without a list of subnets leaves them alone, one with a list makes them the only ones."""
    azure.group()
    assert put(azure, NETWORK, network()) == (201, "")
    assert put(azure, SUBNET, subnet()) == (201, "")
    assert put(azure, NETWORK, network("10.0.0.0/16", "10.9.0.0/24")) == (200, "")
    shown = azure.arm("GET", NETWORK, api_version=NETWORKS).json()
    listed = azure.arm("GET", f"{NETWORK}/subnets", api_version=NETWORKS).json()["value"]

    assert [each["name"] for each in shown["properties"]["subnets"]] == ["agents"]
    assert listed == shown["properties"]["subnets"]
    assert listed[0]["properties"]["provisioningState"] == "Succeeded"

    other = {"name": "other", **subnet("10.0.1.0/24")}
    assert put(azure, NETWORK, network(subnets=[other])) == (200, "")
    assert error(azure.arm("GET", SUBNET, api_version=NETWORKS)) == (404, "ResourceNotFound")
    assert azure.arm("GET", f"{NETWORK}/subnets/other", api_version=NETWORKS).status_code == 200
    assert azure.arm("DELETE", NETWORK, api_version=NETWORKS).status_code == 200
    assert azure.arm("GET", f"{NETWORK}/subnets/other", api_version=NETWORKS).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        pytest.param(SUBNET, subnet("10.1.0.0/27"), (400, "NetcfgSubnetRangeOutsideVnet"), id="outside"),
        pytest.param(SUBNET, subnet("fd00::/64"), (400, "NetcfgSubnetRangeOutsideVnet"), id="other-version"),
        pytest.param(SUBNET, subnet("10.0.9.0/25"), (400, "NetcfgSubnetRangesOverlap"), id="overlap"),
        pytest.param(SUBNET, subnet("10.0.0.1/27"), (400, "InvalidCIDRNotation"), id="host-bits"),
        pytest.param(SUBNET, subnet("10.0.0.0/33"), (400, "InvalidCIDRNotation"), id="no-range"),
        pytest.param(SUBNET, {"properties": {}}, (400, "InvalidRequestContent"), id="no-range-at-all"),
        pytest.param(SUBNET, subnet(delegation="x"), (400, "InvalidRequestContent"), id="unknown-member"),
        pytest.param(f"{NETWORK}/subnets/-a", subnet(), (400, "InvalidResourceName"), id="name"),
        pytest.param(
            NETWORK.replace("vnet", "no") + "/subnets/a",
            subnet(),
            (404, "ParentResourceNotFound"),
            id="parent",
        ),
        pytest.param(
            SUBNET,
            subnet(
                networkSecurityGroup={"id": f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/no"}
            ),
            (400, "InvalidResourceReference"),
            id="missing-security-group",
        ),
        pytest.param(
            SUBNET,
            subnet(natGateway={"id": f"{GROUP}/providers/Microsoft.Network/natGateways/nat-uk"}),
            (400, "InvalidResourceReference"),
            id="nat-gateway-elsewhere",
        ),
        pytest.param(
            NETWORK,
            network("10.9.0.0/16"),
            (400, "NetcfgSubnetRangeOutsideVnet"),
            id="network-leaves-a-subnet",
        ),
        pytest.param(NETWORK, network("10.0.0.5/16"), (400, "InvalidCIDRNotation"), id="network-host-bits"),
    ],
)
def test_what_does_not_fit_is_refused(
    azure: LocalAzure, path: str, body: Json, expected: tuple[int, str]
) -> None:
    azure.subnet("taken", prefix="10.0.9.0/24")
    gateway = {"location": "uksouth", "sku": {"name": "Standard"}}
    put(azure, f"{GROUP}/providers/Microsoft.Network/natGateways/nat-uk", gateway)

    assert put(azure, path, body) == expected


@pytest.mark.parametrize(
    ("made", "said"),
    [
        pytest.param(
            {"delegation": ""}, "must be delegated to 'Microsoft.App/environments'", id="delegation"
        ),
        pytest.param(
            {"delegation": "Microsoft.Web/serverFarms"},
            "must be delegated to 'Microsoft.App/environments'",
            id="other-delegation",
        ),
        pytest.param({"prefix": "10.0.0.0/28"}, "must be at least a /27", id="size"),
        pytest.param({"location": "uksouth"}, "must be in the same region", id="region"),
        pytest.param(None, "was not found", id="missing"),
    ],
)
def test_an_agent_is_refused_a_subnet_that_does_not_suit_it(
    azure: LocalAzure, made: dict[str, str] | None, said: str
) -> None:
    if made is not None:
        azure.subnet(**made)

    status, code, message = join(azure)

    assert (status, code) == (400, "InvalidVnetConfiguration")
    assert said in message


def test_a_patch_is_held_to_the_same(azure: LocalAzure) -> None:
    azure.subnet(delegation="")
    azure.agent()

    assert error(azure.arm("PATCH", AGENT, {"properties": within()})) == (400, "InvalidVnetConfiguration")


def test_a_subnet_is_for_one_agent_alone(azure: LocalAzure) -> None:
    """It takes no second agent, and can neither go, nor move, nor lose its delegation."""
    suitable = azure.arm("GET", azure.subnet(), api_version=NETWORKS).json()["properties"]
    azure.agent(**within())
    shown = azure.arm("GET", SUBNET, api_version=NETWORKS).json()["properties"]
    gone = {"networks": azure.arm("DELETE", NETWORK, api_version=NETWORKS)}
    gone["subnets"] = azure.arm("DELETE", SUBNET, api_version=NETWORKS)

    assert join(azure)[:2] == (400, "InvalidVnetConfiguration")
    assert [link["name"] for link in shown["serviceAssociationLinks"]] == ["legionservicelink"]
    assert {error(answer) for answer in gone.values()} == {(400, "InUseSubnetCannotBeDeleted")}
    assert put(azure, NETWORK, network(subnets=[])) == (400, "InUseSubnetCannotBeDeleted")
    assert put(azure, SUBNET, {"properties": {**suitable, "addressPrefix": "10.0.1.0/27"}}) == (
        400,
        "InUsePrefixCannotBeDeleted",
    )
    assert put(azure, SUBNET, subnet()) == (400, "SubnetMissingRequiredDelegation")
    assert put(azure, SUBNET, {"properties": suitable}) == (200, "")


def test_a_subnet_is_free_again_once_its_agent_has_left(azure: LocalAzure) -> None:
    azure.subnet()
    agent = azure.agent(**within())
    away = {"vnetConfiguration": None, "sandboxConfiguration": {"egress": {"mode": "Unrestricted"}}}

    azure.settle(azure.arm("PATCH", agent, {"properties": away}))

    assert (
        "serviceAssociationLinks" not in azure.arm("GET", SUBNET, api_version=NETWORKS).json()["properties"]
    )
    assert azure.arm("DELETE", SUBNET, api_version=NETWORKS).status_code == 200

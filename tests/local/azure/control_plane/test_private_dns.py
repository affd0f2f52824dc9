"""Private DNS zones and their links to virtual networks."""

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

VERSION = "2024-06-01"
BELOW = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre/providers/Microsoft.Network"
ZONE = f"{BELOW}/privateDnsZones/privatelink.vaultcore.azure.net"
LINK = f"{ZONE}/virtualNetworkLinks/vnet"


def link(network: str = "vnet", **properties: object) -> Json:
    target = {"virtualNetwork": {"id": f"{BELOW}/virtualNetworks/{network}"}, "registrationEnabled": False}
    return {"location": "global", "properties": {**target, **properties}}


def put(azure: LocalAzure, path: str, body: Json) -> tuple[int, str]:
    return error(azure.arm("PUT", path, body, api_version=VERSION))


def test_a_zone_goes_after_its_links(azure: LocalAzure) -> None:
    azure.subnet()
    assert put(azure, ZONE, {"location": "global"}) == (201, "")
    assert put(azure, LINK, link()) == (201, "")
    zone = azure.arm("GET", ZONE, api_version=VERSION).json()
    links = azure.arm("GET", f"{ZONE}/virtualNetworkLinks", api_version=VERSION).json()["value"]

    assert zone["properties"]["numberOfVirtualNetworkLinks"] == 1
    assert [each["properties"]["virtualNetworkLinkState"] for each in links] == ["Completed"]
    assert error(azure.arm("DELETE", ZONE, api_version=VERSION)) == (409, "CannotDeleteResource")
    assert azure.arm("DELETE", LINK, api_version=VERSION).status_code == 200
    assert azure.arm("DELETE", ZONE, api_version=VERSION).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        pytest.param(
            f"{BELOW}/privateDnsZones/contoso.internal",
            {"location": "swedencentral"},
            (400, "LocationNotAvailableForResourceType"),
            id="regional",
        ),
        pytest.param(
            f"{BELOW}/privateDnsZones/com", {"location": "global"}, (400, "InvalidResourceName"), id="name"
        ),
        pytest.param(LINK, link("none"), (400, "BadRequest"), id="no-network"),
        pytest.param(LINK, link(registrationEnabled=None), (400, "InvalidRequestContent"), id="registration"),
        pytest.param(f"{ZONE}/virtualNetworkLinks/again", link(), (409, "Conflict"), id="linked-already"),
        pytest.param(
            ZONE.replace("vault", "no") + "/virtualNetworkLinks/a",
            link(),
            (404, "ParentResourceNotFound"),
            id="no-zone",
        ),
    ],
)
def test_refusals(azure: LocalAzure, path: str, body: Json, expected: tuple[int, str]) -> None:
    azure.subnet()
    put(azure, ZONE, {"location": "global"})
    put(azure, f"{ZONE}/virtualNetworkLinks/first", link())

    assert put(azure, path, body) == expected

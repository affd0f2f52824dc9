"""Resource groups, and how they go with all that lies in them."""

from urllib.parse import quote

import pytest

from support.azure import GROUPS, IDENTITIES, SUBSCRIPTION, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{ROOT}/resourceGroups/rg-sre"


def test_a_group_lives(azure: LocalAzure) -> None:
    """201 at first, 200 afterwards; PUT and PATCH replace the tags; then it is listed."""
    body = {"location": "Sweden Central", "tags": {"team": "sre"}, "managedBy": "someone"}
    made = azure.arm("PUT", GROUP, body, api_version=GROUPS)
    again = azure.arm("PUT", GROUP, {"location": "swedencentral"}, api_version=GROUPS)
    patched = azure.arm("PATCH", GROUP, {"tags": {"team": "core", "tier": None}}, api_version=GROUPS)

    assert (made.status_code, again.status_code, patched.status_code) == (201, 200, 200)
    assert made.json() == {
        "id": GROUP,
        "name": "rg-sre",
        "type": "Microsoft.Resources/resourceGroups",
        "location": "swedencentral",
        "tags": {"team": "sre"},
        "managedBy": "someone",
        "properties": {"provisioningState": "Succeeded"},
    }
    assert "tags" not in again.json()
    assert azure.arm("GET", GROUP, api_version=GROUPS).json()["tags"] == {"team": "core"}
    assert azure.arm("HEAD", GROUP, api_version=GROUPS).status_code == 204
    assert azure.arm("HEAD", f"{GROUP}-two", api_version=GROUPS).status_code == 404
    listed = azure.arm("GET", f"{ROOT}/resourceGroups", api_version=GROUPS).json()["value"]
    assert [group["name"] for group in listed] == ["rg-sre"]


@pytest.mark.parametrize(
    ("filter_", "names"),
    [
        ("tagName eq 'team' and tagValue eq 'sre'", ["rg-two"]),
        ("startswith(name, 'RG-')", ["rg-sre", "rg-two"]),
    ],
)
def test_groups_are_found_by_a_filter(azure: LocalAzure, filter_: str, names: list[str]) -> None:
    """As `az group list --tag` asks."""
    azure.group()
    azure.arm("PATCH", azure.group("rg-two"), {"tags": {"team": "sre"}}, api_version=GROUPS)
    listed = azure.arm("GET", f"{ROOT}/resourceGroups?$filter={filter_}", api_version=GROUPS).json()["value"]

    assert [each["name"] for each in listed] == names


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        pytest.param("rg-new", {}, (400, "LocationRequired"), id="no-location"),
        pytest.param("ends.", {"location": "uksouth"}, (400, "InvalidResourceName"), id="name"),
        pytest.param("rg-sre", {"location": "uksouth"}, (409, "InvalidResourceGroupLocation"), id="moved"),
    ],
)
def test_refusals(azure: LocalAzure, name: str, body: object, expected: tuple[int, str]) -> None:
    azure.group()

    assert error(azure.arm("PUT", f"{ROOT}/resourceGroups/{name}", body, api_version=GROUPS)) == expected


def test_deletion_takes_its_time_and_everything_with_it(azure: LocalAzure) -> None:
    """While it runs, the group is Deleting and takes nothing new; then it and its resources are gone."""
    azure.switch(operationSeconds=0.3)
    identity = azure.identity()["id"]
    started = azure.arm("DELETE", GROUP, api_version=GROUPS)
    again = azure.arm("DELETE", GROUP, api_version=GROUPS)

    assert (started.status_code, started.content) == (202, b"")
    assert again.headers["location"] == started.headers["location"]
    assert azure.arm("GET", started.headers["location"]).status_code == 202
    leaving = azure.arm("GET", GROUP, api_version=GROUPS).json()
    assert leaving["properties"]["provisioningState"] == "Deleting"
    for path, version in ((GROUP, GROUPS), (identity, IDENTITIES)):
        refused = azure.arm("PUT", path, {"location": "swedencentral"}, api_version=version)
        assert error(refused) == (409, "ResourceGroupBeingDeleted")

    azure.settle(started)

    assert azure.arm("GET", started.headers["location"]).status_code == 200
    assert error(azure.arm("GET", GROUP, api_version=GROUPS)) == (404, "ResourceGroupNotFound")
    assert error(azure.arm("DELETE", GROUP, api_version=GROUPS)) == (404, "ResourceGroupNotFound")
    azure.group()
    assert error(azure.arm("GET", identity, api_version=IDENTITIES)) == (404, "ResourceNotFound")


def test_a_failed_deletion_leaves_the_group(azure: LocalAzure) -> None:
    azure.group()
    azure.fault(
        "operationFailed", path="/resourceGroups/rg-sre$", code="Stuck", message="It is stuck.", times=1
    )

    started = azure.arm("DELETE", GROUP, api_version=GROUPS)
    azure.settle(started)

    assert error(azure.arm("GET", started.headers["location"])) == (400, "Stuck")
    group = azure.arm("GET", GROUP, api_version=GROUPS).json()
    assert group["properties"]["provisioningState"] == "Succeeded"


def test_resources_of_a_group_and_of_the_subscription(azure: LocalAzure) -> None:
    """Both lists hold tracked resources only: no groups, no role assignments, no children."""
    agent = azure.agent()
    azure.identity(name="id-two", group="rg-two")

    of_group = azure.arm("GET", f"{GROUP}/resources", api_version=GROUPS).json()["value"]
    of_all = azure.arm("GET", f"{ROOT}/resources", api_version=GROUPS).json()["value"]

    assert [item["name"] for item in of_group] == ["sre-one", "id-sre"]
    assert [item["name"] for item in of_all] == ["sre-one", "id-sre", "id-two"]
    assert of_group[0]["id"] == agent
    assert "properties" not in of_group[0]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        pytest.param("resourceType eq 'microsoft.app/agents'", ["sre-one"], id="type"),
        pytest.param("resourceGroup eq 'RG-TWO' and name ne 'x'", ["id-two"], id="two conditions"),
        pytest.param(
            "substringof('id-', name) and location eq 'swedencentral'", ["id-sre", "id-two"], id="part"
        ),
        pytest.param("name eq 'it''s'", [], id="a quote"),
        pytest.param("tagName eq 'Team' and tagValue eq 'sre'", ["sre-one"], id="tag with value"),
        pytest.param("tagName eq 'team' and tagValue eq 'core'", [], id="another value"),
        pytest.param("tagName eq 'team'", ["sre-one"], id="tag"),
    ],
)
def test_a_list_of_resources_can_be_narrowed(azure: LocalAzure, filter_: str, expected: list[str]) -> None:
    """As `az resource list` asks (docs/reference/control-plane.md#lists-of-resources)."""
    agent = azure.agent()
    azure.arm("PATCH", agent, {"tags": {"team": "sre"}})
    azure.identity(name="id-two", group="rg-two")

    found = azure.arm("GET", f"{ROOT}/resources?$filter={quote(filter_)}", api_version=GROUPS).json()["value"]

    assert [item["name"] for item in found] == expected


@pytest.mark.parametrize("filter_", ["name", "name eq x", "sku eq 'x'", "name eq 'a' or name eq 'b'"])
def test_a_filter_that_cannot_be_read_is_refused(azure: LocalAzure, filter_: str) -> None:
    answer = azure.arm("GET", f"{ROOT}/resources?$filter={quote(filter_)}", api_version=GROUPS)

    assert error(answer) == (400, "InvalidFilterInQueryString")


def test_an_unknown_operation_is_not_found(azure: LocalAzure) -> None:
    assert error(azure.arm("GET", f"{ROOT}/operationresults/none", api_version=GROUPS)) == (404, "NotFound")

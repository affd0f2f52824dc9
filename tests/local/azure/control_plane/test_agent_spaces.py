"""Agent spaces in ARM: made in the background, with members and with connectors that members share."""

import pytest

from support.azure import GENERAL, PREVIEW, Json, LocalAzure, error

BODY: Json = {
    "location": "Sweden Central",
    "tags": {"team": "payments"},
    "identity": {"type": "SystemAssigned"},
    "properties": {"description": "Shared.", "maxAgentCount": 3},
}
CONNECTOR = {
    "dataConnectorType": "Mcp",
    "dataSource": "s3cret",
    "endpoint": "https://mcp.contoso.com",
    "extendedProperties": {"type": "http", "bearerToken": "s3cret"},
}


def space(azure: LocalAzure, name: str = "payments") -> str:
    """Make a space; return its id."""
    place = f"{azure.group()}/providers/Microsoft.App/agentSpaces/{name}"
    azure.settle(azure.arm("PUT", place, BODY, api_version=GENERAL))
    return place


def test_a_space_lives(azure: LocalAzure) -> None:
    place = f"{azure.group()}/providers/Microsoft.App/agentSpaces/payments"
    azure.switch(operationSeconds=0.3)
    made = azure.arm("PUT", place, BODY, api_version=GENERAL)
    during = azure.arm("PATCH", place, {"tags": {}}, api_version=GENERAL)
    azure.settle(made)
    azure.switch(operationSeconds=0.02)
    found = azure.arm("GET", place, api_version=GENERAL).json()
    change = {"tags": {"team": None}, "properties": {"maxAgentCount": 5, "description": None}}
    patched = azure.arm("PATCH", place, change, api_version=GENERAL)
    azure.settle(patched)
    changed = azure.arm("GET", place, api_version=GENERAL).json()
    listed = azure.arm("GET", place.rpartition("/")[0], api_version=GENERAL).json()["value"]

    assert made.status_code == 201
    assert made.json()["properties"]["provisioningState"] == "InProgress"
    assert error(during) == (409, "OperationConflict")
    assert azure.arm("GET", made.headers["location"], api_version=GENERAL).json() == changed
    assert found["properties"] == {
        "provisioningState": "Succeeded",
        "description": "Shared.",
        "maxAgentCount": 3,
        "currentAgentCount": 0,
        "memberAgents": [],
    }
    assert found["identity"]["principalId"]
    assert patched.status_code == 202
    assert (changed["tags"], changed["properties"]["maxAgentCount"]) == ({}, 5)
    assert "description" not in changed["properties"]
    assert changed["identity"] == found["identity"]
    assert listed == [changed]


def test_deletion_takes_the_connectors_along(azure: LocalAzure) -> None:
    place = space(azure)
    azure.settle(azure.arm("PUT", f"{place}/connectors/mcp", {"properties": CONNECTOR}, api_version=GENERAL))
    azure.switch(operationSeconds=0.3)
    started, again = (azure.arm("DELETE", place, api_version=GENERAL) for _ in range(2))
    azure.settle(started)

    assert started.status_code == 202
    assert again.headers["location"] == started.headers["location"]
    assert error(azure.arm("GET", place, api_version=GENERAL)) == (404, "ResourceNotFound")
    missing = azure.arm("GET", f"{place}/connectors/mcp", api_version=GENERAL)
    assert error(missing) == (404, "ParentResourceNotFound")
    assert azure.arm("DELETE", place, api_version=GENERAL).status_code == 204


def test_a_space_knows_its_members_and_shares_its_connectors(azure: LocalAzure) -> None:
    place, agent = space(azure), azure.agent()
    azure.settle(azure.arm("PUT", f"{place}/connectors/mcp", {"properties": CONNECTOR}, api_version=GENERAL))
    joined = azure.arm("PATCH", agent, {"properties": {"agentSpaceId": place}}, api_version=GENERAL)
    azure.settle(joined)
    members = azure.arm("GET", place, api_version=GENERAL).json()["properties"]
    shared = azure.arm("GET", f"{agent}/connectors").json()["value"]
    azure.settle(azure.arm("PUT", f"{agent}/connectors/mcp", {"properties": {"dataConnectorType": "Kusto"}}))
    own = azure.arm("GET", f"{agent}/connectors").json()["value"]

    assert (members["currentAgentCount"], members["memberAgents"]) == (1, [agent])
    assert [(one["id"], one["properties"]["source"]) for one in shared] == [
        (f"{agent}/connectors/mcp", "AgentSpace")
    ]
    assert [one["properties"]["source"] for one in own] == ["Agent"]


def test_a_connectors_secrets_are_shown_to_those_who_ask_only(azure: LocalAzure) -> None:
    place = space(azure)
    at = f"{place}/connectors/mcp"
    made = azure.arm("PUT", at, {"properties": CONNECTOR}, api_version=GENERAL)
    azure.settle(made)
    found = azure.arm("GET", at, api_version=GENERAL)
    listed = azure.arm("GET", f"{place}/connectors", api_version=GENERAL)
    result = azure.arm("GET", made.headers["location"], api_version=GENERAL)
    secret = azure.arm("POST", f"{at}/listSecrets", api_version=GENERAL).json()

    assert all("s3cret" not in answer.text for answer in (made, found, listed, result))
    assert found.json()["properties"]["endpoint"] == "https://mcp.contoso.com"
    assert "dataSource" not in found.json()["properties"]
    assert secret["properties"].items() >= CONNECTOR.items()
    for action in ("listAllSecrets", "listConnectorsWithSecrets"):
        assert azure.arm("POST", f"{place}/{action}", api_version=GENERAL).json()["value"] == [secret]
    azure.settle(azure.arm("DELETE", at, api_version=GENERAL))
    assert error(azure.arm("GET", at, api_version=GENERAL)) == (404, "ResourceNotFound")
    assert azure.arm("DELETE", at, api_version=GENERAL).status_code == 204


@pytest.mark.parametrize("below", ["", "/connectors/mcp"])
def test_an_operation_that_fails_leaves_what_was(azure: LocalAzure, below: str) -> None:
    """Marked as failed."""
    place = space(azure) + below
    properties = CONNECTOR if below else {"description": "Kept."}
    body = {**BODY, "properties": properties}
    azure.settle(azure.arm("PUT", place, body, api_version=GENERAL))
    azure.fault("operationFailed", method="PUT", path=f"{place}$", code="No", message="No.", times=1)
    other = {**body, "properties": {**properties, "endpoint": "x"} if below else {"description": "Lost."}}
    ended = azure.settle(azure.arm("PUT", place, other, api_version=GENERAL))
    left = azure.arm("GET", place, api_version=GENERAL).json()["properties"]

    assert ended["error"]["code"] == "No"
    assert left["provisioningState"] == "Failed"
    assert left.get("description", left.get("endpoint")) in {"Kept.", CONNECTOR["endpoint"]}


@pytest.mark.parametrize(
    ("name", "version", "body", "expected"),
    [
        ("a-", GENERAL, BODY, (400, "InvalidResourceName")),
        ("a1", PREVIEW, BODY, (400, "NoRegisteredProviderFound")),
        ("a1", GENERAL, {**BODY, "location": ""}, (400, "LocationRequired")),
        ("a1", GENERAL, {**BODY, "properties": {"maxAgentCount": "3"}}, (400, "InvalidRequestContent")),
        (
            "a1",
            GENERAL,
            {**BODY, "properties": {"policies": {"genevaActionsConfiguration": {}}}},
            (400, "InvalidRequestContent"),
        ),
        ("a1/connectors/c_1", GENERAL, {"properties": CONNECTOR}, (404, "ParentResourceNotFound")),
        ("payments/connectors/c_1", GENERAL, {"properties": CONNECTOR}, (400, "InvalidResourceName")),
        (
            "payments/connectors/c1",
            GENERAL,
            {"properties": {**CONNECTOR, "name": "c1"}},
            (400, "InvalidRequestContent"),
        ),
    ],
)
def test_refusals(azure: LocalAzure, name: str, version: str, body: Json, expected: tuple[int, str]) -> None:
    place = space(azure).removesuffix("payments")

    assert error(azure.arm("PUT", place + name, body, api_version=version)) == expected

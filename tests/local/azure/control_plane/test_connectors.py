"""Connectors in ARM: provisioned in the background, with their secrets hidden."""

import pytest

from support.azure import GENERAL, PREVIEW, Json, LocalAzure, error

MCP = {
    "dataConnectorType": "Mcp",
    "dataSource": "https://mcp.contoso.com",
    "identity": "system",
    "extendedProperties": {
        "type": "http",
        "endpoint": "https://mcp.contoso.com",
        "authType": "CustomHeaders",
        "bearerToken": "s3cret",
        "headers": {"X-Team": "s3cret"},
        "envs": [{"name": "KEY", "value": "s3cret"}],
        "nested": [{"apiKey": "s3cret", "region": "eu"}],
    },
}


def test_a_connector_lives(azure: LocalAzure) -> None:
    """Made through `DataConnectors` as well as `connectors`, found through both."""
    agent = azure.agent()
    azure.switch(operationSeconds=0.3)
    made = azure.arm("PUT", f"{agent}/DataConnectors/kusto", {"properties": MCP})
    during = azure.arm("PUT", f"{agent}/connectors/kusto", {"properties": MCP})
    ended = azure.settle(made)
    found = azure.arm("GET", f"{agent}/connectors/kusto").json()

    assert made.status_code == 201
    assert made.json()["properties"]["provisioningState"] == "InProgress"
    assert made.json()["properties"]["deploymentError"] is None
    assert error(during) == (409, "OperationConflict")
    assert ended["status"] == "Succeeded"
    assert found["type"] == "Microsoft.App/agents/connectors"
    assert found["name"] == found["properties"]["name"] == "kusto"
    assert (found["properties"]["provisioningState"], found["properties"]["source"]) == ("Succeeded", "Agent")
    assert azure.arm("GET", made.headers["location"]).json() == found
    for segment in ("connectors", "dataconnectors"):
        assert azure.arm("GET", f"{agent}/{segment}").json()["value"] == [found]


def test_secrets_are_null_but_for_those_who_ask_for_them(azure: LocalAzure) -> None:
    agent = azure.agent()
    made = azure.arm("PUT", f"{agent}/connectors/mcp", {"properties": MCP})
    azure.settle(made)
    shown = azure.arm("GET", f"{agent}/connectors/mcp").json()["properties"]["extendedProperties"]
    answers = [made, azure.arm("GET", f"{agent}/connectors"), azure.arm("GET", made.headers["location"])]
    secrets = azure.arm("POST", f"{agent}/connectors/mcp/listSecrets").json()["properties"]
    listed = azure.arm("POST", f"{agent}/listConnectorsWithSecrets").json()["value"]

    assert all("s3cret" not in answer.text for answer in answers)
    assert shown["endpoint"] == "https://mcp.contoso.com"
    assert shown["bearerToken"] is None
    assert shown["headers"] == {"X-Team": None}
    assert shown["envs"] == [{"name": None, "value": None}]
    assert shown["nested"] == [{"apiKey": None, "region": "eu"}]
    assert secrets["extendedProperties"] == MCP["extendedProperties"]
    assert [one["properties"] for one in listed] == [secrets]


def test_the_general_version_hides_the_data_source(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.settle(azure.arm("PUT", f"{agent}/connectors/mcp", {"properties": MCP}))
    preview = azure.arm("GET", f"{agent}/connectors/mcp").json()["properties"]
    general = azure.arm("GET", f"{agent}/connectors/mcp", api_version=GENERAL).json()["properties"]

    assert preview["dataSource"] == "https://mcp.contoso.com"
    assert not {"dataSource", "name"} & set(general)


def test_a_failed_connector_says_why_and_can_be_made_again(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.fault("operationFailed", path="/connectors/mcp$", code="Refused", message="No route.", times=1)
    ended = azure.settle(azure.arm("PUT", f"{agent}/connectors/mcp", {"properties": MCP}))
    failed = azure.arm("GET", f"{agent}/connectors/mcp").json()["properties"]
    azure.settle(azure.arm("PUT", f"{agent}/connectors/mcp", {"properties": MCP}))
    made = azure.arm("GET", f"{agent}/connectors/mcp").json()["properties"]

    assert ended["error"] == {"code": "Refused", "message": "No route."}
    assert (failed["provisioningState"], failed["deploymentError"]) == ("Failed", "No route.")
    assert (made["provisioningState"], made["deploymentError"]) == ("Succeeded", None)


def test_deletion(azure: LocalAzure) -> None:
    agent = azure.agent()
    path = f"{agent}/connectors/mcp"
    azure.switch(operationSeconds=0.3)
    made = azure.arm("PUT", path, {"properties": MCP})
    during = azure.arm("DELETE", path)
    azure.settle(made)
    started, again = azure.arm("DELETE", path), azure.arm("DELETE", path)
    leaving = azure.arm("GET", path).json()
    azure.settle(started)

    assert error(during) == (409, "OperationConflict")
    assert started.status_code == 202
    assert again.headers["location"] == started.headers["location"]
    assert leaving["properties"]["provisioningState"] == "Deleting"
    assert error(azure.arm("GET", path)) == (404, "ResourceNotFound")
    assert azure.arm("DELETE", path).status_code == 204


def test_what_the_data_plane_writes_arm_does_not_know(azure: LocalAzure) -> None:
    """Until ARM writes it too; the other way round both planes know it from the start."""
    agent = azure.agent()
    azure.data("PUT", agent, "/api/v2/extendedAgent/connectors/mcp", {"properties": MCP})
    unlisted = azure.arm("GET", f"{agent}/connectors").json()["value"]
    missing = azure.arm("GET", f"{agent}/connectors/mcp")
    not_deleted = azure.arm("DELETE", f"{agent}/connectors/mcp")
    azure.poll(lambda: azure.arm("PUT", f"{agent}/connectors/mcp", {"properties": MCP}).status_code == 201)

    assert unlisted == []
    assert error(missing) == (404, "ResourceNotFound")
    assert not_deleted.status_code == 204
    assert [one["name"] for one in azure.arm("GET", f"{agent}/connectors").json()["value"]] == ["mcp"]
    found = azure.data("GET", agent, "/api/v2/extendedAgent/connectors").json()["value"]
    assert [one["name"] for one in found] == ["mcp"]


@pytest.mark.parametrize(
    ("name", "version", "body", "expected"),
    [
        pytest.param(
            "azure_monitor", GENERAL, {"properties": MCP}, (400, "InvalidResourceName"), id="general-name"
        ),
        pytest.param("azure_monitor", PREVIEW, {"properties": MCP}, (201, ""), id="preview-name"),
        pytest.param("-a", PREVIEW, {"properties": MCP}, (400, "InvalidResourceName"), id="name"),
        pytest.param("mcp", PREVIEW, {}, (400, "InvalidRequestContent"), id="nothing"),
        pytest.param("mcp", PREVIEW, {"properties": {}}, (400, "BadRequest"), id="no-type"),
        pytest.param(
            "mcp",
            PREVIEW,
            {"properties": {**MCP, "extendedProperties": 1}},
            (400, "BadRequest"),
            id="extended",
        ),
    ],
)
def test_refusals(azure: LocalAzure, name: str, version: str, body: Json, expected: tuple[int, str]) -> None:
    agent = azure.agent()

    assert error(azure.arm("PUT", f"{agent}/connectors/{name}", body, api_version=version)) == expected

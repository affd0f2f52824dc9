"""ConnectorV2: connections that may want consent, and MCP servers made of them."""

import pytest

from support.azure import Json, LocalAzure

CONNECTION = "/api/v2/connectorV2/connections/jira"
SERVER = "/api/v2/connectorV2/mcpservers/jira"


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ({}, "Unauthenticated"),
        ({"parameterValues": {"token": "s3cret"}}, "Connected"),
        ({"parameterValueSet": {"name": "apiToken", "values": {"token": "s3cret"}}}, "Connected"),
    ],
)
def test_a_connection_says_whether_somebody_must_consent(azure: LocalAzure, login: Json, status: str) -> None:
    """What it logs in with is not shown."""
    agent = azure.agent()

    answer = azure.data("PUT", agent, CONNECTION, {"connectorName": "jira", "displayName": "Jira", **login})

    properties = {"connectorName": "jira", "displayName": "Jira", "overallStatus": status}
    assert answer.json() == {"name": "jira", "properties": properties}


def test_a_server_is_made_of_connections(azure: LocalAzure) -> None:
    agent = azure.agent()
    body = {
        "properties": {"description": "Tickets", "connectors": [{"name": "jira", "connectionName": "jira"}]},
        "runtimeMcpConfiguration": {"requireApprovalTools": ["close_issue"]},
    }

    assert azure.data("PUT", agent, SERVER, body).json() == {"name": "jira", **body}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CONNECTION, {}),
        (CONNECTION, {"connectorName": ""}),
        (CONNECTION, {"connectorName": "jira", "apiName": "jira"}),
        (CONNECTION, {"connectorName": "jira", "parameterValueSet": {}}),
        (SERVER, {}),
        (SERVER, {"properties": {"connectors": []}}),
        (SERVER, {"properties": {"connectors": [{"name": "jira"}]}}),
    ],
)
def test_bodies_of_another_shape_are_refused(azure: LocalAzure, path: str, body: Json) -> None:
    assert azure.data("PUT", azure.agent(), path, body).status_code == 400


POLICY = {
    "properties": {"principal": {"type": "ActiveDirectory", "identity": {"objectId": "o", "tenantId": "t"}}}
}
OPERATION = {
    "name": "AddComment",
    "displayName": "Add Comment",
    "requiresApproval": True,
    "userParameters": [{"name": "projectKey", "value": "OPS"}],
    "agentParameters": [{"name": "issueId", "schema": {"type": "string", "required": True}}],
}


def test_what_is_put_can_be_read_one_by_one(azure: LocalAzure) -> None:
    """As public callers do: docs/reference/data-plane.md#managed-connectors. The list has names only."""
    agent = azure.agent()
    connector = {"name": "jira", "connectionName": "jira", "displayName": "Jira", "operations": [OPERATION]}
    body: dict[str, Json] = {
        "properties": {"description": "Tickets", "connectors": [connector]},
        "runtimeMcpConfiguration": {"requireApprovalTools": ["close_issue"]},
    }
    assert azure.data("PUT", agent, CONNECTION, {"connectorName": "jira"}).is_success
    assert azure.data("PUT", agent, SERVER, body).is_success

    shown = azure.data("GET", agent, SERVER).json()

    assert shown == {"name": "jira", "properties": {"state": "Enabled", **body["properties"]}}
    assert azure.data("GET", agent, SERVER.rpartition("/")[0]).json()["value"] == [{"name": "jira"}]
    assert azure.data("GET", agent, CONNECTION).json()["properties"]["overallStatus"] == "Unauthenticated"
    assert azure.data("GET", agent, f"{CONNECTION}-2").status_code == 404
    assert azure.data("GET", agent, f"{SERVER}-2").status_code == 404


def test_the_set_up_pages_connection_is_of_the_service_of_its_name(azure: LocalAzure) -> None:
    """Its body says nothing else."""
    answer = azure.data("PUT", azure.agent(), CONNECTION, {"properties": {}})

    assert answer.json()["properties"]["connectorName"] == "jira"


def test_a_connection_has_an_access_policy(azure: LocalAzure) -> None:
    """Of a principal; nothing without a connection, and nothing of another shape."""
    agent, path = azure.agent(), f"{CONNECTION}/accessPolicies/jira-policy"

    assert azure.data("PUT", agent, path, POLICY).status_code == 404
    azure.data("PUT", agent, CONNECTION, {"connectorName": "jira"})
    assert azure.data("PUT", agent, path, POLICY).json() == {"name": "jira-policy", **POLICY}
    assert azure.data("PUT", agent, path, {"properties": {}}).status_code == 400


def test_the_catalogue_says_what_there_is(azure: LocalAzure) -> None:
    """Services, and what each of them can do."""
    agent, base = azure.agent(), "/api/v2/connectorV2"
    apis = azure.data("GET", agent, f"{base}/managedApis").json()["value"]
    operations = azure.data("GET", agent, f"{base}/connectors/jira/operations").json()["value"]

    assert {"name": "jira", "properties": {"displayName": "Jira"}} in apis
    assert "GetIssue" in [operation["name"] for operation in operations]
    assert azure.data("GET", agent, f"{base}/connectors/none/operations").status_code == 404


def test_a_build_without_a_catalogue_has_no_policies_either(azure: LocalAzure) -> None:
    """And takes connections all the same: docs/reference/assumptions.md#managed-connectors."""
    agent, base = azure.agent(), "/api/v2/connectorV2"
    azure.switch(connectorCatalogue=False)

    assert azure.data("PUT", agent, CONNECTION, {"connectorName": "jira"}).is_success
    assert azure.data("GET", agent, f"{base}/managedApis").status_code == 404
    assert azure.data("GET", agent, f"{base}/connectors/jira/operations").status_code == 404
    assert azure.data("PUT", agent, f"{CONNECTION}/accessPolicies/jira-policy", POLICY).status_code == 405


def test_nobody_lists_connections_or_deletes_anything(azure: LocalAzure) -> None:
    """A GET gets the web page, a DELETE what the static files answer."""
    agent = azure.agent()

    listed = azure.data("GET", agent, CONNECTION.rpartition("/")[0])
    assert listed.headers["content-type"].startswith("text/html")
    assert azure.data("DELETE", agent, CONNECTION).status_code == 405

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


def test_nothing_but_put_is_published(azure: LocalAzure) -> None:
    """A GET gets the web page, a DELETE what the static files answer."""
    agent = azure.agent()

    assert azure.data("GET", agent, CONNECTION).headers["content-type"].startswith("text/html")
    assert azure.data("DELETE", agent, CONNECTION).status_code == 405

"""Trying repositories and connectors."""

import pytest

from pulumi_sre_agent.api import Client, NotFound
from pulumi_sre_agent.api.collections.connection_tests import check_connector, check_repo
from pulumi_sre_agent.api.kinds import CONNECTOR, REPO
from support.azure import LocalAzure


def test_a_repository_is_tried(azure: LocalAzure, client: Client) -> None:
    """And says why, when its clone failed."""
    agent = azure.agent()
    repos = client.items(REPO, agent, "data")
    repos.put("good", {"url": "https://github.com/contoso/payments", "type": "GitHub"})
    azure.fault("operationFailed", path="/repos/bad$", message="Authentication failed.")
    repos.put("bad", {"url": "https://github.com/contoso/secret", "type": "GitHub"})
    data = client.data_plane(agent)

    assert check_repo(data, "good").is_successful
    assert check_repo(data, "bad").error_message == "Authentication failed."
    with pytest.raises(NotFound):
        check_repo(data, "none")


def test_a_connector_is_tried(azure: LocalAzure, client: Client) -> None:
    agent = azure.agent()
    connectors = client.items(CONNECTOR, agent, "data")
    connectors.put("kusto", {"dataConnectorType": "Kusto", "dataSource": "https://c.kusto.windows.net/db"})
    connectors.put("mcp", {"dataConnectorType": "Mcp", "dataSource": "placeholder", "extendedProperties": {}})
    data = client.data_plane(agent)

    assert check_connector(data, "kusto").success
    assert (
        check_connector(data, "mcp").error_message == "The connector has neither an endpoint nor a command."
    )
    with pytest.raises(NotFound):
        check_connector(data, "none")

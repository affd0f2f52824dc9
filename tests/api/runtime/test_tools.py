"""An agent's tools and how its connectors are, through the client."""

import pytest

from pulumi_sre_agent.api import Client, NotFound
from pulumi_sre_agent.api.runtime.tools import Tools
from support.azure import LocalAzure

WIKI = {"type": "http", "endpoint": "https://mcp.contoso.com/mcp"}


def test_tools_say_where_they_come_from(azure: LocalAzure, client: Client) -> None:
    agent = azure.agent()
    spec = {"dataConnectorType": "Mcp", "extendedProperties": WIKI}
    azure.data("PUT", agent, "/api/v2/extendedAgent/connectors/wiki", {"properties": spec})
    data, connectors = client.data_plane(agent), client.agent(agent).connectors
    status = azure.poll(lambda: (s := connectors.status("wiki")).healthy and s)
    tools = {tool.name: tool for tool in Tools(data).list()}

    assert (status.status, status.details["tools"][0]["name"]) == ("Connected", "wiki_ping")
    assert (tools["wiki_ping"].source, tools["wiki_ping"].mcp_connector) == ("mcp", "wiki")
    assert (tools["wiki_ping"].enabled, tools["wiki_ping"].default_mode) == (False, "disabled")
    assert tools["SearchMemory"].parameters == {"type": "object", "properties": {}}
    assert {tool.name for tool in Tools(data).system()} == set(tools) - {"wiki_ping"}
    with pytest.raises(NotFound):
        connectors.status("nothing")

"""What the agent reaches through a connector, as far as that can be told without trying.

See docs/reference/data-plane.md#connection-tests.
"""

from urllib.parse import urlsplit

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.store import Resource


def failure(agent: Resource, connector: Resource) -> str | None:
    """Say why a connector cannot work; one that speaks MCP needs an endpoint or a command."""
    extended = connector.properties.get("extendedProperties") or {}
    if not _is_mcp(connector):
        return None
    if not (extended.get("endpoint") or extended.get("command")):
        return "The connector has neither an endpoint nor a command."
    return _unreachable(agent, connector.properties)


def tools_of(connector: Resource) -> list[Json]:
    """Return the tools that a connector brings: one, where it speaks MCP."""
    if not _is_mcp(connector):
        return []
    return [{"name": f"{connector.name}_ping", "description": "Answers."}]


def _is_mcp(connector: Resource) -> bool:
    return str(connector.properties["dataConnectorType"]).lower().startswith("mcp")


def _unreachable(agent: Resource, properties: Json) -> str | None:
    """Say why the agent cannot reach an MCP server.

    See docs/reference/control-plane.md#mcp-servers-by-managed-identity.
    """
    extended = properties["extendedProperties"]
    if extended.get("authType") == "AzureARM" and not (
        properties.get("identity") and extended.get("armScope")
    ):
        return "A login by AzureARM needs an identity and an armScope."
    address = urlsplit(str(extended.get("endpoint") or ""))
    if address.scheme != "http" or address.hostname in ("localhost", "127.0.0.1", "::1"):
        return None
    egress = (agent.properties.get("sandboxConfiguration") or {}).get("egress") or {}
    if egress.get("mode") == "AzureVNet" and not egress.get("allowHttpMcpServerNetworkAccess"):
        return None
    return f"The MCP server at {address.netloc} cannot be reached: the agent is in no network."

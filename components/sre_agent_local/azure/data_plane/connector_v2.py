"""`/api/v2/connectorV2/…`: connections that may want consent, who may use them, and MCP servers of them.

What public callers read is here: one connection, one server, the names of all servers. Nobody lists
connections, reads an access policy or deletes anything.

See docs/reference/data-plane.md#managed-connectors.
"""

from typing import Any, Literal

from pydantic import Field, ValidationError

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.validation import StrictModel, validation_message
from sre_agent_local.azure.state.store import Resource

from .request import METHOD_NOT_ALLOWED, AgentRequest, AgentRoute, not_found, page

BASE = "api/v2/connectorV2"
_CONNECTIONS, _SERVERS = "connectorV2Connections", "connectorV2McpServers"


class _NoProperties(StrictModel):
    pass


class _ParameterValueSet(StrictModel):
    name: str
    values: dict[str, Any] = Field(default_factory=dict)


class _Connection(StrictModel):
    """As the templates send it; the set-up page sends an empty `properties` under the name of the service."""

    connector_name: str | None = Field(default=None, min_length=1)
    properties: _NoProperties | None = None
    display_name: str | None = None
    parameter_value_set: _ParameterValueSet | None = None
    parameter_values: dict[str, Any] | None = None


class _LockedParameter(StrictModel):
    name: str = Field(min_length=1)
    value: Any


class _ParameterSchema(StrictModel):
    type: str
    required: bool = False


class _AgentParameter(StrictModel):
    name: str = Field(min_length=1)
    parameter_schema: _ParameterSchema | None = Field(default=None, alias="schema")


class _Operation(StrictModel):
    name: str = Field(min_length=1)
    display_name: str | None = None
    requires_approval: bool | None = None
    user_parameters: list[_LockedParameter] | None = None
    agent_parameters: list[_AgentParameter] | None = None


class _ConnectorReference(StrictModel):
    name: str = Field(min_length=1)
    connection_name: str = Field(min_length=1)
    display_name: str | None = None
    operations: list[_Operation] | None = None


class _McpServerProperties(StrictModel):
    description: str | None = None
    state: str | None = None
    connectors: list[_ConnectorReference] = Field(min_length=1)


class _RuntimeConfiguration(StrictModel):
    require_approval_tools: list[str] = Field(default_factory=list)


class _Identity(StrictModel):
    object_id: str = Field(min_length=1)
    tenant_id: str = Field(min_length=1)


class _Principal(StrictModel):
    type: Literal["ActiveDirectory"]
    identity: _Identity


class _PolicyProperties(StrictModel):
    principal: _Principal


class _AccessPolicy(StrictModel):
    """As in the gateway below; the route is seen in use, its body is not (docs/reference/assumptions.md)."""

    properties: _PolicyProperties


class _McpServer(StrictModel):
    properties: _McpServerProperties
    runtime_mcp_configuration: _RuntimeConfiguration | None = None


def put_connection(request: AgentRequest) -> Response:
    """Store a connection; without a login in its parameters it waits for somebody's consent."""
    body = _parse(_Connection, request.json())
    if "connectorName" not in body and body.pop("properties", None) is None:
        raise BadRequest("The body cannot be read: connectorName is missing.")
    body = {"connectorName": request.name, **body}
    return Response(
        200, _connection_body(request.put_child(request.child_id(_CONNECTIONS), kinds.CONNECTION_TYPE, body))
    )


def get_connection(request: AgentRequest) -> Response:
    return Response(200, _connection_body(request.child(_CONNECTIONS, "connection")))


def put_access_policy(request: AgentRequest) -> Response:
    """Let a principal use a connection, in a build that has such policies."""
    if not request.azure.settings.connector_catalogue:
        return METHOD_NOT_ALLOWED
    connection, policy = request.names
    connection_id = request.child_id(_CONNECTIONS, connection)
    if request.azure.store.get(connection_id) is None:
        raise not_found("connection", connection)
    body = _parse(_AccessPolicy, request.json())
    request.put_child(
        f"{connection_id}/accessPolicies/{policy}", kinds.ACCESS_POLICY_TYPE, body["properties"]
    )
    return Response(200, {"name": policy, **body})


def put_mcp_server(request: AgentRequest) -> Response:
    """Store a server; a PUT that says no state enables it."""
    body = _parse(_McpServer, request.json())
    request.put_child(request.child_id(_SERVERS), kinds.MCP_SERVER_TYPE, body)
    return Response(200, {"name": request.name, **body})


def get_mcp_server(request: AgentRequest) -> Response:
    """Show a server, without its runtime configuration, which nobody saw in an answer."""
    return Response(200, _server_body(request.child(_SERVERS, "MCP server")))


def list_mcp_servers(request: AgentRequest) -> Response:
    """Return the servers by their names, which is all that callers read of the list."""
    return page([{"name": server.name} for server in request.children(kinds.MCP_SERVER_TYPE)])


def _connection_body(connection: Resource) -> Json:
    body = connection.properties
    has_consent = bool(body.get("parameterValueSet") or body.get("parameterValues"))
    properties = {
        "displayName": body.get("displayName"),
        "connectorName": body["connectorName"],
        "overallStatus": "Connected" if has_consent else "Unauthenticated",
    }
    return {"name": connection.name, "properties": properties}


def _server_body(server: Resource) -> Json:
    return {"name": server.name, "properties": {"state": "Enabled", **server.properties["properties"]}}


def _parse(model: type[StrictModel], body: Json) -> Json:
    try:
        return model.model_validate(body).model_dump(by_alias=True, exclude_none=True)
    except ValidationError as error:
        raise BadRequest(f"The body cannot be read: {validation_message(error, '')}.") from error


ROUTES = [
    AgentRoute("PUT", f"{BASE}/connections/{{}}", put_connection),
    AgentRoute("GET", f"{BASE}/connections/{{}}", get_connection),
    AgentRoute("PUT", f"{BASE}/connections/{{}}/accessPolicies/{{}}", put_access_policy),
    AgentRoute("GET", f"{BASE}/mcpservers", list_mcp_servers),
    AgentRoute("PUT", f"{BASE}/mcpservers/{{}}", put_mcp_server),
    AgentRoute("GET", f"{BASE}/mcpservers/{{}}", get_mcp_server),
]

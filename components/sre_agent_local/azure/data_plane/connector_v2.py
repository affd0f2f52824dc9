"""`/api/v2/connectorV2/…`: connections that may want consent, and the MCP servers made of them.

Only PUT is published, so nothing else is here; what was put can be looked at in the answer.

See docs/reference/data-plane.md#managed-connectors.
"""

from typing import Any

from pydantic import Field, ValidationError

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.validation import StrictModel, validation_message

from .request import AgentRequest, AgentRoute

BASE = "api/v2/connectorV2"


class _ParameterValueSet(StrictModel):
    name: str
    values: dict[str, Any] = Field(default_factory=dict)


class _Connection(StrictModel):
    connector_name: str = Field(min_length=1)
    display_name: str | None = None
    parameter_value_set: _ParameterValueSet | None = None
    parameter_values: dict[str, Any] | None = None


class _ConnectorReference(StrictModel):
    name: str = Field(min_length=1)
    connection_name: str = Field(min_length=1)


class _McpServerProperties(StrictModel):
    description: str | None = None
    connectors: list[_ConnectorReference] = Field(min_length=1)


class _RuntimeConfiguration(StrictModel):
    require_approval_tools: list[str] = Field(default_factory=list)


class _McpServer(StrictModel):
    properties: _McpServerProperties
    runtime_mcp_configuration: _RuntimeConfiguration | None = None


def put_connection(request: AgentRequest) -> Response:
    """Store a connection; without a login in its parameters it waits for somebody's consent."""
    body = _parse(_Connection, request.json())
    has_consent = bool(body.get("parameterValueSet") or body.get("parameterValues"))
    status = "Connected" if has_consent else "Unauthenticated"
    request.put_child(request.child_id("connectorV2Connections"), kinds.CONNECTION_TYPE, body)
    properties = {
        "displayName": body.get("displayName"),
        "connectorName": body["connectorName"],
        "overallStatus": status,
    }
    return Response(200, {"name": request.name, "properties": properties})


def put_mcp_server(request: AgentRequest) -> Response:
    body = _parse(_McpServer, request.json())
    request.put_child(request.child_id("connectorV2McpServers"), kinds.MCP_SERVER_TYPE, body)
    return Response(200, {"name": request.name, **body})


def _parse(model: type[StrictModel], body: Json) -> Json:
    try:
        return model.model_validate(body).model_dump(by_alias=True, exclude_none=True)
    except ValidationError as error:
        raise BadRequest(f"The body cannot be read: {validation_message(error, '')}.") from error


ROUTES = [
    AgentRoute("PUT", f"{BASE}/connections/{{}}", put_connection),
    AgentRoute("PUT", f"{BASE}/mcpservers/{{}}", put_mcp_server),
]

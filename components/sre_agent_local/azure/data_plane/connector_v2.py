"""`/api/v2/connectorV2/…`: connections that may want consent, and the MCP servers made of them (C.10).

Only PUT is published, so nothing else is here; what was put can be looked at in the answer.
"""

from typing import Any

from pydantic import Field, ValidationError

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.http.validation import WireModel, sentence
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute

BASE = "api/v2/connectorV2"


class _ParameterValueSet(WireModel):
    name: str
    values: dict[str, Any] = Field(default_factory=dict)


class _Connection(WireModel):
    connector_name: str = Field(min_length=1)
    display_name: str | None = None
    parameter_value_set: _ParameterValueSet | None = None
    parameter_values: dict[str, Any] | None = None


class _Connected(WireModel):
    name: str = Field(min_length=1)
    connection_name: str = Field(min_length=1)


class _McpServerProperties(WireModel):
    description: str | None = None
    connectors: list[_Connected] = Field(min_length=1)


class _RuntimeConfiguration(WireModel):
    require_approval_tools: list[str] = Field(default_factory=list)


class _McpServer(WireModel):
    properties: _McpServerProperties
    runtime_mcp_configuration: _RuntimeConfiguration | None = None


def put_connection(request: AgentRequest) -> Answer:
    """Store a connection; without a login in its parameters it waits for somebody's consent."""
    body = _checked(_Connection, request.json())
    consented = bool(body.get("parameterValueSet") or body.get("parameterValues"))
    status = "Connected" if consented else "Unauthenticated"
    stored = {"displayName": body.get("displayName"), "connectorName": body["connectorName"]}
    _store(request, kinds.CONNECTION_TYPE, "connectorV2Connections", body)
    properties = {**stored, "overallStatus": status}
    return Answer(200, {"name": request.name, "properties": properties})


def put_mcp_server(request: AgentRequest) -> Answer:
    body = _checked(_McpServer, request.json())
    _store(request, kinds.MCP_SERVER_TYPE, "connectorV2McpServers", body)
    return Answer(200, {"name": request.name, **body})


def _checked(model: type[WireModel], body: Json) -> Json:
    try:
        return model.model_validate(body).model_dump(by_alias=True, exclude_none=True)
    except ValidationError as error:
        raise BadRequest(f"The body cannot be read: {sentence(error, '')}.") from error


def _store(request: AgentRequest, resource_type: str, collection: str, body: Json) -> None:
    place = f"{request.agent.id}/{collection}/{request.name}"
    request.azure.store.put(Resource(place, resource_type, {"properties": body}, {}))


ROUTES = [
    AgentRoute("PUT", f"{BASE}/connections/{{}}", put_connection),
    AgentRoute("PUT", f"{BASE}/mcpservers/{{}}", put_mcp_server),
]

"""`/api/v2/extendedAgent/{kind}/{name}`: every kind in its envelope.

See docs/reference/data-plane.md#extended-agent-kinds, docs/reference/data-plane.md#members-by-kind.
"""

import time
from urllib.parse import urlsplit

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items, knowledge
from sre_agent_local.azure.errors import OperationConflict
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import ItemKind
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler, not_found, page

BASE = "api/v2/extendedAgent"


def _put(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        properties = request.properties(_accepted_types(request, kind))
        return Response(202, _envelope(kind, _write(request, kind, properties, request.json())))

    return handler


def _patch(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        item = request.item(kind, kind.data)
        change = request.properties(_accepted_types(request, kind))
        merged = merge(item.properties, change)
        envelope = {**item.state.get("envelope", {}), **request.json()}
        return Response(200, _envelope(kind, _write(request, kind, merged, envelope)))

    return handler


def _get(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        return Response(200, _envelope(kind, request.item(kind, kind.data)))

    return handler


def _list(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        search = request.query.get("search", "").lower()
        matches = [item for item in request.items(kind) if search in item.name.lower()]
        return page([_envelope(kind, item) for item in matches])

    return handler


def _delete(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        if not items.delete(request.azure, request.agent, kind, request.name):
            raise not_found(kind.data, request.name)
        return Response(202)

    return handler


def test_connection(request: AgentRequest) -> Response:
    """Say whether a connector could work: one that speaks MCP needs an endpoint or a command.

    A fault `operationFailed` makes the test fail with its message.
    """
    connector, started = request.item(kinds.CONNECTORS, kinds.CONNECTORS.data), time.perf_counter()
    request.properties(kinds.CONNECTORS.envelopes)  # the body is the connector as it was read
    extended = connector.properties.get("extendedProperties") or {}
    is_mcp = connector.properties["dataConnectorType"].lower().startswith("mcp")
    fault = request.operation_fault()
    reason = fault.message if fault else None
    if is_mcp and not (extended.get("endpoint") or extended.get("command")):
        reason = "The connector has neither an endpoint nor a command."
    elif is_mcp and reason is None:
        reason = _unreachable(request, connector.properties)
    works = is_mcp and reason is None
    tools = [{"name": f"{connector.name}_ping", "description": "Answers."}] if works else []
    body: Json = {
        "connectorName": connector.name,
        "success": reason is None,
        "tools": tools,
        "totalCount": len(tools),
        "errorMessage": reason,
        "responseTimeMs": round((time.perf_counter() - started) * 1000),
    }
    return Response(200, body)


def _unreachable(request: AgentRequest, properties: Json) -> str | None:
    """Say why the agent cannot reach an MCP server, as far as that can be told without trying.

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
    egress = (request.agent.properties.get("sandboxConfiguration") or {}).get("egress") or {}
    if egress.get("mode") == "AzureVNet" and not egress.get("allowHttpMcpServerNetworkAccess"):
        return None
    return f"The MCP server at {address.netloc} cannot be reached: the agent is in no network."


def content(request: AgentRequest) -> Response:
    """Return what a knowledge item holds, as bytes; the item itself does not show it."""
    item = request.item(kinds.CONNECTORS, kinds.CONNECTORS.data)
    value = knowledge.content_of(item.properties)
    if value is None:
        raise not_found("content of", item.name)
    extended = item.properties["extendedProperties"]
    return Response(200, value, media_type=extended.get("contentType") or "application/octet-stream")


def _write(request: AgentRequest, kind: ItemKind, properties: Json, body: Json) -> Resource:
    azure, agent = request.azure, request.agent
    envelope = {
        "type": body.get("type") or kind.envelopes[0],
        "tags": body.get("tags") or [],
        "owner": body.get("owner"),
    }
    if kind is not kinds.CONNECTORS:
        return items.put(azure, agent, kind, request.name, properties, envelope=envelope)
    before = items.find(azure, agent, kind, request.name)
    if before and azure.store.running(before.id):
        raise OperationConflict(request.name)
    item = items.put(azure, agent, kind, request.name, properties, envelope=envelope)
    interim, _ = items.provision(azure, agent, item, request.operation_fault())
    return interim


def _envelope(kind: ItemKind, item: Resource) -> Json:
    """Show an item in its envelope, secrets included, as this plane does."""
    envelope = item.state.get("envelope") or {"type": kind.envelopes[0], "tags": [], "owner": None}
    name = {"name": item.name} if kind.names_itself else {}
    properties = knowledge.without_content(item.properties) if kind is kinds.CONNECTORS else item.properties
    return {"name": item.name, **envelope, "properties": {**name, **properties}}


def _accepted_types(request: AgentRequest, kind: ItemKind) -> tuple[str, ...]:
    strict = kind is kinds.TOOLS and request.azure.settings.strict_tool_type
    return kind.envelopes[:1] if strict else kind.envelopes


def _routes(kind: ItemKind) -> list[AgentRoute]:
    collection = f"{BASE}/{kind.data}"
    return [
        AgentRoute("GET", collection, _list(kind)),
        AgentRoute("PUT", f"{collection}/{{}}", _put(kind)),
        AgentRoute("PATCH", f"{collection}/{{}}", _patch(kind)),
        AgentRoute("GET", f"{collection}/{{}}", _get(kind)),
        AgentRoute("DELETE", f"{collection}/{{}}", _delete(kind)),
    ]


ROUTES = [
    *(route for kind in kinds.KINDS for route in _routes(kind)),
    AgentRoute("POST", f"{BASE}/connectors/{{}}/testconnection", test_connection),
    AgentRoute("GET", f"{BASE}/connectors/{{}}/content", content),
]

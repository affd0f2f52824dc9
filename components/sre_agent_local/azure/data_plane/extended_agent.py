"""`/api/v2/extendedAgent/{kind}/{name}`: every kind in its envelope (C.6 to C.9)."""

import time

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items, knowledge
from sre_agent_local.azure.errors import OperationConflict
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import ItemKind
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler, missing, page

BASE = "api/v2/extendedAgent"


def _put(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Answer:
        properties = request.properties(_types(request, kind))
        return Answer(202, _shown(kind, _write(request, kind, properties, request.json())))

    return handler


def _patch(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Answer:
        found = _found(request, kind)
        change = request.properties(_types(request, kind))
        merged = merge(found.properties, change)
        envelope = {**found.state.get("envelope", {}), **request.json()}
        return Answer(200, _shown(kind, _write(request, kind, merged, envelope)))

    return handler


def _get(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Answer:
        return Answer(200, _shown(kind, _found(request, kind)))

    return handler


def _list(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Answer:
        wanted = request.query.get("search", "").lower()
        found = items.list_of(request.azure, request.agent, kind)
        return page([_shown(kind, item) for item in found if wanted in item.name.lower()])

    return handler


def _delete(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Answer:
        if not items.delete(request.azure, request.agent, kind, request.name):
            raise missing(kind.data, request.name)
        return Answer(202)

    return handler


def test_connection(request: AgentRequest) -> Answer:
    """Say whether a connector could work: one that speaks MCP needs an endpoint or a command.

    A fault `operationFailed` makes the test fail with its message.
    """
    connector, started = _found(request, kinds.CONNECTORS), time.perf_counter()
    request.properties(kinds.CONNECTORS.envelopes)  # the body is the connector as it was read
    extended = connector.properties.get("extendedProperties") or {}
    is_mcp = connector.properties["dataConnectorType"].lower().startswith("mcp")
    fault = request.operation_fault()
    reason = fault.message if fault else None
    if is_mcp and not (extended.get("endpoint") or extended.get("command")):
        reason = "The connector has neither an endpoint nor a command."
    tools: list[Json] = [{"name": f"{connector.name}_ping", "description": "Answers."}]
    found = tools if is_mcp and reason is None else []
    body: Json = {
        "connectorName": connector.name,
        "success": reason is None,
        "tools": found,
        "totalCount": len(found),
        "errorMessage": reason,
        "responseTimeMs": round((time.perf_counter() - started) * 1000),
    }
    return Answer(200, body)


def content(request: AgentRequest) -> Answer:
    """Return what a knowledge item holds, as bytes; the item itself does not show it."""
    item = _found(request, kinds.CONNECTORS)
    held = knowledge.content_of(item.properties)
    if held is None:
        raise missing("content of", item.name)
    extended = item.properties["extendedProperties"]
    return Answer(200, held, media_type=extended.get("contentType") or "application/octet-stream")


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
    made = items.put(azure, agent, kind, request.name, properties, envelope=envelope)
    interim, _ = items.provision(azure, agent, made, request.operation_fault())
    return interim


def _shown(kind: ItemKind, item: Resource) -> Json:
    """Show an item in its envelope, secrets included, as this plane does."""
    envelope = item.state.get("envelope") or {"type": kind.envelopes[0], "tags": [], "owner": None}
    name = {"name": item.name} if kind.names_itself else {}
    shown = knowledge.shown(item.properties) if kind is kinds.CONNECTORS else item.properties
    return {"name": item.name, **envelope, "properties": {**name, **shown}}


def _found(request: AgentRequest, kind: ItemKind) -> Resource:
    found = items.find(request.azure, request.agent, kind, request.names[0])
    if found is None:
        raise missing(kind.data, request.names[0])
    return found


def _types(request: AgentRequest, kind: ItemKind) -> tuple[str, ...]:
    strict = kind is kinds.TOOLS and request.azure.switches.strict_tool_type
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

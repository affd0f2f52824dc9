"""`/api/v2/extendedAgent/{kind}/{name}`: every kind in its envelope.

See docs/reference/data-plane.md#extended-agent-kinds, docs/reference/data-plane.md#members-by-kind.
"""

import time

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import connections, items, knowledge
from sre_agent_local.azure.errors import OperationConflict
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.validation import query_number
from sre_agent_local.azure.kinds import ItemKind
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler, not_found, page

BASE = "api/v2/extendedAgent"
MOST_SKILLS = 200
"""What public callers ask for."""


def _put(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        properties = request.properties(_accepted_types(request, kind))
        if request.query.get("dryrun", "").lower() != "true":
            status = 200 if kind is kinds.CONNECTORS else 202
            return Response(status, _envelope(kind, _write(request, kind, properties, request.json())))
        with request.azure.store.discarded():
            return Response(200, _envelope(kind, _store(request, kind, properties, request.json())))

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


def delete(kind: ItemKind) -> Handler:
    """Return what deletes an item of a kind, in either version."""

    def handler(request: AgentRequest) -> Response:
        if not items.delete(request.azure, request.agent, kind, request.name):
            raise not_found(kind.data, request.name)
        return Response(202)

    return handler


def list_skills(request: AgentRequest) -> Response:
    """List the skills that the agent has at hand, which are all of them, as many as `limit` says."""
    limit = query_number(request.query, "limit", MOST_SKILLS)
    return page([_envelope(kinds.SKILLS, skill) for skill in request.items(kinds.SKILLS)][:limit])


def test_connection(request: AgentRequest) -> Response:
    """Say whether a connector could work.

    A fault `operationFailed` makes the test fail with its message.
    """
    connector, started = request.item(kinds.CONNECTORS, kinds.CONNECTORS.data), time.perf_counter()
    request.properties(kinds.CONNECTORS.envelopes)  # the body is the connector as it was read
    fault = request.operation_fault()
    reason = fault.message if fault else connections.failure(request.agent, connector)
    tools = connections.tools_of(connector) if reason is None else []
    body: Json = {
        "connectorName": connector.name,
        "success": reason is None,
        "tools": tools,
        "totalCount": len(tools),
        "errorMessage": reason,
        "responseTimeMs": round((time.perf_counter() - started) * 1000),
    }
    return Response(200, body)


def status(request: AgentRequest) -> Response:
    """Say how a connector is: as its provisioning and, once that has succeeded, its connection has it."""
    connector = request.item(kinds.CONNECTORS, kinds.CONNECTORS.data)
    provisioning = connector.properties.get("provisioningState")
    if provisioning == "InProgress":
        state = "Initializing"
    elif provisioning == "Failed":
        state = "Failed"
    else:
        state = "Error" if connections.failure(request.agent, connector) else "Connected"
    healthy = state == "Connected"
    tools = connections.tools_of(connector) if healthy else []
    return Response(200, {"status": state, "healthy": healthy, "details": {"tools": tools}})


def content(request: AgentRequest) -> Response:
    """Return what a knowledge item holds, as bytes; the item itself does not show it."""
    item = request.item(kinds.CONNECTORS, kinds.CONNECTORS.data)
    value = knowledge.content_of(item.properties)
    if value is None:
        raise not_found("content of", item.name)
    extended = item.properties["extendedProperties"]
    return Response(200, value, media_type=extended.get("contentType") or "application/octet-stream")


def _write(request: AgentRequest, kind: ItemKind, properties: Json, body: Json) -> Resource:
    """Store an item, and begin to set it up if it is a connector."""
    item = _store(request, kind, properties, body)
    if kind is not kinds.CONNECTORS:
        return item
    interim, _ = items.provision(request.azure, request.agent, item, request.operation_fault())
    return interim


def _store(request: AgentRequest, kind: ItemKind, properties: Json, body: Json) -> Resource:
    azure, agent = request.azure, request.agent
    envelope = {
        "type": body.get("type") or kind.envelopes[0],
        "tags": (body.get("tags") or []) if kind.keeps_tags else [],
        "owner": body.get("owner"),
    }
    before = items.find(azure, agent, kind, request.name)
    if before and azure.store.running(before.id):
        raise OperationConflict(request.name)
    return items.put(azure, agent, kind, request.name, properties, envelope=envelope)


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
        AgentRoute("DELETE", f"{collection}/{{}}", delete(kind)),
    ]


ROUTES = [
    *(route for kind in kinds.KINDS for route in _routes(kind)),
    AgentRoute("GET", "api/v2/agent/skills", list_skills),
    AgentRoute("POST", f"{BASE}/connectors/{{}}/testconnection", test_connection),
    AgentRoute("GET", f"{BASE}/connectors/{{}}/status", status),
    AgentRoute("GET", f"{BASE}/connectors/{{}}/content", content),
]

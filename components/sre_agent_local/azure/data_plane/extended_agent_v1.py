"""`/api/v1/extendedAgent`: the kinds of version 2 in flat lists, and YAML that is applied.

See docs/reference/data-plane.md#version-1.
"""

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items, knowledge
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.validation import query_number
from sre_agent_local.azure.kinds import ItemKind
from sre_agent_local.azure.state.store import Resource

from . import applied_documents, extended_agent
from .request import AgentRequest, AgentRoute, Handler

BASE = "api/v1/extendedAgent"
PAGED = (kinds.SUBAGENTS, kinds.TOOLS)
"""Kinds whose lists come in pages, as `{data}`; the others are bare arrays."""
_PAGE = 50


def _list(kind: ItemKind) -> Handler:
    def handler(request: AgentRequest) -> Response:
        search = request.query.get("search", "").lower()
        found = [_flat(kind, item) for item in request.items(kind) if search in item.name.lower()]
        if kind not in PAGED:
            return Response(200, found)
        limit, number = query_number(request.query, "limit", _PAGE), query_number(request.query, "page", 1)
        first = max(number - 1, 0) * limit
        return Response(
            200,
            {"data": found[first:][:limit], "page": number, "limit": limit, "totalCount": len(found)},
        )

    return handler


def list_connector_types(request: AgentRequest) -> Response:
    connectors = request.items(kinds.CONNECTORS)
    return Response(
        200,
        [{"name": each.name, "connectorType": each.properties["dataConnectorType"]} for each in connectors],
    )


def apply(request: AgentRequest) -> Response:
    """Create or replace what YAML documents say, all of it or nothing. Raises as the kinds do."""
    for kind, name, properties in applied_documents.read(request):
        items.put(request.azure, request.agent, kind, name, properties)
    return Response(202)


def _flat(kind: ItemKind, item: Resource) -> Json:
    properties = knowledge.without_content(item.properties) if kind is kinds.CONNECTORS else item.properties
    return {"name": item.name, **properties}


def _routes(kind: ItemKind) -> list[AgentRoute]:
    collection = f"{BASE}/{kind.data}"
    return [
        AgentRoute("GET", collection, _list(kind)),
        AgentRoute("DELETE", f"{collection}/{{}}", extended_agent.delete(kind)),
    ]


ROUTES = [
    *(route for kind in kinds.KINDS for route in _routes(kind)),
    AgentRoute("GET", f"{BASE}/dataconnectors", list_connector_types),
    AgentRoute("PUT", f"{BASE}/apply", apply),
]

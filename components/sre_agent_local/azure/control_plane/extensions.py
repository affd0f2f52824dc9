"""Sub-resources that ARM wants as base64: skills, tools and the rest; and usages.

See docs/reference/control-plane.md#sub-resources, docs/reference/control-plane.md#usages.
"""

import base64
import codecs
import json

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent, ResourceNotFound
from sre_agent_local.azure.http.json_values import Json, read_json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT, ItemKind
from sre_agent_local.azure.state.store import Resource

from . import agents
from .request import ArmRequest, ArmRoute, Handler, page

_REFUSED = (
    "Agent Extensions are not available for this tenant. This feature is restricted to internal tenants only."
)


def _put(kind: ItemKind) -> Handler:
    def handler(request: ArmRequest) -> Response:
        _check_tenant(request)
        agent = request.parent(AGENT, kind.type)
        agents.check_writable(request.azure, agent)
        spec = _decode_spec(request)
        if str(spec.get("name", request.name)).lower() != request.name.lower():
            raise InvalidRequestContent(f"the spec names '{spec['name']}', the path '{request.name}'")
        exists = items.find(request.azure, agent, kind, request.name) is not None
        item = items.put(request.azure, agent, kind, request.name, spec)
        return Response(200 if exists else 201, _item_body(item))

    return handler


def _get(kind: ItemKind) -> Handler:
    def handler(request: ArmRequest) -> Response:
        agent = request.parent(AGENT, kind.type)
        item = items.find(request.azure, agent, kind, request.name)
        if item is None or request.azure.settings.restricted_tenant:
            raise ResourceNotFound(kind.type, "/".join(request.names), request.path.group or "")
        return Response(200, _item_body(item))

    return handler


def _delete(kind: ItemKind) -> Handler:
    def handler(request: ArmRequest) -> Response:
        _check_tenant(request)
        agent = request.parent(AGENT, kind.type)
        return Response(200 if items.delete(request.azure, agent, kind, request.name) else 204)

    return handler


def _list(kind: ItemKind) -> Handler:
    def handler(request: ArmRequest) -> Response:
        agent = request.parent(AGENT, kind.type)
        if request.azure.settings.restricted_tenant:
            return page([])
        return page([_item_body(item) for item in items.list_of(request.azure, agent, kind)])

    return handler


def usages(request: ArmRequest) -> Response:
    agent = request.parent(AGENT, f"{AGENT}/usages")
    limit = agent.properties.get("monthlyAgentUnitLimit")
    return page([
        _usage("AgentUnits", "AgentUnits", "Agent Units", limit),
        _usage("Requests", "TotalRequests", "Total Requests", None),
    ])  # fmt: skip


def daily_usages(request: ArmRequest) -> Response:
    request.parent(AGENT, f"{AGENT}/dailyusages")
    return page([])


def _usage(unit: str, name: str, title: str, limit: float | None) -> Json:
    """Describe a usage; nothing is ever used here."""
    return {"unit": unit, "currentValue": 0, "limit": limit, "name": {"value": name, "localizedValue": title}}


def _check_tenant(request: ArmRequest) -> None:
    if request.azure.settings.restricted_tenant:
        raise BadRequest(_REFUSED)


def _decode_spec(request: ArmRequest) -> Json:
    """Decode the spec in the envelope; URL-safe letters, missing padding and a BOM are forgiven."""
    body = request.json()
    value = (
        (body.get("properties") or {}).get("value")
        if isinstance(body.get("properties"), dict | None)
        else None
    )
    if not isinstance(value, str) or not value:
        raise InvalidRequestContent("the member 'properties.value' is not a base64 string")
    try:
        padded = value.replace("-", "+").replace("_", "/").rstrip("=")
        content = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
        spec = read_json(content.removeprefix(codecs.BOM_UTF8))
    except ValueError as error:
        raise InvalidRequestContent("the member 'properties.value' is not base64 of UTF-8 JSON") from error
    if not isinstance(spec, dict):
        raise InvalidRequestContent("the spec in 'properties.value' is not a JSON object")
    return spec


def _item_body(item: Resource) -> Json:
    spec = json.dumps({"name": item.name, **item.properties}).encode()
    value = base64.b64encode(spec).decode()
    return {"id": item.id, "name": item.name, "type": item.type, "properties": {"value": value}}


def _routes(kind: ItemKind) -> list[ArmRoute]:
    return [
        ArmRoute("GET", f"{AGENT}/{{}}/{kind.control}", _list(kind)),
        ArmRoute("PUT", f"{AGENT}/{{}}/{kind.control}/{{}}", _put(kind)),
        ArmRoute("GET", f"{AGENT}/{{}}/{kind.control}/{{}}", _get(kind)),
        ArmRoute("DELETE", f"{AGENT}/{{}}/{kind.control}/{{}}", _delete(kind)),
    ]


ROUTES = [
    *(route for kind in kinds.KINDS if kind is not kinds.CONNECTORS for route in _routes(kind)),
    *(ArmRoute(verb, f"{AGENT}/{{}}/usages", usages) for verb in ("GET", "POST")),
    *(ArmRoute(verb, f"{AGENT}/{{}}/dailyUsages", daily_usages) for verb in ("GET", "POST")),
]

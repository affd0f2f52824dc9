"""`/api/v1/incidentPlayground`: filters as version 1 has them, their handlers, and the platform.

See docs/reference/data-plane.md#incident-filters.
"""

from sre_agent_local.azure.agent_items import incident_platform, items
from sre_agent_local.azure.agent_items.items import MalformedBody
from sre_agent_local.azure.errors import Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import INCIDENT_FILTERS, INCIDENT_HANDLER_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler

BASE = "api/v1/incidentPlayground"

_HANDLER: Json = {
    "name": "", "description": "", "incidentFilterId": "", "incidentProcessingGuide": [], "tools": [],
    "incidents": [], "customInstructions": "",
}  # fmt: skip
"""What a handler consists of, besides its id."""


def platform_type(request: AgentRequest) -> Response:
    return Response(200, {"incidentPlatformType": incident_platform.visible_platform(request.agent)})


def list_filters(request: AgentRequest) -> Response:
    return Response(200, [_filter_body(item) for item in request.items(INCIDENT_FILTERS)])


def get_filter(request: AgentRequest) -> Response:
    return Response(200, _filter_body(_find_filter(request)))


def put_filter(request: AgentRequest) -> Response:
    if items.find(request.azure, request.agent, INCIDENT_FILTERS, request.name):
        raise Conflict(f"The incident filter '{request.name}' already exists.")
    return _write_filter(request)


def post_filter(request: AgentRequest) -> Response:
    _find_filter(request)
    return _write_filter(request)


def delete_filter(request: AgentRequest) -> Response:
    request.azure.store.delete(_find_filter(request).id)
    return Response(204)


def list_handlers(request: AgentRequest) -> Response:
    return Response(200, [_handler_body(handler) for handler in request.children(INCIDENT_HANDLER_TYPE)])


def get_handler(request: AgentRequest) -> Response:
    return Response(200, _handler_body(_find_handler(request)))


def put_handler(request: AgentRequest) -> Response:
    if request.azure.store.get(request.child_id("incidentHandlers")):
        raise Conflict(f"The incident handler '{request.name}' already exists.")
    return _write_handler(request, request.child_id("incidentHandlers"))


def post_handler(request: AgentRequest) -> Response:
    return _write_handler(request, _find_handler(request).id)


def delete_handler(request: AgentRequest) -> Response:
    request.azure.store.delete(_find_handler(request).id)
    return Response(204)


def _write_filter(request: AgentRequest) -> Response:
    """Write a filter of the connected platform, which a body must not name; some builds take none at all."""
    sent = _members(request)
    if not request.azure.settings.writable_filters_v1 or "incidentPlatform" in sent:
        raise MalformedBody("the body is not a filter of version 1")
    platform = incident_platform.visible_platform(request.agent)
    if platform == incident_platform.NONE:  # refused below, in the words of version 2
        platform = incident_platform.configured(request.agent)
    properties = {member: value for member, value in sent.items() if member not in ("id", "name")}
    item = items.put(
        request.azure,
        request.agent,
        INCIDENT_FILTERS,
        request.name,
        {**properties, "incidentPlatform": platform},
    )
    return Response(200, _filter_body(item))


def _set_enabled(enabled: bool) -> Handler:
    def handler(request: AgentRequest) -> Response:
        item = _find_filter(request).with_properties(isEnabled=enabled)
        return Response(200, _filter_body(request.azure.store.put(item)))

    return handler


def _write_handler(request: AgentRequest, handler_id: str) -> Response:
    sent = _members(request)
    for member in ("incidentProcessingGuide", "tools", "incidents"):
        if not isinstance(sent.get(member, []), list | None):
            raise MalformedBody(f"the member '{member}' is not an array")
    properties = {member: sent.get(member) or empty for member, empty in _HANDLER.items()}
    return Response(200, _handler_body(request.put_child(handler_id, INCIDENT_HANDLER_TYPE, properties)))


def _find_filter(request: AgentRequest) -> Resource:
    return request.item(INCIDENT_FILTERS, "incident filter")


def _find_handler(request: AgentRequest) -> Resource:
    return request.child("incidentHandlers", "incident handler")


def _members(request: AgentRequest) -> Json:
    """Return the body; its members may begin with a capital."""
    return {f"{member[:1].lower()}{member[1:]}": value for member, value in request.json().items()}


def _filter_body(item: Resource) -> Json:
    return {"id": item.name, "name": "", **item.properties}


def _handler_body(handler: Resource) -> Json:
    return {"id": handler.name, **handler.properties}


ROUTES = [
    AgentRoute("GET", f"{BASE}/incidentPlatformType", platform_type),
    AgentRoute("GET", f"{BASE}/filters", list_filters),
    AgentRoute("GET", f"{BASE}/filters/{{}}", get_filter),
    AgentRoute("PUT", f"{BASE}/filters/{{}}", put_filter),
    AgentRoute("POST", f"{BASE}/filters/{{}}", post_filter),
    AgentRoute("DELETE", f"{BASE}/filters/{{}}", delete_filter),
    AgentRoute("POST", f"{BASE}/filters/{{}}/enable", _set_enabled(True)),
    AgentRoute("POST", f"{BASE}/filters/{{}}/disable", _set_enabled(False)),
    AgentRoute("GET", f"{BASE}/handlers", list_handlers),
    AgentRoute("GET", f"{BASE}/handlers/{{}}", get_handler),
    AgentRoute("PUT", f"{BASE}/handlers/{{}}", put_handler),
    AgentRoute("POST", f"{BASE}/handlers/{{}}", post_handler),
    AgentRoute("DELETE", f"{BASE}/handlers/{{}}", delete_handler),
    AgentRoute("GET", "api/v2/extendedAgent/incidentHandlers", list_handlers),
]

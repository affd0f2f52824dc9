"""`/api/v1/incidentPlayground`: filters as version 1 has them, their handlers, and the platform (C.9)."""

from sre_agent_local.azure.agent_items import incident_platform, items
from sre_agent_local.azure.agent_items.items import WrongShape
from sre_agent_local.azure.errors import Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import INCIDENT_FILTERS, INCIDENT_HANDLER_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, missing

BASE = "api/v1/incidentPlayground"

_HANDLER: Json = {
    "name": "", "description": "", "incidentFilterId": "", "incidentProcessingGuide": [], "tools": [],
    "incidents": [], "customInstructions": "",
}  # fmt: skip
"""What a handler consists of, besides its id."""


def platform_type(request: AgentRequest) -> Answer:
    return Answer(200, {"incidentPlatformType": incident_platform.seen(request.agent)})


def list_filters(request: AgentRequest) -> Answer:
    found = items.list_of(request.azure, request.agent, INCIDENT_FILTERS)
    return Answer(200, [_filter_shown(item) for item in found])


def put_filter(request: AgentRequest) -> Answer:
    if items.find(request.azure, request.agent, INCIDENT_FILTERS, request.name):
        raise Conflict(f"The incident filter '{request.name}' already exists.")
    return _write_filter(request)


def post_filter(request: AgentRequest) -> Answer:
    _filter(request, request.name)
    return _write_filter(request)


def enable_filter(request: AgentRequest) -> Answer:
    return _switch(request, is_enabled=True)


def disable_filter(request: AgentRequest) -> Answer:
    return _switch(request, is_enabled=False)


def delete_filter(request: AgentRequest) -> Answer:
    request.azure.store.delete(_filter(request, request.name).id)
    return Answer(204)


def list_handlers(request: AgentRequest) -> Answer:
    found = request.azure.store.of_type(INCIDENT_HANDLER_TYPE, request.agent.id)
    return Answer(200, [_handler_shown(handler) for handler in found])


def get_handler(request: AgentRequest) -> Answer:
    return Answer(200, _handler_shown(_handler(request)))


def put_handler(request: AgentRequest) -> Answer:
    if request.azure.store.get(_handler_id(request)):
        raise Conflict(f"The incident handler '{request.name}' already exists.")
    return _write_handler(request, _handler_id(request))


def post_handler(request: AgentRequest) -> Answer:
    return _write_handler(request, _handler(request).id)


def delete_handler(request: AgentRequest) -> Answer:
    request.azure.store.delete(_handler(request).id)
    return Answer(204)


def _write_filter(request: AgentRequest) -> Answer:
    """Write a filter of the connected platform, which a body must not name; some builds take none at all."""
    sent = _members(request)
    if not request.azure.switches.writable_filters_v1 or "incidentPlatform" in sent:
        raise WrongShape("the body is not a filter of version 1")
    platform = incident_platform.seen(request.agent)
    properties = {member: value for member, value in sent.items() if member not in ("id", "name")}
    made = items.put(
        request.azure,
        request.agent,
        INCIDENT_FILTERS,
        request.name,
        {**properties, "incidentPlatform": platform},
    )
    return Answer(200, _filter_shown(made))


def _switch(request: AgentRequest, *, is_enabled: bool) -> Answer:
    found = _filter(request, request.name)
    return Answer(200, _filter_shown(request.azure.store.put(found.with_properties(isEnabled=is_enabled))))


def _write_handler(request: AgentRequest, handler_id: str) -> Answer:
    sent = _members(request)
    for member in ("incidentProcessingGuide", "tools", "incidents"):
        if not isinstance(sent.get(member, []), list | None):
            raise WrongShape(f"the member '{member}' is not an array")
    properties = {member: sent.get(member) or empty for member, empty in _HANDLER.items()}
    made = Resource(handler_id, INCIDENT_HANDLER_TYPE, {"properties": properties})
    return Answer(200, _handler_shown(request.azure.store.put(made)))


def _members(request: AgentRequest) -> Json:
    """Return the body; its members may begin with a capital."""
    return {f"{member[:1].lower()}{member[1:]}": value for member, value in request.json().items()}


def _filter(request: AgentRequest, name: str) -> Resource:
    found = items.find(request.azure, request.agent, INCIDENT_FILTERS, name)
    if found is None:
        raise missing("incident filter", name)
    return found


def _handler(request: AgentRequest) -> Resource:
    found = request.azure.store.get(_handler_id(request))
    if found is None:
        raise missing("incident handler", request.name)
    return found


def _handler_id(request: AgentRequest) -> str:
    return f"{request.agent.id}/incidentHandlers/{request.name}"


def _filter_shown(item: Resource) -> Json:
    return {"id": item.name, "name": "", **item.properties}


def _handler_shown(handler: Resource) -> Json:
    return {"id": handler.name, **handler.properties}


ROUTES = [
    AgentRoute("GET", f"{BASE}/incidentPlatformType", platform_type),
    AgentRoute("GET", f"{BASE}/filters", list_filters),
    AgentRoute("PUT", f"{BASE}/filters/{{}}", put_filter),
    AgentRoute("POST", f"{BASE}/filters/{{}}", post_filter),
    AgentRoute("DELETE", f"{BASE}/filters/{{}}", delete_filter),
    AgentRoute("POST", f"{BASE}/filters/{{}}/enable", enable_filter),
    AgentRoute("POST", f"{BASE}/filters/{{}}/disable", disable_filter),
    AgentRoute("GET", f"{BASE}/handlers", list_handlers),
    AgentRoute("GET", f"{BASE}/handlers/{{}}", get_handler),
    AgentRoute("PUT", f"{BASE}/handlers/{{}}", put_handler),
    AgentRoute("POST", f"{BASE}/handlers/{{}}", post_handler),
    AgentRoute("DELETE", f"{BASE}/handlers/{{}}", delete_handler),
    AgentRoute("GET", "api/v2/extendedAgent/incidentHandlers", list_handlers),
]

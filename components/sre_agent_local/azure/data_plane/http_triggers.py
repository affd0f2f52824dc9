"""`/api/v1/httptriggers`: what HTTP triggers are; a name may be there twice, the id is the key (C.5)."""

import uuid
from typing import Any

from sre_agent_local.azure.control_plane import agents
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import HTTP_TRIGGER_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, missing

BASE = "api/v1/httptriggers"

_MEMBERS = ("name", "description", "agentPrompt", "agent", "agentMode", "threadId")


def found(request: AgentRequest) -> Resource:
    """Return the trigger that a path names. Raises NotFound."""
    trigger = request.azure.store.get(f"{request.agent.id}/httpTriggers/{request.name}")
    if trigger is None:
        raise missing("HTTP trigger", request.name)
    return trigger


def create(request: AgentRequest) -> Answer:
    made = _written(request, f"{request.agent.id}/httpTriggers/{uuid.uuid4()}", enabled=True)
    return Answer(201, _shown(request, made))


def put(request: AgentRequest) -> Answer:
    before = found(request)
    return Answer(200, _shown(request, _written(request, before.id, enabled=before.properties["enabled"])))


def get(request: AgentRequest) -> Answer:
    return Answer(200, _shown(request, found(request)))


def list_all(request: AgentRequest) -> Answer:
    """List them, without the addresses that each shows by itself."""
    triggers = request.azure.store.of_type(HTTP_TRIGGER_TYPE, request.agent.id)
    return Answer(200, [{"id": trigger.name, **trigger.properties} for trigger in triggers])


def delete(request: AgentRequest) -> Answer:
    request.azure.store.delete(found(request).id)
    return Answer(204)


def enable(request: AgentRequest) -> Answer:
    return _switched(request, enabled=True)


def disable(request: AgentRequest) -> Answer:
    return _switched(request, enabled=False)


def _switched(request: AgentRequest, *, enabled: bool) -> Answer:
    changed = found(request).with_properties(enabled=enabled)
    return Answer(200, _shown(request, request.azure.store.put(changed)))


def _written(request: AgentRequest, trigger_id: str, *, enabled: Any) -> Resource:
    body = request.json()
    for member in ("name", "agentPrompt"):
        if not isinstance(body.get(member), str) or not body[member].strip():
            raise BadRequest(f"The member '{member}' of an HTTP trigger is required.")
    properties: Json = {member: body.get(member) for member in _MEMBERS}
    properties |= {"agentMode": body.get("agentMode") or "Autonomous", "enabled": enabled}
    return request.azure.store.put(Resource(trigger_id, HTTP_TRIGGER_TYPE, {"properties": properties}))


def _shown(request: AgentRequest, trigger: Resource) -> Json:
    url = f"{agents.endpoint(request.azure, request.agent)}/{BASE}/trigger/{trigger.name}"
    return {"triggerId": trigger.name, "triggerUrl": url, **trigger.properties}


ROUTES = [
    AgentRoute("GET", BASE, list_all),
    AgentRoute("POST", f"{BASE}/create", create),
    AgentRoute("GET", f"{BASE}/{{}}", get),
    AgentRoute("PUT", f"{BASE}/{{}}", put),
    AgentRoute("DELETE", f"{BASE}/{{}}", delete),
    AgentRoute("POST", f"{BASE}/{{}}/enable", enable),
    AgentRoute("POST", f"{BASE}/{{}}/disable", disable),
]

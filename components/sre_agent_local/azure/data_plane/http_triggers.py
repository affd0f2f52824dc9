"""`/api/v1/httptriggers`: what HTTP triggers are; a name may be there twice, the id is the key.

See docs/reference/data-plane.md#http-triggers.
"""

import uuid
from typing import Any

from sre_agent_local.azure.control_plane import agents
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import HTTP_TRIGGER_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler

BASE = "api/v1/httptriggers"

_MEMBERS = ("name", "description", "agentPrompt", "agent", "agentMode", "threadId")


def find_trigger(request: AgentRequest) -> Resource:
    """Return the trigger that a path names. Raises NotFound."""
    return request.child("httpTriggers", "HTTP trigger")


def _set_enabled(enabled: bool) -> Handler:
    def handler(request: AgentRequest) -> Response:
        trigger = find_trigger(request).with_properties(enabled=enabled)
        return Response(200, _trigger_body(request, request.azure.store.put(trigger)))

    return handler


def create(request: AgentRequest) -> Response:
    """Make one, and say where it is, and no more of it."""
    trigger = _write(request, request.child_id("httpTriggers", str(uuid.uuid4())), enabled=True)
    return Response(201, {**_address(request, trigger), "message": "HTTP trigger created successfully"})


def put(request: AgentRequest) -> Response:
    before = find_trigger(request)
    return Response(
        200, _trigger_body(request, _write(request, before.id, enabled=before.properties["enabled"]))
    )


def get(request: AgentRequest) -> Response:
    return Response(200, _trigger_body(request, find_trigger(request)))


def list_all(request: AgentRequest) -> Response:
    """List them, without the addresses that each shows by itself."""
    triggers = request.children(HTTP_TRIGGER_TYPE)
    return Response(200, [{"id": trigger.name, **trigger.properties} for trigger in triggers])


def delete(request: AgentRequest) -> Response:
    request.azure.store.delete(find_trigger(request).id)
    return Response(204)


def _write(request: AgentRequest, trigger_id: str, *, enabled: Any) -> Resource:
    body = request.json()
    for member in ("name", "agentPrompt"):
        if not isinstance(body.get(member), str) or not body[member].strip():
            raise BadRequest(f"The member '{member}' of an HTTP trigger is required.")
    properties: Json = {member: body.get(member) for member in _MEMBERS}
    properties |= {"agentMode": body.get("agentMode") or "Autonomous", "enabled": enabled}
    return request.put_child(trigger_id, HTTP_TRIGGER_TYPE, properties)


def _trigger_body(request: AgentRequest, trigger: Resource) -> Json:
    return {**_address(request, trigger), **trigger.properties}


def _address(request: AgentRequest, trigger: Resource) -> Json:
    url = f"{agents.endpoint(request.base_url, request.agent)}/{BASE}/trigger/{trigger.name}"
    return {"triggerId": trigger.name, "triggerUrl": url}


ROUTES = [
    AgentRoute("GET", BASE, list_all),
    AgentRoute("POST", f"{BASE}/create", create),
    AgentRoute("GET", f"{BASE}/{{}}", get),
    AgentRoute("PUT", f"{BASE}/{{}}", put),
    AgentRoute("DELETE", f"{BASE}/{{}}", delete),
    AgentRoute("POST", f"{BASE}/{{}}/enable", _set_enabled(True)),
    AgentRoute("POST", f"{BASE}/{{}}/disable", _set_enabled(False)),
]

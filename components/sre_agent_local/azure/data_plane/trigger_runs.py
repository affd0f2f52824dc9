"""Running an HTTP trigger: by its webhook or by hand, and what became of it.

See docs/reference/data-plane.md#http-triggers.
"""

import json
import re
import uuid
from typing import Any

from sre_agent_local.azure import clock
from sre_agent_local.azure.http.json_values import Json, read_json, timestamp
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import HTTP_TRIGGER_TYPE
from sre_agent_local.azure.state.store import Resource

from .conversations import Opening, Origin, conversation, payloads, thread_log
from .http_triggers import BASE, find_trigger
from .request import AgentRequest, AgentRoute, not_found

RUN_TYPE = f"{HTTP_TRIGGER_TYPE}/executions"
_PLACEHOLDER = re.compile(r"\{payload\.([\w.-]+)\}")


def webhook(request: AgentRequest) -> Response:
    """Start a thread for what the outside sent; a trigger that is off is as good as none."""
    trigger = find_trigger(request)
    if not trigger.properties.get("enabled", True):
        raise not_found("HTTP trigger", request.name)
    return Response(202, {"message": "HTTP trigger execution initiated", **_run(request, trigger)})


def execute(request: AgentRequest) -> Response:
    """Run one by hand; the answer says the run one level deeper than the webhook's."""
    run = _run(request, find_trigger(request))
    return Response(202, {"message": "HTTP trigger execution initiated successfully", "execution": run})


def executions(request: AgentRequest) -> Response:
    """List the runs so far, latest first; their members are not published, so these are the webhook's."""
    runs = request.azure.store.of_type(RUN_TYPE, find_trigger(request).id)
    bodies = [run.document["run"] for run in runs]
    return Response(200, sorted(bodies, key=lambda run: str(run["executionTime"]), reverse=True))


def prompt(template: str, content: bytes) -> str:
    """Fill `{payload.a.b}` from a JSON body; append what no placeholder took, or a body that is not JSON."""
    try:
        payload = read_json(content) if content else None
    except ValueError:
        return f"{template}\n\n{content.decode('utf-8', 'replace')}"
    if not isinstance(payload, dict):
        return template if payload is None else f"{template}\n\n{json.dumps(payload)}"
    paths = _PLACEHOLDER.findall(template)
    text = _PLACEHOLDER.sub(lambda find_trigger: _text(_at(payload, find_trigger[1])), template)
    used = {path.split(".")[0] for path in paths}
    unused = {name: value for name, value in payload.items() if name not in used}
    return f"{text}\n\n{json.dumps(unused)}" if unused else text


def _run(request: AgentRequest, trigger: Resource) -> Json:
    text = prompt(str(trigger.properties.get("agentPrompt") or ""), request.content)
    thread = _thread(request, trigger, text)
    run: Json = {"executionTime": timestamp(clock.now()), "threadId": thread, "success": True}
    request.azure.store.put(Resource(f"{trigger.id}/executions/{uuid.uuid4()}", RUN_TYPE, {"run": run}))
    return run


def _thread(request: AgentRequest, trigger: Resource, text: str) -> str:
    """Say it in the thread that groups this trigger's runs, or in a new one; return its id. Raises Busy."""
    azure, agent, thread_id = request.azure, request.agent, trigger.properties.get("threadId")
    author, name = payloads.user("http-trigger", "HTTP Trigger"), str(trigger.properties["name"])
    origin = Origin(trigger=name, subagent=str(trigger.properties.get("agent") or "") or None)
    grouping = azure.store.get(thread_log.thread_id(agent, thread_id)) if thread_id else None
    if grouping:
        conversation.post(azure, agent, grouping, text, author, origin)
        return grouping.name
    opening = Opening(
        text=text,
        author=author,
        owner=request.caller,
        title=f"HTTP Trigger: {name}",
        origin=origin,
        members={
            "threadOrigin": "Trigger",
            "agentMode": trigger.properties.get("agentMode") or "Autonomous",
        },
    )
    return conversation.start(azure, agent, opening).name


def _at(payload: Any, path: str) -> Any:
    for part in path.split("."):
        payload = payload.get(part) if isinstance(payload, dict) else None
    return payload


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


ROUTES = [
    AgentRoute("POST", f"{BASE}/trigger/{{}}", webhook),
    AgentRoute("POST", f"{BASE}/{{}}/execute", execute),
    AgentRoute("GET", f"{BASE}/{{}}/executions", executions),
]

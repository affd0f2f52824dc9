"""`/api/v1/scheduledtasks`: the tasks of `/api/v2/extendedAgent/scheduledtasks` by id; running them (C.9).

No task runs by itself here: nothing runs in the background, so `nextExecutionTime` stays null.
"""

import time
import uuid
from dataclasses import replace

from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import SCHEDULED_TASKS
from sre_agent_local.azure.state.store import Resource

from . import conversations
from .conversations import payloads
from .request import AgentRequest, AgentRoute, missing

BASE = "api/v1/scheduledtasks"
_WRITABLE = (
    "description",
    "cronExpression",
    "agentPrompt",
    "agent",
    "agentMode",
    "maxExecutions",
    "modelTier",
)


def list_all(request: AgentRequest) -> Answer:
    return Answer(200, [_shown(task) for task in _all(request)])


def create(request: AgentRequest) -> Answer:
    """Make a task; names are not unique here, so a second one of a name is kept under its id."""
    body = request.json()
    name = body.get("name")
    for member in ("name", "cronExpression", "agentPrompt"):
        if not isinstance(body.get(member), str) or not body[member]:
            raise BadRequest(f"The member '{member}' of a scheduled task is required.")
    task_id = str(uuid.uuid4())
    taken = items.find(request.azure, request.agent, SCHEDULED_TASKS, str(name)) is not None
    key = task_id if taken else str(name)
    state = {"taskId": task_id, "title": name}
    made = items.put(request.azure, request.agent, SCHEDULED_TASKS, key, _properties(body), **state)
    return Answer(201, _shown(made))


def get(request: AgentRequest) -> Answer:
    return Answer(200, _shown(_found(request)))


def put(request: AgentRequest) -> Answer:
    """Replace what v1 knows of a task; what only v2 knows stays."""
    task, body = _found(request), request.json()
    kept = {name: value for name, value in task.properties.items() if name not in (*_WRITABLE, "agentName")}
    state = {"title": body.get("name") or _title(task)}
    written = items.put(
        request.azure, request.agent, SCHEDULED_TASKS, task.name, {**kept, **_properties(body)}, **state
    )
    return Answer(200, _shown(written))


def delete(request: AgentRequest) -> Answer:
    request.azure.store.delete(_found(request).id)
    return Answer(204)


def pause(request: AgentRequest) -> Answer:
    return _enable(request, False)


def resume(request: AgentRequest) -> Answer:
    return _enable(request, True)


def execute(request: AgentRequest) -> Answer:
    """Run a task now, paused or not, in a thread of its own."""
    task = _found(request)
    thread = conversations.start(
        request.azure,
        request.agent,
        str(task.properties.get("agentPrompt") or ""),
        author=payloads.user("scheduled-task", "Scheduled Task"),
        owner=request.caller,
        title=f"Scheduled Task: {_title(task)}",
        threadOrigin="Trigger",
        agentMode=task.properties.get("agentMode") or "Autonomous",
    )
    runs = {"lastRun": time.time(), "runs": task.state.get("runs", 0) + 1, "threadId": thread.name}
    request.azure.store.put(replace(task, state={**task.state, **runs}))
    return Answer(200, {"execution": {"success": True, "threadId": thread.name}})


def _enable(request: AgentRequest, enabled: bool) -> Answer:
    return Answer(200, _shown(request.azure.store.put(_found(request).with_properties(isEnabled=enabled))))


def _shown(task: Resource) -> Json:
    properties, state = task.properties, task.state
    return {
        "id": _task_id(task),
        "name": _title(task),
        "description": properties.get("description"),
        "status": "Active" if properties.get("isEnabled", True) else "Paused",
        "cronExpression": properties.get("cronExpression"),
        "agentPrompt": properties.get("agentPrompt"),
        "agent": properties.get("agent") or properties.get("agentName"),
        "createdBy": state.get("createdBy"),
        "createdAt": timestamp(state["createdAt"]),
        "lastExecutionTime": timestamp(state["lastRun"]) if "lastRun" in state else None,
        "nextExecutionTime": None,
        "executionCount": state.get("runs", 0),
        "maxExecutions": properties.get("maxExecutions"),
        "threadId": state.get("threadId"),
        "agentMode": properties.get("agentMode") or "Autonomous",
        "modelTier": properties.get("modelTier"),
    }


def _properties(body: Json) -> Json:
    return {name: body[name] for name in _WRITABLE if body.get(name) is not None}


def _title(task: Resource) -> str:
    return str(task.state.get("title") or task.name)


def _task_id(task: Resource) -> str:
    """Return the id that v1 knows a task by; one that v2 made has the same as long as it is there."""
    return str(task.state.get("taskId") or uuid.uuid5(uuid.NAMESPACE_URL, task.id.lower()))


def _all(request: AgentRequest) -> list[Resource]:
    return items.list_of(request.azure, request.agent, SCHEDULED_TASKS)


def _found(request: AgentRequest) -> Resource:
    task_id = request.name.lower()
    for task in _all(request):
        if _task_id(task) == task_id:
            return task
    raise missing("scheduled task", request.name)


ROUTES = [
    AgentRoute("GET", BASE, list_all),
    AgentRoute("POST", BASE, create),
    AgentRoute("GET", f"{BASE}/{{}}", get),
    AgentRoute("PUT", f"{BASE}/{{}}", put),
    AgentRoute("DELETE", f"{BASE}/{{}}", delete),
    AgentRoute("POST", f"{BASE}/{{}}/pause", pause),
    AgentRoute("POST", f"{BASE}/{{}}/resume", resume),
    AgentRoute("POST", f"{BASE}/{{}}/execute", execute),
]

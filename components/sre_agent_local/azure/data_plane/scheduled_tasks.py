"""`/api/v1/scheduledtasks`: the tasks of `/api/v2/extendedAgent/scheduledtasks` by id; running them.

Nothing runs in the background: a task runs when somebody says so, or moves the clock over its time.

See docs/reference/data-plane.md#scheduled-tasks.
"""

import uuid

from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import SCHEDULED_TASKS
from sre_agent_local.azure.state.store import Resource

from . import task_runs
from .request import AgentRequest, AgentRoute, Handler, not_found

BASE = "api/v1/scheduledtasks"
_WRITABLE = (
    "description",
    "cronExpression",
    "timeZone",
    "agentPrompt",
    "agent",
    "agentMode",
    "maxExecutions",
    "modelTier",
)


def list_all(request: AgentRequest) -> Response:
    return Response(200, [_task_body(task) for task in request.items(SCHEDULED_TASKS)])


def create(request: AgentRequest) -> Response:
    """Make a task; names are not unique here, so a second one of a name is kept under its id."""
    body = request.json()
    name = body.get("name")
    for member in ("name", "cronExpression", "agentPrompt"):
        if not isinstance(body.get(member), str) or not body[member]:
            raise BadRequest(f"The member '{member}' of a scheduled task is required.")
    task_id = str(uuid.uuid4())
    is_taken = items.find(request.azure, request.agent, SCHEDULED_TASKS, str(name)) is not None
    key = task_id if is_taken else str(name)
    state = {"taskId": task_id, "title": name}
    task = items.put(request.azure, request.agent, SCHEDULED_TASKS, key, _properties(body), **state)
    return Response(201, _task_body(task))


def get(request: AgentRequest) -> Response:
    return Response(200, _task_body(_find_task(request)))


def put(request: AgentRequest) -> Response:
    """Replace what v1 knows of a task; what only v2 knows stays."""
    task, body = _find_task(request), request.json()
    other_properties = {
        name: value for name, value in task.properties.items() if name not in (*_WRITABLE, "agentName")
    }
    state = {"title": body.get("name") or task_runs.title(task)}
    updated = items.put(
        request.azure,
        request.agent,
        SCHEDULED_TASKS,
        task.name,
        {**other_properties, **_properties(body)},
        **state,
    )
    return Response(200, _task_body(updated))


def delete(request: AgentRequest) -> Response:
    request.azure.store.delete(_find_task(request).id)
    return Response(204)


def execute(request: AgentRequest) -> Response:
    """Run a task now, paused or not, in a thread of its own."""
    thread = task_runs.run(request.azure, request.agent, _find_task(request), request.caller)
    return Response(200, {"execution": {"success": True, "threadId": thread.name}})


def _set_enabled(enabled: bool) -> Handler:
    def handler(request: AgentRequest) -> Response:
        task = _find_task(request).with_properties(isEnabled=enabled)
        return Response(200, _task_body(request.azure.store.put(task)))

    return handler


def _task_body(task: Resource) -> Json:
    properties, state, next_due = task.properties, task.state, task_runs.next_due(task)
    return {
        "id": _task_id(task),
        "name": task_runs.title(task),
        "description": properties.get("description"),
        "status": "Active" if properties.get("isEnabled", True) else "Paused",
        "cronExpression": properties.get("cronExpression"),
        "timeZone": properties.get("timeZone"),
        "agentPrompt": properties.get("agentPrompt"),
        "agent": task_runs.subagent(task),
        "createdBy": state.get("createdBy"),
        "createdAt": timestamp(state["createdAt"]),
        "lastExecutionTime": timestamp(state["lastRun"]) if "lastRun" in state else None,
        "nextExecutionTime": None if next_due is None else timestamp(next_due),
        "executionCount": state.get("runs", 0),
        "maxExecutions": properties.get("maxExecutions"),
        "threadId": state.get("threadId"),
        "agentMode": properties.get("agentMode") or "Autonomous",
        "modelTier": properties.get("modelTier"),
    }


def _properties(body: Json) -> Json:
    return {name: body[name] for name in _WRITABLE if body.get(name) is not None}


def _task_id(task: Resource) -> str:
    """Return the id that v1 knows a task by; one that v2 made has the same as long as it is there."""
    return str(task.state.get("taskId") or uuid.uuid5(uuid.NAMESPACE_URL, task.id.lower()))


def _find_task(request: AgentRequest) -> Resource:
    task_id = request.name.lower()
    for task in request.items(SCHEDULED_TASKS):
        if _task_id(task) == task_id:
            return task
    raise not_found("scheduled task", request.name)


ROUTES = [
    AgentRoute("GET", BASE, list_all),
    AgentRoute("POST", BASE, create),
    AgentRoute("GET", f"{BASE}/{{}}", get),
    AgentRoute("PUT", f"{BASE}/{{}}", put),
    AgentRoute("DELETE", f"{BASE}/{{}}", delete),
    AgentRoute("POST", f"{BASE}/{{}}/pause", _set_enabled(False)),
    AgentRoute("POST", f"{BASE}/{{}}/resume", _set_enabled(True)),
    AgentRoute("POST", f"{BASE}/{{}}/execute", execute),
]

"""Running a scheduled task: by hand, or when the clock is moved over a time at which it is due.

See docs/reference/data-plane.md#scheduled-tasks.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from heapq import merge
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from sre_agent_local.azure import clock
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import AzureError
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.kinds import AGENT, SCHEDULED_TASKS
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import conversations
from .conversations import conversation, payloads

MOST_RUNS = 100
"""Of all tasks together, for one move of the clock."""


def run(azure: AzureState, agent: Resource, task: Resource, owner: str) -> Resource:
    """Run a task now, paused or not, in a thread of its own, and return that. Raises Busy."""
    opening = conversations.Opening(
        text=str(task.properties.get("agentPrompt") or ""),
        author=payloads.user("scheduled-task", "Scheduled Task"),
        owner=owner,
        title=f"Scheduled Task: {title(task)}",
        origin=conversations.Origin(task=title(task), subagent=subagent(task)),
        members={"threadOrigin": "Trigger", "agentMode": task.properties.get("agentMode") or "Autonomous"},
    )
    thread = conversations.start(azure, agent, opening)
    runs = {"lastRun": clock.now(), "runs": task.state.get("runs", 0) + 1, "threadId": thread.name}
    azure.store.put(replace(task, state={**task.state, **runs}))
    return thread


def advance(azure: AzureState, seconds: float) -> tuple[list[Json], bool]:
    """Move the clock forward, running what falls due on the way, each at its time.

    Return the runs, and whether more were due than `MOST_RUNS`, which are left out.
    """
    began, moved = clock.now(), clock.moved()
    due = merge(*(_due(agent, task, began, began + seconds) for agent, task in _tasks(azure)))
    runs = []
    for at, agent, task_id in islice(due, MOST_RUNS):
        azure.move_clock(moved + at - began)
        azure.operations.settle()
        with azure.store.atomic():
            runs.append({"at": timestamp(at), "agent": agent, **_try(azure, agent, task_id)})
    azure.move_clock(moved + seconds)
    return runs, next(due, None) is not None


def next_due(task: Resource) -> float | None:
    """Return when a task that is on runs next, if the clock is moved there."""
    if not task.properties.get("isEnabled", True) or _runs_left(task) == 0:
        return None
    return next(_times(task, clock.now()), None)


def title(task: Resource) -> str:
    return str(task.state.get("title") or task.name)


def subagent(task: Resource) -> str | None:
    return str(task.properties.get("agent") or task.properties.get("agentName") or "") or None


def _try(azure: AzureState, agent_id: str, task_id: str) -> Json:
    agent, task = azure.store.get(agent_id), azure.store.get(task_id)
    assert agent, "nothing deletes an agent while the clock is moved"  # noqa: S101
    assert task, "nothing deletes a task while the clock is moved"  # noqa: S101
    try:
        thread = run(azure, agent, task, conversation.EVERYBODY).name
    except AzureError as error:  # as where the script has the agent busy
        return {"task": title(task), "thread": None, "error": error.message}
    return {"task": title(task), "thread": thread, "error": None}


def _tasks(azure: AzureState) -> list[tuple[Resource, Resource]]:
    """Return the tasks that are on, of the agents that run."""
    return [
        (agent, task)
        for agent in azure.store.of_type(AGENT)
        if agent.state["readyAt"] and agent.state["power"] == "Running"
        for task in items.list_of(azure, agent, SCHEDULED_TASKS)
        if task.properties.get("isEnabled", True)
    ]


def _due(agent: Resource, task: Resource, since: float, until: float) -> Iterator[tuple[float, str, str]]:
    """Yield when a task is due, as often as it may still run, with the ids of the agent and of the task."""
    times = takewhile(lambda at: at <= until, _times(task, since))
    return ((at, agent.id, task.id) for at in islice(times, _runs_left(task)))


def _times(task: Resource, since: float) -> Iterator[float]:
    """Yield when a task is due, in order; nothing for an expression that is none."""
    zone = ZoneInfo(task.properties.get("timeZone") or "UTC")
    began = datetime.fromtimestamp(since, UTC).astimezone(zone)
    try:
        for time in CronSim(str(task.properties.get("cronExpression")), began):
            yield time.timestamp()
    except CronSimError:
        return


def _runs_left(task: Resource) -> int | None:
    """Return how often a task may still run; None: always."""
    most = task.properties.get("maxExecutions")
    return max(int(most) - int(task.state.get("runs", 0)), 0) if most else None

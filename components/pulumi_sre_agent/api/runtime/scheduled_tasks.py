"""Scheduled tasks by id: pausing and running them; what they are is a kind of resource.

See docs/reference/data-plane.md#scheduled-tasks.
"""

from collections.abc import Iterator

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.errors import ConfigError, NotFound, Unavailable
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.planes.data_plane import DataPlane

PATH = "/api/v1/scheduledtasks"


class ScheduledTask(Body):
    id: str
    name: str | None = None
    description: str | None = None
    status: str | None = None
    """`Active`, `Paused`, `Failed` after three failures in a row."""
    cron_expression: str | None = None
    time_zone: str | None = None
    """IANA name; None for UTC."""
    agent_prompt: str | None = None
    agent: str | None = None
    last_execution_time: str | None = None
    next_execution_time: str | None = None
    execution_count: int | None = None
    max_executions: int | None = None
    thread_id: str | None = None


class ScheduledTasks:
    """The scheduled tasks of one agent. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def list(self) -> Iterator[ScheduledTask]:
        return map(ScheduledTask.read, self._data.list(PATH))

    def named(self, name: str) -> ScheduledTask:
        """Return the one task of a name, whose id the other calls take.

        Raises `NotFound` without one, and `ConfigError` for several: their names need not differ.
        """
        matches = [task for task in self.list() if task.name == name]
        if not matches:
            raise NotFound(f"There is no scheduled task named {name!r}.", status=404)
        if len(matches) > 1:
            ids = ", ".join(task.id for task in matches)
            raise ConfigError(f"{len(matches)} scheduled tasks are named {name!r}: say which by id: {ids}.")
        return matches[0]

    def pause(self, task_id: str) -> None:
        self._data.post(f"{PATH}/{segment(task_id)}/pause", {})

    def resume(self, task_id: str) -> None:
        self._data.post(f"{PATH}/{segment(task_id)}/resume", {})

    def execute(self, task_id: str) -> str:
        """Run a task now; return the id of the thread in which it runs."""
        reply = self._data.post(f"{PATH}/{segment(task_id)}/execute", {}) or {}
        execution = reply.get("execution") or {}
        if not execution.get("success") or not execution.get("threadId"):
            raise Unavailable(f"The scheduled task {task_id} did not start.")
        return str(execution["threadId"])

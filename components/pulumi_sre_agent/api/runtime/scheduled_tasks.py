"""Scheduled tasks by name or id: pausing and running them; what they are is a kind of resource.

See docs/reference/data-plane.md#scheduled-tasks.
"""

from collections.abc import Iterator

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.runtime.selection import select

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

    def get(self, name_or_id: str) -> ScheduledTask:
        """Return one task. Raises `NotFound`, and `ConfigError` for a name that several have."""
        return select(self.list(), name_or_id, "scheduled task")

    def pause(self, task: ScheduledTask | str) -> None:
        """Pause a task, by name, id or itself. Raises as `get`."""
        self._data.post(f"{self._at(task)}/pause", {})

    def resume(self, task: ScheduledTask | str) -> None:
        self._data.post(f"{self._at(task)}/resume", {})

    def execute(self, task: ScheduledTask | str) -> str:
        """Run a task now; return the id of the thread in which it runs."""
        reply = self._data.post(f"{self._at(task)}/execute", {}) or {}
        execution = reply.get("execution") or {}
        if not execution.get("success") or not execution.get("threadId"):
            title = task if isinstance(task, str) else task.name or task.id
            raise Unavailable(f"The scheduled task {title} did not start.")
        return str(execution["threadId"])

    def _at(self, task: ScheduledTask | str) -> str:
        return f"{PATH}/{segment((self.get(task) if isinstance(task, str) else task).id)}"

"""Running HTTP triggers; what they are is a kind of resource of its own.

See docs/reference/data-plane.md#http-triggers.
"""

from collections.abc import Iterator
from typing import Any

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import HTTP_TRIGGER, Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane

PATH = str(HTTP_TRIGGER.data)


class Run(Body):
    """A run that began."""

    thread_id: str | None = None
    execution_time: str | None = None
    success: bool | None = None
    message: str | None = None


class Triggers:
    """The HTTP triggers of one agent. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def execute(self, trigger_id: str, payload: Any = None) -> Run:
        """Run a trigger by hand, also one that is off. `payload`: any JSON; None for none."""
        return _run(self._data.post(f"{PATH}/{segment(trigger_id)}/execute", payload))

    def call(self, trigger_id: str, payload: Any = None) -> Run:
        """Run a trigger as the outside does, by its webhook, with a token.

        Raises `NotFound` for a trigger that is off, too.

        See docs/reference/assumptions.md#webhook-authentication.
        """
        return _run(self._data.post(f"{PATH}/trigger/{segment(trigger_id)}", payload))

    def executions(self, trigger_id: str) -> Iterator[Json]:
        """Yield the runs so far; their members are not published."""
        return self._data.list(f"{PATH}/{segment(trigger_id)}/executions")


def _run(reply: Json | None) -> Run:
    """Read a run, which `execute` says in `execution` and the webhook beside its message."""
    reply = reply or {}
    execution = reply.get("execution")
    return Run.read({**reply, **(execution if isinstance(execution, dict) else {})})

"""HTTP triggers by name or id: running them; what they are is a kind of resource of its own.

See docs/reference/data-plane.md#http-triggers.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices, Field

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import HTTP_TRIGGER, Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.runtime.selection import select

PATH = str(HTTP_TRIGGER.data)


class Trigger(Body):
    """An HTTP trigger, as it is listed."""

    id: str = Field(validation_alias=AliasChoices("triggerId", "id"))
    name: str | None = None
    description: str | None = None
    agent_prompt: str | None = None
    agent: str | None = None
    """The subagent that runs it; None for the agent itself."""
    agent_mode: str | None = None
    is_enabled: bool | None = Field(default=None, validation_alias=AliasChoices("isEnabled", "enabled"))
    trigger_url: str | None = None
    """What the outside calls; a list leaves it out, `get` says it."""


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

    def list(self) -> Iterator[Trigger]:
        return map(Trigger.read, self._data.list(PATH))

    def get(self, name_or_id: str) -> Trigger:
        """Return one trigger. Raises `NotFound`, and `ConfigError` for a name that several have."""
        return Trigger.read(self._data.get(self._at(name_or_id)))

    def execute(self, trigger: Trigger | str, payload: Any = None) -> Run:
        """Run a trigger by hand, also one that is off: by name, id or itself. Raises as `get`.

        `payload`: any JSON; None for none.
        """
        return _run(self._data.post(f"{self._at(trigger)}/execute", payload))

    def call(self, trigger: Trigger | str, payload: Any = None) -> Run:
        """Run a trigger as the outside does, by its webhook, with a token.

        Raises `NotFound` for a trigger that is off, too.

        See docs/reference/assumptions.md#webhook-authentication.
        """
        return _run(self._data.post(f"{PATH}/trigger/{segment(self._id(trigger))}", payload))

    def executions(self, trigger: Trigger | str) -> Iterator[Json]:
        """Yield the runs so far; their members are not published."""
        return self._data.list(f"{self._at(trigger)}/executions")

    def _at(self, trigger: Trigger | str) -> str:
        return f"{PATH}/{segment(self._id(trigger))}"

    def _id(self, trigger: Trigger | str) -> str:
        return (select(self.list(), trigger, "HTTP trigger") if isinstance(trigger, str) else trigger).id


def _run(reply: Json | None) -> Run:
    """Read a run, which `execute` says in `execution` and the webhook beside its message."""
    reply = reply or {}
    execution = reply.get("execution")
    return Run.read({**reply, **(execution if isinstance(execution, dict) else {})})

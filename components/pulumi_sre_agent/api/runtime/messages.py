"""What is in a thread: messages, and what each of them is about.

See docs/reference/run-time.md#threads.
"""

from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import Json


class Author(Body):
    role: str | None = None
    """`User`, or `SREAgent`."""
    user_id: str | None = None
    display_name: str | None = None

    @property
    def is_user(self) -> bool:
        return (self.role or "").lower() == "user"


class Execution(Body):
    """A command of the agent's: proposed, waiting, running or over."""

    id: str
    command: str | None = None
    description: str | None = None
    status: str | None = None
    """`Pending`, `PendingAuthorization`, `Running`, `Completed`, `Failed`, `Cancelled`."""
    output: Any = None
    error: Any = None
    required_scopes: list[str] | None = None
    """What whoever lends permissions must lend them for, in `PendingAuthorization`."""
    created_timestamp: str | None = None
    executed_by: Author | None = None
    expired_by_timeout: bool | None = None


class ApprovalCard(Body):
    """What a policy of the agent asks: whether a tool may run."""

    id: str
    title: str | None = None
    description: str | None = None
    status: str | None = None
    command: str | None = None


class TerminalResult(Body):
    """What a shell of the agent's has run."""

    command: str | None = None
    output: Any = None


class Message(Body):
    """One message; what it is about is in the one slot that is not None."""

    id: str
    time_stamp: str | None = None
    author: Author | None = None
    text: str | None = None
    message_type: str | None = None
    """None for an answer; `Reasoning`, `UserQuestion`, `Approval`."""
    is_complete: bool | None = None
    approval: ApprovalCard | None = None
    az_cli_execution: Execution | None = None
    kubectl_execution: Execution | None = None
    psql_execution: Execution | None = None
    terminal_result: TerminalResult | None = None

    @property
    def is_from_user(self) -> bool:
        return self.author is not None and self.author.is_user

    @property
    def executions(self) -> "tuple[Execution | None, Execution | None, Execution | None]":
        """The commands of the Azure CLI, `kubectl` and `psql` that it shows: one of them, or none."""
        return self.az_cli_execution, self.kubectl_execution, self.psql_execution


class Thread(Body):
    id: str
    title: str | None = None
    created_timestamp: str | None = None
    modified_timestamp: str | None = None
    agent_mode: str | None = None
    source: str | None = None
    last_message: Message | None = None
    incident_details: Json | None = None

    @property
    def incident(self) -> str | None:
        """Priority and status of its incident, such as `Sev1 acknowledged`; None for a thread without one."""
        details = self.incident_details or {}
        said = [details.get(name) for name in ("incidentPriority", "incidentStatus")]
        return " ".join(str(each) for each in said if each) or None

    @property
    def response_plan(self) -> str | None:
        """The plan that took its incident, where the service tells.

        See docs/reference/run-time.md#incidents.
        """
        details = self.incident_details or {}
        return details.get("filterId") or details.get("handlerId") or None


@dataclass(frozen=True)
class Conversation:
    """What was said in a thread so far, oldest first."""

    messages: list[Message]
    state: str | None
    """`Idle` when no turn runs; None where the service does not tell."""


class Insight(Body):
    id: str
    thread_id: str | None = None
    title: str | None = None
    generated_timestamp: str | None = None
    insight_markdown: str | None = None


class Attention(Body):
    """Something in a thread that waits for a person."""

    thread_id: str
    title: str | None = None
    pending_on: str | None = None
    pending_since: str | None = None
    execution_id: str | None = None
    execution_type: str | None = None


class ThreadHook(Body):
    """A hook of the agent, as it stands in one thread."""

    name: str
    event_type: str | None = None
    activation_mode: str | None = None
    description: str | None = None
    is_active: bool | None = None
    is_system_hook: bool | None = None
    can_modify: bool | None = None

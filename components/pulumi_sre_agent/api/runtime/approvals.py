"""Approvals: what the agent wants to do and may not yet, by each of the three routes.

See docs/reference/run-time.md#approvals, docs/reference/assumptions.md#approval-routes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.errors import ApiError, NotFound
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.runtime.messages import ApprovalCard, Execution, Message
from pulumi_sre_agent.api.runtime.threads import Threads

Slot = Literal["azCliExecution", "kubectlExecution", "psqlExecution"]
"""The kind of a command, which its route is called by; only the first is seen live, the others are likely."""
SLOTS: tuple[Slot, ...] = get_args(Slot)

PENDING = "Pending"
NEEDS_PERMISSIONS = "PendingAuthorization"
OVER = frozenset({"completed", "failed", "cancelled"})
"""How a command ends; another one goes on, or waits."""


@dataclass(frozen=True)
class Waiting:
    """A command that waits for a word, and where it waits."""

    thread_id: str
    slot: Slot
    execution: Execution

    @property
    def id(self) -> str:
        return self.execution.id

    @property
    def needs_permissions(self) -> bool:
        """Whether it was approved already, and someone has to lend the permissions that the agent lacks."""
        return self.execution.status == NEEDS_PERMISSIONS


@dataclass(frozen=True)
class PolicyRequest:
    """A tool that a policy of the agent holds back until somebody says yes, and where it waits."""

    thread_id: str
    message: Message
    card: ApprovalCard

    @property
    def id(self) -> str:
        return self.card.id


class Approvals:
    """What waits in the threads of one agent. Errors are those of the data plane.

    Approving takes the role SRE Agent Administrator on the agent.

    See docs/reference/control-plane.md#roles-on-an-agent.
    """

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def list(self, thread_id: str | None = None) -> Iterator[Waiting]:
        """Yield the commands that wait, in one thread or in all; each is in a message of its thread."""
        return (
            waiting for thread, message in self._messages(thread_id) for waiting in _waiting(thread, message)
        )

    def get(self, execution_id: str) -> Waiting:
        """Return one that waits, in whichever thread. Raises `NotFound` where it waits no more."""
        for waiting in self.list():
            if waiting.id == execution_id:
                return waiting
        raise NotFound(f"No command {execution_id!r} waits for approval.", status=404)

    def cards(self, thread_id: str | None = None) -> Iterator[Message]:
        """Yield the messages in which a policy asks; `decide` or `approve` answers them by `approval.id`."""
        for _, message in self._messages(thread_id):
            if message.approval and message.approval.status == PENDING:
                yield message

    def pending(self, thread_id: str | None = None) -> Iterator[Waiting | PolicyRequest]:
        """Yield all that waits, as `list` and `cards` do, by reading each thread once."""
        for thread, message in self._messages(thread_id):
            yield from _waiting(thread, message)
            if message.approval and message.approval.status == PENDING:
                yield PolicyRequest(thread, message, message.approval)

    def from_service(self, thread_id: str) -> Iterator[Json]:
        """Yield what the service itself lists; nothing, in every published observation."""
        return self._data.list(f"/api/v1/approvals/{segment(thread_id)}")

    def run(self, waiting: Waiting, *, user: str, scopes: Sequence[str] = ()) -> Execution:
        """Approve; return the execution as it is then.

        In `PendingAuthorization` the agent's identity lacks permissions: a second call lends the caller's
        own, with the execution's `required_scopes` as `scopes`. `user`: how the approver is shown.
        """
        headers = {"x-sreagent-obo-scope": ",".join(scopes)} if scopes else None
        return self._act(waiting, "run", user, headers)

    def cancel(self, waiting: Waiting, *, user: str) -> Execution:
        return self._act(waiting, "cancel", user, None)

    def reject(self, pending: Waiting | PolicyRequest, *, user: str, reason: str = "") -> None:
        """Turn down what waits, by the route of its kind; that of commands has no place for a reason."""
        if isinstance(pending, Waiting):
            self.cancel(pending, user=user)
        else:
            self.decide(pending.thread_id, pending.id, approve=False, reason=reason)

    def approve_and_wait(self, waiting: Waiting, *, user: str, lend: bool = False) -> Execution:
        """Approve, lend the caller's own permissions if `lend` and they are needed, and wait for the end.

        Without `lend`, an execution may come back in `PendingAuthorization`. Raises as `wait`.
        """
        execution = waiting.execution if waiting.needs_permissions else self.run(waiting, user=user)
        if execution.status == NEEDS_PERMISSIONS:
            if not lend:
                return execution
            execution = self.run(waiting, user=user, scopes=execution.required_scopes or ())
        if execution.status == NEEDS_PERMISSIONS:
            return execution
        return self.wait(waiting)

    def status(self, waiting: Waiting) -> Execution:
        return Execution.read(self._data.get(f"{_at(waiting)}/status"))

    def wait(self, waiting: Waiting) -> Execution:
        """Wait until a command has ended, well or not. Raises `Unavailable` after 90 seconds."""

        def attempt() -> Execution:
            execution = self.status(waiting)
            if (execution.status or "").lower() not in OVER:
                raise StillPending(execution.status or "without a status")
            return execution

        return poll(
            attempt,
            what=f"{waiting.execution.command or waiting.execution.id}",
            deadline=limits.EXECUTION_DEADLINE,
            clock=self._data.clock,
            longest=limits.EXECUTION_POLL,
        )

    def decide(self, thread_id: str, approval_id: str, *, approve: bool, reason: str = "") -> None:
        """Answer by the documented route, whose body is not published: this is one author's."""
        decision = {"decision": "Approved" if approve else "Rejected"}
        path = f"/api/v1/approvals/{segment(thread_id)}/{segment(approval_id)}/decision"
        self._data.post(path, decision | ({"reason": reason} if reason else {}))

    def approve(self, approval_id: str, *, user: str) -> None:
        """Approve by the route of Microsoft's own client, which needs no thread."""
        self._data.post(f"/api/v1/approvals/{segment(approval_id)}/approve", {"user": user})

    def _messages(self, thread_id: str | None) -> Iterator[tuple[str, Message]]:
        threads = Threads(self._data)
        for thread in [thread_id] if thread_id else self._threads(threads):
            for message in threads.messages(thread).messages:
                yield thread, message

    def _threads(self, threads: Threads) -> Iterable[str]:
        """Return the threads in which something waits; all of them where the service does not tell.

        See docs/reference/run-time.md#approvals.
        """
        try:
            return dict.fromkeys(waiting.thread_id for waiting in threads.needs_attention())
        except ApiError as refused:
            if refused.status not in {404, 405}:
                raise
        return (thread.id for thread in threads.list())

    def _act(self, waiting: Waiting, action: str, user: str, headers: dict[str, str] | None) -> Execution:
        body = {"action": action, "user": user, "ApproveScope": "none"}
        return Execution.read(self._data.post(f"{_at(waiting)}/action", body, headers=headers))


def _waiting(thread_id: str, message: Message) -> Iterator[Waiting]:
    for slot, execution in zip(SLOTS, message.executions, strict=True):
        if execution and execution.status in {PENDING, NEEDS_PERMISSIONS}:
            yield Waiting(thread_id, slot, execution)


def _at(waiting: Waiting) -> str:
    return f"/api/v1/{waiting.slot}/{segment(waiting.thread_id)}/{segment(waiting.execution.id)}"

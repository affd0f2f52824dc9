"""Deciding, and saying what came of it."""

import json
from typing import TYPE_CHECKING

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.approval.deciding import AGENT_FAILED, WAITS, keep
from pulumi_sre_agent.cli.approval.item import Item

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.approvals import Waiting
    from pulumi_sre_agent.api.runtime.messages import Execution


def approve(agent: "AgentClient", item: Item, user: str, reason: str | None) -> int:
    """Approve, keep that, wait for a command's end, and print it; return the exit code."""
    from pulumi_sre_agent.api.runtime.approvals import PolicyRequest  # noqa: PLC0415 - --help stays quick

    if isinstance(item.pending, PolicyRequest):
        if reason:
            agent.approvals.decide(item.thread_id, item.id, approve=True, reason=reason)
        else:
            agent.approvals.approve(item.id, user=user)
        keep(agent, item, "approved", user, reason)
        terminal.result(f"Approved: {item.command}")
        return 0
    execution = agent.approvals.run(item.pending, user=user)
    keep(agent, item, "approved", user, reason)
    return _end(agent, item.pending, execution)


def lend(agent: "AgentClient", item: Item, user: str, reason: str | None) -> int:
    """Lend the caller's permissions, keep that, wait for the end, and print it; return the exit code."""
    from pulumi_sre_agent.api.runtime.approvals import Waiting  # noqa: PLC0415 - --help stays quick

    assert isinstance(item.pending, Waiting)  # noqa: S101 - only a command needs permissions
    execution = agent.approvals.run(item.pending, user=user, scopes=item.scopes)
    keep(agent, item, "lent", user, reason)
    return _end(agent, item.pending, execution)


def reject(agent: "AgentClient", item: Item, user: str, reason: str | None) -> None:
    """Reject, keep that, and say so."""
    agent.approvals.reject(item.pending, user=user, reason=reason or "")
    keep(agent, item, "rejected", user, reason)
    terminal.result(f"Rejected: {item.command}")


def _end(agent: "AgentClient", waiting: "Waiting", execution: "Execution") -> int:
    """Wait for a command's end, unless permissions are lacking; print it, and return the exit code."""
    lacks_permissions = execution.status == "PendingAuthorization"
    if not lacks_permissions:
        execution = agent.approvals.wait(waiting)
    terminal.result(f"{execution.status}: {waiting.execution.command}")
    for value in (execution.output, execution.error):
        if value:
            terminal.result(value if isinstance(value, str) else json.dumps(value, indent=2))
    if lacks_permissions:
        terminal.note(
            "The agent's identity may not run it. Lend it your permissions: "
            f"`sre-agent approval lend {waiting.id}`"
        )
        return WAITS
    return 0 if (execution.status or "").lower() == "completed" else AGENT_FAILED

"""What waits for a word, as commands show it and decide about it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_sre_agent.cli import ages, completion
from pulumi_sre_agent.cli.approval.risk import Risk, risk_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import TypeIs

    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.approvals import PolicyRequest, Waiting

SHORT = 8
"""Characters of an id in a table."""
KINDS = {"azCliExecution": "az", "kubectlExecution": "kubectl", "psqlExecution": "psql"}


@dataclass(frozen=True)
class Item:
    """A command or a policy's request that waits."""

    pending: "Waiting | PolicyRequest"

    @property
    def id(self) -> str:
        return self.pending.id

    @property
    def thread_id(self) -> str:
        return self.pending.thread_id

    @property
    def kind(self) -> str:
        """`az`, `kubectl` or `psql` for a command, `policy` for what a policy asks."""
        return KINDS[self.pending.slot] if _is_command(self.pending) else "policy"

    @property
    def command(self) -> str:
        """What would run, to the letter."""
        if _is_command(self.pending):
            return self.pending.execution.command or ""
        return self.pending.card.command or self.pending.card.title or ""

    @property
    def description(self) -> str:
        if _is_command(self.pending):
            return self.pending.execution.description or ""
        return self.pending.card.description or ""

    @property
    def since(self) -> str | None:
        if _is_command(self.pending):
            return self.pending.execution.created_timestamp
        return self.pending.message.time_stamp

    @property
    def needs_permissions(self) -> bool:
        """Whether it is approved, and somebody has to lend permissions."""
        return _is_command(self.pending) and self.pending.needs_permissions

    @property
    def scopes(self) -> list[str]:
        """For what permissions are to be lent."""
        return (self.pending.execution.required_scopes or []) if _is_command(self.pending) else []

    @property
    def risk(self) -> Risk:
        return risk_of(self.command)

    @property
    def digest(self) -> str:
        """SHA-256 of the command: what somebody has seen is what runs."""
        import hashlib  # noqa: PLC0415 - --help stays quick

        return hashlib.sha256(self.command.encode()).hexdigest()

    def json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "id": self.id,
            "threadId": self.thread_id,
            "kind": self.kind,
            "command": self.command,
            "commandSha256": self.digest,
            "description": self.description,
            "since": self.since,
            "needsPermissions": self.needs_permissions,
            "requiredScopes": self.scopes,
            "risk": self.risk.level,
        }

    def rows(self, agent: str, acts: str) -> list[tuple[str, str]]:
        """Return what whoever decides has to know, but for the command itself."""
        rows = [
            ("approval", self.id),
            ("thread", self.thread_id),
            ("agent", agent),
            ("asks to", self.description),
            ("acts", acts),
            ("scopes", ", ".join(self.scopes)),
            ("risk", self.risk.text),
            ("waits", ages.age(self.since)),
        ]
        return [row for row in rows if row[1]]


def _is_command(pending: "Waiting | PolicyRequest") -> "TypeIs[Waiting]":
    return hasattr(pending, "execution")


def _offer(agent: "AgentClient") -> "Iterator[tuple[str, str]]":
    for each in map(Item, agent.approvals.pending()):
        yield each.id, each.command


ApprovalId = Annotated[
    str,
    typer.Argument(
        metavar="APPROVAL",
        help="Its id, or how that begins.",
        show_default=False,
        autocompletion=completion.of_agent(_offer),
    ),
]

"""What the commands that decide share: whom they mean, what they show, and what they keep of a decision."""

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import own_files, terminal
from pulumi_sre_agent.cli.approval.item import Item

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient

JOURNAL = "decisions.jsonl"
WAITS = 4
"""Exit code where an approval, or somebody's permissions, are waited for."""
AGENT_FAILED = 5
"""Exit code where the agent, or its command, failed."""
CODES = "4 permissions are lacking · 5 the command failed"
Reason = Annotated[
    str | None, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept with the decision.")
]
User = Annotated[
    str | None,
    typer.Option(
        "--user", metavar="NAME", help="Who decides, as the thread shows it. Default: your user name here."
    ),
]
Expected = Annotated[
    str | None,
    typer.Option(
        "--expect", metavar="SHA256", help="The `commandSha256` of the list that was decided about."
    ),
]


class AlreadyDecided(ConfigError):
    """Somebody else was quicker."""


def find(agent: "AgentClient", beginning: str) -> Item:
    """Return what waits under an id. Raises NotFound, ConfigError for several."""
    from pulumi_sre_agent.api.runtime.selection import select_by_beginning  # noqa: PLC0415 - --help stays quick

    return select_by_beginning(map(Item, agent.approvals.pending()), beginning, "approval that waits")


def who_acts(agent: "AgentClient", item: Item, user: str) -> str:
    """Say whose permissions a command would run with."""
    if item.needs_permissions:
        return f"you ({user}), who lend the agent your permissions"
    identity = agent.get().identity_name
    return f"the agent's identity{f' {identity}' if identity else ''}"


def show(agent: "AgentClient", items: Sequence[Item], user: str) -> None:
    """Print on stderr what is about to be decided, each command to the letter."""
    from pulumi_sre_agent.cli.target import describe  # noqa: PLC0415 - it is on its way when this is called

    for item in items:
        for name, value in item.rows(describe(agent.id), who_acts(agent, item, user)):
            terminal.say(f"  {name:<9} {value}")
        terminal.say("\n" + "\n".join(f"    {line}" for line in item.command.splitlines()) + "\n")


def check_unchanged(agent: "AgentClient", item: Item) -> Item:
    """Return an item as it is at this moment. Raises ConfigError where it is another, AlreadyDecided."""
    now = next(
        (each for each in map(Item, agent.approvals.pending(item.thread_id)) if each.id == item.id), None
    )
    if now is None:
        raise AlreadyDecided(f"{item.id} waits no more: somebody else has decided. Nothing was done.")
    if (now.digest, now.needs_permissions) != (item.digest, item.needs_permissions):
        raise ConfigError(f"{item.id} has changed meanwhile: it is now `{now.command}`. Nothing was done.")
    return now


def keep(agent: "AgentClient", item: Item, decision: str, user: str, reason: str | None) -> None:
    """Note a decision in a file of one's own; the command itself, which may hold a secret, as its SHA-256."""
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "decision": decision,
        "reason": reason,
        "user": user,
        "agentId": agent.id,
        "threadId": item.thread_id,
        "approvalId": item.id,
        "commandSha256": item.digest,
    }
    own_files.append(own_files.state(JOURNAL), entry)


def name_of(user: str | None) -> str:
    return user or getpass.getuser()

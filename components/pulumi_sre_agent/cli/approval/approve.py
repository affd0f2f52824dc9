"""`sre-agent approval approve`: let what waits run."""

from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.approval import deciding, outcome, seen
from pulumi_sre_agent.cli.approval.deciding import Expected, Reason, User
from pulumi_sre_agent.cli.approval.item import ApprovalId, Item
from pulumi_sre_agent.cli.asking import Yes, confirm
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient

EPILOG = epilog(
    "sre-agent approval approve 5d0e7a91",
    'sre-agent approval approve 5d0e7a91 --yes --reason "as in the runbook"',
    "sre-agent approval approve --all --thread 1f6a2c3d",
    codes=deciding.CODES,
)


@with_target
def approve(  # noqa: PLR0913 - Typer reads options as parameters
    target: Target,
    *,
    approval_id: ApprovalId = "",
    every: Annotated[
        bool, typer.Option("--all", help="All that --thread or --match leaves; always asks.")
    ] = False,
    thread: Annotated[
        str | None, typer.Option("--thread", metavar="THREAD", help="With --all: only in this thread.")
    ] = None,
    match: Annotated[
        str | None, typer.Option("--match", metavar="TEXT", help="With --all: only commands that hold this.")
    ] = None,
    reason: Reason = None,
    user: User = None,
    expect: Expected = None,
    yes: Yes = False,
) -> None:
    """Approve a command, once it was shown again to the letter, and wait until it has run.

    It is refused where it is another command than `list` or `show` has shown here, or than --expect says;
    with --yes, where it was never shown. Where the agent's identity may not run it, it then waits for
    permissions: `sre-agent approval lend`. The decision is kept, with its reason, in
    `~/.local/state/sre-agent/decisions.jsonl`.
    """
    _check_options(approval_id, every=every, narrowed=bool(thread or match), yes=yes)
    who = deciding.name_of(user)
    with target.open() as agent:
        items = _all(agent, thread, match) if every else [deciding.find(agent, approval_id)]
        for item in items:
            if item.needs_permissions:
                raise ConfigError(
                    f"{item.id} is approved already, and needs permissions that the agent lacks: "
                    f"`sre-agent approval lend {item.id}` lends it yours."
                )
            seen.check(item, expected=expect, is_shown_now=not yes)
        deciding.show(agent, items, who)
        what = "this command" if len(items) == 1 else f"these {len(items)} commands"
        confirm(f"Approve {what}?", yes=yes)
        codes = [outcome.approve(agent, deciding.check_unchanged(agent, item), who, reason) for item in items]
    if code := max(codes, default=0):
        raise typer.Exit(code)
    if not items:
        terminal.note("Nothing waits for a word.")


def _check_options(approval_id: str, *, every: bool, narrowed: bool, yes: bool) -> None:
    if bool(approval_id) == every:
        raise ConfigError("Say which to approve: an id, or --all with --thread or --match.")
    if every and not narrowed:
        raise ConfigError(
            "--all needs --thread or --match: everything at once is nothing that anybody has read."
        )
    if narrowed and not every:
        raise ConfigError("--thread and --match belong to --all.")
    if every and yes:
        raise ConfigError("--all always asks: it takes no --yes.")


def _all(agent: "AgentClient", thread: str | None, match: str | None) -> list[Item]:
    """Return what waits for a word; what waits for permissions is approved already."""
    thread_id = agent.threads.find(thread).id if thread else None
    items = map(Item, agent.approvals.pending(thread_id))
    return [item for item in items if not item.needs_permissions and (match or "") in item.command]

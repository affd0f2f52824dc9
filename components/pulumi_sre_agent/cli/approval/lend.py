"""`sre-agent approval lend`: let a command run with one's own permissions."""

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.approval import deciding, outcome, seen
from pulumi_sre_agent.cli.approval.deciding import Expected, Reason, User
from pulumi_sre_agent.cli.approval.item import ApprovalId
from pulumi_sre_agent.cli.asking import Yes, confirm
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog(
    "sre-agent approval lend 5d0e7a91",
    'sre-agent approval lend 5d0e7a91 --reason "INC-1234"',
    codes=deciding.CODES,
)


@with_target
def lend(
    approval_id: ApprovalId,
    target: Target,
    *,
    reason: Reason = None,
    user: User = None,
    expect: Expected = None,
    yes: Yes = False,
) -> None:
    """Lend the agent your own permissions for a command that is approved and that it may not run itself.

    The command runs as you, once, for the scopes that are shown. What `approve` refuses is refused here, too.
    """
    who = deciding.name_of(user)
    with target.open() as agent:
        item = deciding.find(agent, approval_id)
        if not item.needs_permissions:
            raise ConfigError(f"{item.id} waits for an approval, not for permissions: approve it first.")
        seen.check(item, expected=expect, is_shown_now=not yes)
        deciding.show(agent, [item], who)
        confirm("Lend your permissions for this command?", yes=yes)
        code = outcome.lend(agent, deciding.check_unchanged(agent, item), who, reason)
    if code:
        raise typer.Exit(code)

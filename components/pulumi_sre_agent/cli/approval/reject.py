"""`sre-agent approval reject`: let what waits not run."""

from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.approval import deciding, outcome
from pulumi_sre_agent.cli.approval.deciding import Reason, User
from pulumi_sre_agent.cli.approval.item import ApprovalId
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog(
    "sre-agent approval reject 5d0e7a91",
    'sre-agent approval reject 5d0e7a91 --tell --reason "use the slot instead"',
)


@with_target
def reject(
    approval_id: ApprovalId,
    target: Target,
    *,
    reason: Reason = None,
    tell: Annotated[
        bool, typer.Option("--tell", help="Say the reason in the thread, too: the agent goes on from there.")
    ] = False,
    user: User = None,
) -> None:
    """Reject what waits: it does not run. The decision is kept, with its reason, as that of `approve` is.

    The service's route for commands has no place for a reason; with --tell the agent reads it in the thread.
    """
    if tell and not reason:
        raise ConfigError("--tell says the reason: give one by --reason.")
    with target.open() as agent:
        item = deciding.find(agent, approval_id)
        outcome.reject(agent, item, deciding.name_of(user), reason)
        if tell:
            agent.threads.send(item.thread_id, f"I rejected `{item.command}`: {reason}")

"""`sre-agent approval show`: one thing that waits, whole."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.approval import deciding, seen
from pulumi_sre_agent.cli.approval.item import ApprovalId
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, describe, with_target

EPILOG = epilog(
    "sre-agent approval show 5d0e7a91", "sre-agent approval show 5d0e7a91 --json | jq -r .command"
)


@with_target
def show(approval_id: ApprovalId, target: Target, *, json: Json = False) -> None:
    """Print what waits: the command to the letter, where, who would act, and how risky its words are."""
    with target.open() as agent:
        item = deciding.find(agent, approval_id)
        acts = deciding.who_acts(agent, item, deciding.name_of(None))
    seen.remember([item])
    if json:
        terminal.result_json(item.json() | {"acts": acts})
        return
    terminal.result_table(item.rows(describe(agent.id), acts))
    terminal.result("\n" + "\n".join(f"    {line}" for line in item.command.splitlines()))

"""`sre-agent knowledge delete`: take documents away."""

from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.cli import completion, terminal
from pulumi_sre_agent.cli.asking import Yes, confirm
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.knowledge.options import offer
from pulumi_sre_agent.cli.knowledge.sending import counted
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog("sre-agent knowledge delete old-runbook.md", "sre-agent knowledge delete a.md b.md --yes")


@with_target
def delete(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME…", help="Documents.", show_default=False, autocompletion=completion.of_agent(offer)
        ),
    ],
    target: Target,
    *,
    yes: Yes = False,
) -> None:
    """Delete documents: the agent knows no more what is in them. All must be there, or none is deleted."""
    with target.open() as agent:
        there = {document.name for document in agent.knowledge.list()}
        if missing := [name for name in names if name not in there]:
            raise NotFound(f"There is no document named {missing[0]!r}.", status=404)
        confirm(f"Delete {', '.join(names)}?", yes=yes)
        agent.knowledge.delete(*dict.fromkeys(names))
    terminal.result(f"Deleted {counted(len(set(names)))}.")

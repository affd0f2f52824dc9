"""Arguments that commands about scheduled tasks share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import completion

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient


def offer(agent: "AgentClient") -> Iterator[tuple[str, str]]:
    """Offer Tab the tasks, each with its schedule."""
    for task in agent.tasks.list():
        yield task.name or task.id, task.cron_expression or ""


TaskName = Annotated[
    str,
    typer.Argument(
        metavar="TASK", help="Name or id.", show_default=False, autocompletion=completion.of_agent(offer)
    ),
]

"""Arguments that commands about triggers share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import completion

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient


def _offer(agent: "AgentClient") -> Iterator[tuple[str, str]]:
    for trigger in agent.triggers.list():
        yield trigger.name or trigger.id, trigger.description or ""


TriggerName = Annotated[
    str,
    typer.Argument(
        metavar="TRIGGER", help="Name or id.", show_default=False, autocompletion=completion.of_agent(_offer)
    ),
]

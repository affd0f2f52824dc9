"""Arguments and options that commands about threads share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import completion

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient

SHORT = 8
"""Characters of an id in a table: enough to tell threads apart, and to name one."""
OFFERED = 50
"""How many of the newest threads Tab offers."""


def _offer(agent: "AgentClient") -> Iterator[tuple[str, str]]:
    for thread in agent.threads.list(top=OFFERED):
        yield thread.id, thread.title or ""


ThreadId = Annotated[
    str,
    typer.Argument(
        metavar="THREAD",
        help="Id of the thread, or how it begins.",
        show_default=False,
        autocompletion=completion.of_agent(_offer),
    ),
]

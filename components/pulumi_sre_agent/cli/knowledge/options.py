"""Arguments that commands about knowledge share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient

Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until the agent finds what is in them.")]


def offer(agent: "AgentClient") -> Iterator[tuple[str, str]]:
    """Offer Tab the documents."""
    for document in agent.knowledge.list():
        yield document.name, ""

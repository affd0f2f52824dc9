"""Arguments that commands about connectors share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import completion

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient


def _offer(agent: "AgentClient") -> Iterator[tuple[str, str]]:
    for connector in agent.connectors.list():
        yield connector.name, connector.data_connector_type or ""


ConnectorName = Annotated[
    str,
    typer.Argument(
        metavar="CONNECTOR", help="Name.", show_default=False, autocompletion=completion.of_agent(_offer)
    ),
]

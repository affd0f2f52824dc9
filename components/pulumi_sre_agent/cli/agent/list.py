"""`sre-agent list`: the agents that a login sees."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.agent.summary import STYLES, state, summary
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json, ProjectFolder
from pulumi_sre_agent.cli.target import OfStack, Target, by_name
from pulumi_sre_agent.cli.terminal import Cell, Column

EPILOG = epilog("sre-agent list", "sre-agent list --json | jq -r '.[].endpoint'")
COLUMNS = (
    Column("NAME", 12),
    Column("RESOURCE GROUP", 8),
    Column("LOCATION"),
    Column("STATE"),
    Column("MODE"),
    Column("ACCESS"),
)


def list_agents(
    subscription: Annotated[
        list[str] | None,
        typer.Option("--subscription", metavar="ID", help="Only those of this one; may be given again."),
    ] = None,
    stack: OfStack = None,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """List the agents in every subscription that the login may read, through Resource Graph.

    That is some seconds behind: an agent that was just made may be missing.
    """
    with Target(stack=stack, project=project).client() as client:
        agents = sorted(client.agents(*subscription or ()), key=by_name)
    if json:
        terminal.result_json([summary(agent) for agent in agents])
        return
    if not agents:
        terminal.note("There is no agent that this login may see.")
        return
    several = len({agent.subscription_id for agent in agents}) > 1
    columns = [*COLUMNS, Column("SUBSCRIPTION", 8)] if several else COLUMNS
    terminal.result_list(
        columns,
        [
            [
                agent.name or "",
                agent.resource_group or "",
                agent.location or "",
                *(
                    Cell(word, STYLES.get(word, ""))
                    for word in (state(agent), agent.action_mode or "", agent.access_level or "")
                ),
                *([agent.subscription_id or ""] if several else []),
            ]
            for agent in agents
        ],
    )

"""`sre-agent connector consent`: connections that wait for somebody to sign in."""

from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.connectors import Connection, Connectors

WAITING = 3
EPILOG = epilog(
    "sre-agent connector consent jira teams",
    "sre-agent connector consent jira --wait 600",
    codes=f"{WAITING} one still waits for somebody",
)


@with_target
def consent(
    names: Annotated[
        list[str], typer.Argument(metavar="CONNECTION…", help="Names of connections.", show_default=False)
    ],
    target: Target,
    *,
    wait: Annotated[
        float,
        typer.Option("--wait", metavar="SECONDS", min=0, max=7200, help="How long to wait for that."),
    ] = 0,
    json: Json = False,
) -> None:
    """Say which connections of managed connectors wait for somebody to sign in, and where to do so.

    No API can consent: somebody signs in in the portal, as the account that the agent is to use. Nobody
    publishes a list of connections: they are asked for by name, as a program or directory gave them.
    """
    with target.open() as agent:
        where = agent.get().portal_url
        found = _look(agent.connectors, names)
        if wait and any(each.is_waiting for each in found):
            terminal.note(f"Sign in at {where}. Waiting {wait:.0f} s at most.")
            found = _wait(agent, names, wait)
    if json:
        terminal.result_json([each.model_dump(by_alias=True, mode="json") for each in found])
    else:
        for each in found:
            advice = f": sign in at {where}" if each.is_waiting else ""
            terminal.result_text(
                f"{each.name} is {each.overall_status or 'in no state that Azure tells'}{advice}"
            )
    if any(each.is_waiting for each in found):
        raise typer.Exit(WAITING)


def _wait(agent: "AgentClient", names: list[str], seconds: float) -> "list[Connection]":
    from pulumi_sre_agent.api.http.retry import StillPending, poll  # noqa: PLC0415 - --help stays quick

    def attempt() -> "list[Connection]":
        found = _look(agent.connectors, names)
        if any(each.is_waiting for each in found):
            raise StillPending("not signed in to")
        return found

    try:
        return poll(attempt, what="A connection", deadline=seconds, clock=agent.data_plane.clock)
    except Unavailable:
        return _look(agent.connectors, names)


def _look(connectors: "Connectors", names: list[str]) -> "list[Connection]":
    return [connectors.connection(name) for name in dict.fromkeys(names)]

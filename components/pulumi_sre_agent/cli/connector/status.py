"""`sre-agent connector status`: how one connector is."""

from typing import Any

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.connector.options import ConnectorName
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

NOT_CONNECTED = 3
EPILOG = epilog("sre-agent connector status payments-ops", codes=f"{NOT_CONNECTED} it is not connected")


@with_target
def status(connector: ConnectorName, target: Target, *, json: Json = False) -> None:
    """Say how a connector is, what the service says of it, and which tools it brings."""
    with target.open() as agent:
        seen = agent.connectors.status(connector)
    if json:
        terminal.result_json(seen.model_dump(by_alias=True, mode="json"))
    else:
        details = seen.details or {}
        rows = [
            ("status", seen.status or "not told"),
            (
                "healthy",
                {True: "yes", False: "no"}.get(bool(seen.healthy)) if seen.healthy is not None else "",
            ),
            *((name, _text(value)) for name, value in details.items() if name != "tools"),
            *(("tool", _name(tool)) for tool in details.get("tools") or ()),
        ]
        terminal.result_table([(name, value) for name, value in rows if value])
    if seen.status != "Connected":
        raise typer.Exit(NOT_CONNECTED)


def _name(tool: Any) -> str:
    return str(tool.get("name", "")) if isinstance(tool, dict) else str(tool)


def _text(value: Any) -> str:
    return "" if value is None else str(value)

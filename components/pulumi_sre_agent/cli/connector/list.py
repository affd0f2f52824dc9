"""`sre-agent connector list`: connectors, and how they are."""

from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api.errors import ApiError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.connectors import Connectors, ConnectorStatus

EPILOG = epilog("sre-agent connector list", "sre-agent connector list --json | jq -r '.[].name'")
COLUMNS = (Column("NAME", 12), Column("TYPE", 6), Column("STATUS"), Column("TOOLS"), Column("SOURCE", 12))
STYLES = {"Connected": "green", "Initializing": "yellow", "": ""}
AT_ONCE = 4


@with_target
def list_connectors(target: Target, *, json: Json = False) -> None:
    """List connectors by name, with how each is at the moment, and how many tools it brings.

    Each is asked for its status by itself.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - --help stays quick

    with target.open() as agent:
        connectors = agent.connectors
        found = sorted(connectors.list(), key=lambda connector: connector.name.lower())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            statuses = [*pool.map(lambda connector: look(connectors, connector.name), found)]
    if json:
        shown = zip(found, statuses, strict=True)
        terminal.result_json(
            [
                connector.model_dump(by_alias=True, mode="json") | {"status": each and each.status}
                for connector, each in shown
            ]
        )
        return
    if not found:
        terminal.note("It has no connector.")
        return
    rows: list[list[str | Cell]] = []
    for connector, each in zip(found, statuses, strict=True):
        word = (each.status if each else None) or ""
        rows.append(
            [
                connector.name,
                connector.data_connector_type or "",
                Cell(word, STYLES.get(word, "red")),
                tools(each),
                connector.data_source or "",
            ]
        )
    terminal.result_list(COLUMNS, rows)


def look(connectors: "Connectors", name: str) -> "ConnectorStatus | None":
    """Return how a connector is; None where the service does not tell."""
    try:
        return connectors.status(name)
    except ApiError as error:
        if error.status not in {404, 405}:
            raise
        return None


def tools(status: "ConnectorStatus | None") -> str:
    """Return how many tools a connector brings, where the service tells."""
    brought: Any = (status.details or {}).get("tools") if status else None
    return str(len(brought)) if isinstance(brought, list) else ""

"""`sre-agent incident list`: incidents, the newest first."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import ages, terminal, watching
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.incident.options import Plan, Platform, Since, describe, start_of
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

EPILOG = epilog(
    "sre-agent incident list",
    "sre-agent incident list --waiting --watch",
    "sre-agent incident list --since 24h --platform PagerDuty --json",
)
COLUMNS = (
    Column("ID", 8),
    Column("SEVERITY"),
    Column("TITLE", 16),
    Column("OUTCOME", 9),
    Column("PLAN", 8),
    Column("SEEN"),
)
STYLES = {"waiting": "yellow", "mitigated by agent": "green"}


@with_target
def list_incidents(
    target: Target,
    *,
    since: Since = "30d",
    platform: Platform = None,
    plan: Plan = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for people.")] = False,
    watch: watching.Watch = False,
    json: Json = False,
) -> None:
    """List what an agent has looked into, the newest first, and how it ended.

    What an agent writes reaches Application Insights some minutes later. Reading it takes the role Monitoring
    Reader, or its like, on that.
    """
    tell(target, since, platform, plan, waiting=waiting, watch=watch, json=json)


def tell(
    target: Target,
    since: str,
    platform: str | None,
    plan: str | None,
    *,
    waiting: bool,
    watch: bool,
    json: bool,
) -> None:
    """Print incidents, the newest first: all or those that wait for people, once or until Ctrl-C."""

    def show(rows: list[dict[str, object]]) -> None:
        if json:
            (terminal.result_line if watch else terminal.result_json)(rows)
        elif rows:
            terminal.result_list(COLUMNS, [_cells(row) for row in rows])
        else:
            terminal.note("No incident waits for people." if waiting else "It has looked into nothing since.")

    start_of(since)  # refused before anything is sent; counted anew at each look
    with target.open() as agent:
        incidents = agent.incidents

        def look() -> list[dict[str, object]]:
            found = incidents.list(start=start_of(since), platform=platform, plan=plan)
            return [describe(each) for each in found if each.is_waiting or not waiting]

        if watch:
            watching.watch(look, show)
        else:
            show(look())


def _cells(row: dict[str, object]) -> list[str | Cell]:
    result = str(row["outcome"])
    return [
        str(row["id"]),
        str(row["severity"]),
        str(row["title"]),
        Cell(result, STYLES.get(result, "")),
        str(row["responsePlan"]),
        ages.age(str(row["lastSeen"])),
    ]

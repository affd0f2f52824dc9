"""`sre-agent incident show`: one incident."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.incident.options import Since, describe, start_of
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog("sre-agent incident show Q1A2B3", "sre-agent incident show Q1A2B3 --since 2026-01-01 --json")


@with_target
def show(
    incident: Annotated[
        str, typer.Argument(metavar="INCIDENT", help="Id, as the platform has it.", show_default=False)
    ],
    target: Target,
    *,
    since: Since = "30d",
    json: Json = False,
) -> None:
    """Say what became of an incident, as its newest snapshot has it."""
    start = start_of(since)
    with target.open() as agent:
        found = agent.incidents.get(incident, start=start)
    if json:
        terminal.result_json(describe(found))
        return
    minutes = found.minutes_to_mitigate
    rows = [
        ("id", found.id),
        ("title", found.title),
        ("severity", found.severity),
        ("status", found.status),
        ("outcome", str(describe(found)["outcome"])),
        ("platform", found.platform),
        ("service", found.service),
        ("response plan", found.plan),
        ("autonomy", found.autonomy),
        *(
            (name, ages.clock_time(moment.isoformat()))
            for name, moment in (
                ("began (UTC)", found.created_on),
                ("taken (UTC)", found.handled_on),
                ("ended (UTC)", found.mitigated_on),
            )
            if moment
        ),
        ("time to mitigate", "" if minutes is None else f"{minutes:,.0f} minutes"),
    ]
    terminal.result_table([row for row in rows if row[1]])

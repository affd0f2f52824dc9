"""`sre-agent incident summary`: a period's incidents in figures."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.cli import ages, documents, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.incident.options import Plan, Platform, Since
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Column

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.incidents import IncidentCounts
    from pulumi_sre_agent.cli.incident.figures import Figures

EPILOG = epilog(
    "sre-agent incident summary --since 7d",
    "sre-agent incident summary --html incidents.html",
    "sre-agent incident summary --json | jq .shareMitigated",
)
BARS = "▁▂▃▄▅▆▇█"


@with_target
def summary(
    target: Target,
    *,
    since: Since = "30d",
    platform: Platform = None,
    plan: Plan = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            callback=documents.check_folder,
            help="Write it as one page with plots, too.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say what a period's incidents come to, as the product's own page counts them.

    Mitigated: by the agent, alone. Assisted: the agent supplied findings. People: somebody else ended it,
    assisted or not. Waiting: for people. Shares are of all that were reviewed.
    """
    from pulumi_sre_agent.cli.incident import figures, page  # noqa: PLC0415 - --help stays quick

    end = datetime.now(UTC)
    start = ages.since(since, end)
    with target.open() as agent:
        incidents = [*agent.incidents.list(start=start, end=end, platform=platform, plan=plan)]
        name = ArmId(agent.id).name
    counted = figures.count(incidents, start, end)
    if html is not None:
        documents.write(page.render(name, counted), html, "The page")
    if json:
        terminal.result_json(counted.json())
    elif counted.total.reviewed:
        _print(counted)
    else:
        terminal.note("It has looked into nothing since.")


def _print(counted: "Figures") -> None:
    from pulumi_sre_agent.cli.incident import figures  # noqa: PLC0415 - --help stays quick

    total = counted.total
    rows = [
        ("reviewed", str(total.reviewed), ""),
        ("mitigated by the agent", str(total.mitigated), _percent(total.mitigated, total.reviewed)),
        ("assisted", str(total.assisted), _percent(total.assisted, total.reviewed)),
        (
            "mitigated by people",
            str(total.mitigated_by_people),
            _percent(total.mitigated_by_people, total.reviewed),
        ),
        ("waiting for people", str(total.waiting), _percent(total.waiting, total.reviewed)),
        ("median to mitigate, agent", figures.describe_minutes(counted.minutes_by_agent), ""),
        ("median to mitigate, people", figures.describe_minutes(counted.minutes_by_people), ""),
    ]
    days = [*counted.by_day]
    terminal.result_table(rows, f"{days[0]} to {days[-1]} (UTC)")
    terminal.result(f"  by day  {_sparkline(counted.by_day)}  {days[-1]}")
    for title, groups in (("RESPONSE PLAN", counted.by_plan), ("PLATFORM", counted.by_platform)):
        terminal.result("")
        terminal.result_list(
            (Column(title, 12), *(Column(name.upper()) for name in figures.COLUMNS)),
            [[group or "none", *map(str, figures.numbers(each))] for group, each in groups.items()],
        )


def _sparkline(by_day: "Mapping[date, IncidentCounts]") -> str:
    """Draw how many were reviewed each day, the last 60 at most; a day without any is a dot."""
    numbers = [counts.reviewed for counts in by_day.values()][-60:]
    most = max(numbers)
    return "".join(BARS[(len(BARS) - 1) * number // most] if number else "·" for number in numbers)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"

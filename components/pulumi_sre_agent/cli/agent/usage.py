"""`sre-agent usage`: what an agent has used of its limits."""

from calendar import monthrange
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_sre_agent.api.runtime.usages import DailyUsage, Usage

EPILOG = epilog(
    "sre-agent usage",
    "sre-agent usage --daily",
    "sre-agent usage --by task",
    "sre-agent usage -s prod --json",
)
COLUMNS = (
    Column("WHAT", 8),
    Column("USED"),
    Column("LIMIT"),
    Column("SHARE"),
    Column("A DAY"),
    Column("BY MONTH'S END"),
)
DAILY_COLUMNS = (Column("DAY"), Column("WHAT", 8), Column("USED"), Column(""))
NEAR = 0.8
"""Share of a limit from which on it is told in yellow, as the alert of `Spend` tells it."""
BAR = 30
"""Cells of the longest bar."""


class By(StrEnum):
    """What to tell apart."""

    TYPE = "type"
    TASK = "task"
    TRIGGER = "trigger"


@with_target
def usage(
    target: Target,
    *,
    daily: Annotated[bool, typer.Option("--daily", help="Day by day, as far back as Azure tells.")] = False,
    by: Annotated[
        By | None, typer.Option("--by", help="Who used the units this month, as far as telemetry tells.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what an agent has used this month, of which limit, and where that leads by the month's end.

    The forecast takes the pace of the month so far, a month of UTC. The limit holds for the units of work
    alone, not for those that an agent costs by being there. `--by` reckons from the tokens that the agent
    writes to its Application Insights; without them, each thread counts for a published profile.
    """
    if daily and by:
        raise ConfigError("--daily and --by do not go together: Azure tells days of the whole agent alone.")
    with target.open() as agent:
        if by:
            from pulumi_sre_agent.cli.agent import usage_by  # noqa: PLC0415 - --help stays quick

            usage_by.show(agent, by, datetime.now(UTC), json=json)
        elif daily:
            show_days([*agent.usage.daily()], json=json)
        else:
            show_month([*agent.usage.list()], datetime.now(UTC), json=json)


def show_month(usages: "list[Usage]", now: datetime, *, json: bool) -> None:
    """Print what was used in the month so far; `now` is a time of it, in UTC."""
    days, passed = monthrange(now.year, now.month)[1], _days_passed(now)
    forecasts = [_Forecast(usage, days, passed) for usage in usages]
    if json:
        terminal.result_json([each.summary for each in forecasts])
        return
    if not forecasts:
        terminal.note("Azure tells no usage of it yet.")
        return
    terminal.result_list(COLUMNS, [each.row for each in forecasts])
    for each in forecasts:
        if each.reaches:
            terminal.note(f"At this pace {each.name} reach their limit on day {each.reaches} of the month.")


class _Forecast:
    """A usage, and where its pace leads."""

    def __init__(self, usage: "Usage", days: int, passed: float) -> None:
        self.name = _title(usage)
        self.used, self.limit = usage.current_value or 0, usage.limit
        self.pace = self.used / passed
        self.by_end = self.pace * days
        self.unit = usage.unit
        runs_out = self.limit / self.pace if self.limit and self.pace else days
        self.reaches = int(runs_out) + 1 if runs_out < days and self.used < (self.limit or 0) else None

    @property
    def share(self) -> float | None:
        return self.used / self.limit if self.limit else None

    @property
    def row(self) -> "list[str | Cell]":
        style = "" if self.share is None or self.share < NEAR else "red" if self.share >= 1 else "yellow"
        return [
            self.name,
            f"{self.used:,.0f}",
            "" if self.limit is None else f"{self.limit:,.0f}",
            Cell("" if self.share is None else f"{self.share:.0%}", style),
            f"{self.pace:,.1f}",
            Cell(f"{self.by_end:,.0f}", "yellow" if self.limit and self.by_end > self.limit else ""),
        ]

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "unit": self.unit,
            "currentValue": self.used,
            "limit": self.limit,
            "dailyPace": round(self.pace, 3),
            "forecast": round(self.by_end, 3),
        }


def show_days(usages: "list[DailyUsage]", *, json: bool) -> None:
    """Print what was used day by day, the oldest first."""
    usages = sorted(usages, key=lambda usage: (usage.date or "", _title(usage)))
    if json:
        terminal.result_json([usage.model_dump(by_alias=True, mode="json") for usage in usages])
        return
    if not usages:
        terminal.note("Azure tells no daily usage of it yet.")
        return
    most = _most(usages)
    terminal.result_list(
        DAILY_COLUMNS,
        [
            [
                (usage.date or "")[:10],
                _title(usage),
                f"{usage.value or 0:,.1f}",
                "█" * round(BAR * (usage.value or 0) / most[_title(usage)]),
            ]
            for usage in usages
        ],
    )


def _most(usages: "Iterable[DailyUsage]") -> dict[str, float]:
    """Return the highest value of each thing that is counted, at least a little."""
    most: dict[str, float] = {}
    for usage in usages:
        most[_title(usage)] = max(most.get(_title(usage), 1e-9), usage.value or 0)
    return most


def _title(usage: "Usage | DailyUsage") -> str:
    name = usage.name
    return (name.localized_value or name.value or "" if name else "") or "units"


def _days_passed(now: datetime) -> float:
    """Return how much of the month is over, in days; an hour at least: the first minutes tell little."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return max((now - start).total_seconds() / 86400, 1 / 24)

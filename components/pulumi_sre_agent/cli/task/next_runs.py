"""`sre-agent task next`: when tasks run."""

from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.cli import completion, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.task.options import offer
from pulumi_sre_agent.cli.terminal import Column

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pulumi_sre_agent.api.runtime.scheduled_tasks import ScheduledTask

EPILOG = epilog(
    "sre-agent task next",
    "sre-agent task next morning-check --count 10",
    "sre-agent task next --time-zone Europe/Oslo",
)
COLUMNS = (Column("WHEN"), Column("ZONE"), Column("TASK", 12))
MOST = 366


@with_target
def next_runs(
    target: Target,
    *,
    task: Annotated[
        str | None,
        typer.Argument(
            metavar="[TASK]",
            help="Name or id. Default: all that are active.",
            autocompletion=completion.of_agent(offer),
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MOST, help="How many runs, of all tasks together.")
    ] = 5,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone", metavar="NAME", help="Whose time, such as Europe/Oslo. Default: this machine's."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say when the next runs of scheduled tasks are, soonest first, in your time zone.

    They are counted here, from each task's cron expression in its own time zone.
    """
    zone = _zone(time_zone) if time_zone else None
    with target.open() as agent:
        tasks = [agent.tasks.get(task)] if task else [each for each in agent.tasks.list() if _is_active(each)]
    runs = sorted((moment, name) for each in tasks for moment, name in _runs(each, count))[:count]
    if json:
        terminal.result_json([{"task": name, "time": _iso(moment, zone)} for moment, name in runs])
    elif runs:
        local = [(moment.astimezone(zone), name) for moment, name in runs]
        terminal.result_list(
            COLUMNS, [[f"{moment:%a %Y-%m-%d %H:%M}", moment.tzname() or "", name] for moment, name in local]
        )
    else:
        terminal.note("No scheduled task is active.")


def _zone(name: str) -> "ZoneInfo":
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - --help stays quick

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"There is no time zone {name!r}: give an IANA name, such as Europe/Oslo."
        ) from error


def _is_active(task: "ScheduledTask") -> bool:
    return (task.status or "Active") == "Active"


def _runs(task: "ScheduledTask", count: int) -> list[tuple[datetime, str]]:
    """Return a task's next runs, in UTC; none where it has no schedule."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - --help stays quick

    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - as above

    title = task.name or task.id
    if not task.cron_expression:
        return []
    try:
        zone = ZoneInfo(task.time_zone or "UTC")
        runs = islice(CronSim(task.cron_expression, datetime.now(zone)), count)
        return [(run.astimezone(UTC), title) for run in runs]
    except (CronSimError, ZoneInfoNotFoundError, ValueError) as error:
        raise Unavailable(
            f"The runs of scheduled task {title} cannot be counted: its schedule is {task.cron_expression!r} "
            f"in time zone {task.time_zone or 'UTC'!r}."
        ) from error


def _iso(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).isoformat()

"""`sre-agent local clock`: move the time of the local Azure."""

import re
from typing import Annotated, Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import EXIT_CODES, examples, noun
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import LocalAzure

app = noun(
    """Move the time of the local Azure, rather than wait.

    Scheduled tasks run when the clock is moved over a time at which they are due, and only then. Tokens
    expire, the merge windows of response plans end, and operations complete, as the clock says.
    """,
    "sre-agent local clock show",
    "sre-agent local clock advance 3h",
    "sre-agent local clock reset",
)

RUNS_SECONDS = 120.0
"""How long the runs of a move may take."""
UNITS = {"d": 24 * 3600, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:\d{1,9}[dhms])+")


@app.command(epilog=examples("sre-agent local clock show --json"))
def show(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """Say what time it is in the local Azure."""
    _tell(LocalAzure(projects.find(project, stack)).require().admin("GET", "clock"), as_json=json)


@app.command(
    epilog=examples("sre-agent local clock advance 3h", "sre-agent local clock advance 1d12h --json")
    + "\n\n"
    + EXIT_CODES
)
def advance(
    duration: Annotated[
        str,
        typer.Argument(metavar="DURATION", help="How far: 90s, 15m, 3h, 2d, 1h30m.", show_default=False),
    ],
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Move the clock forward, and say which scheduled tasks have run on the way, at most 100."""
    if not _DURATION.fullmatch(duration):
        raise ConfigError(f"{duration!r} is no duration: write 90s, 15m, 3h, 2d or 1h30m.")
    seconds = sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", duration))
    azure = LocalAzure(projects.find(project, stack)).require()
    moved = azure.admin("POST", "clock/advance", {"seconds": seconds}, seconds=RUNS_SECONDS)
    _tell(moved, as_json=json)


@app.command(epilog=examples("sre-agent local clock reset"))
def reset(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """Go back to the machine's time.

    What has happened meanwhile then lies in the future: messages show when their time comes.
    `sre-agent local reset` forgets it.
    """
    _tell(LocalAzure(projects.find(project, stack)).require().admin("POST", "clock/reset"), as_json=json)


def _tell(clock: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        terminal.result_json(clock)
        return
    ahead = f"{_duration(round(clock['aheadSeconds']))} ahead of" if clock["aheadSeconds"] else "as on"
    terminal.result(f"It is {clock['now'][:19].replace('T', ' ')} UTC, {ahead} this machine.")
    for run in clock.get("runs", []):
        outcome = f"thread {run['thread']}" if run["thread"] else run["error"]
        name = run["agent"].rsplit("/", 1)[-1]
        terminal.result(f"  {run['at'][:16].replace('T', ' ')}  {name}: {run['task']}, {outcome}")
    if clock.get("leftOut"):
        terminal.result("  More were due, and are left out.")


def _duration(seconds: int) -> str:
    """Write 97,200 seconds as `1d3h`."""
    text = ""
    for unit, length in UNITS.items():
        count, seconds = divmod(seconds, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"

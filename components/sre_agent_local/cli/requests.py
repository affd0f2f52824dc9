"""`sre-agent local requests`: what the local Azure was asked, by whom, and how it answered."""

import json as json_module
import re
from collections.abc import Callable
from time import sleep
from typing import Annotated, Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import running
from sre_agent_local.cli.running_azure import RunningAzure

EPILOG = examples(
    "sre-agent local requests",
    "sre-agent local requests --follow --method PUT",
    "sre-agent local requests --path '/skills/' --status 4xx",
    "sre-agent local requests --last 1000 --json | jq '.[].path'",
)
LAST = 50
SECONDS = 0.5
"""Between two looks of `--follow`."""
_STATUS = re.compile(r"[1-5](\d\d|xx)", re.IGNORECASE)

Entry = dict[str, Any]


def requests(  # noqa: PLR0913, PLR0917 - three filters, and the options that every command has
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with each request that comes, until Ctrl-C.")
    ] = False,
    method: Annotated[
        str | None, typer.Option(help="Only requests with this method.", show_default=False)
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(metavar="REGEX", help="Only requests whose path contains this.", show_default=False),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(help="Only answers with this status, such as 404 or 4xx.", show_default=False),
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=0, help="How many of those so far.")] = LAST,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Show what the local Azure was asked: when, what, the answer's status, how long it took, and who asked.

    Who is whoever's token the request had: the developer is a login that names nobody. Bodies and tokens
    are not in this log, nor are secrets of a query. Without a status there was no answer, as a fault may
    have it. With --follow, --json prints a line a request.
    """
    wanted = _filter(method, path, status)
    azure = running(project, stack)
    so_far = azure.admin("GET", "requests")["value"]
    shown = [each for each in so_far if wanted(each)]
    shown = shown[max(0, len(shown) - last) :]
    show = _print_json if json else _print_row
    if json and not follow:
        terminal.result_json(shown)
        return
    for entry in shown:
        show(entry)
    if follow:
        _follow(
            azure, so_far[-1]["seq"] if so_far else 0, lambda entry: show(entry) if wanted(entry) else None
        )
    elif not shown:
        terminal.note("There are no such requests.")


def _filter(method: str | None, path: str | None, status: str | None) -> Callable[[Entry], bool]:
    """Return what says whether an entry is asked for. Raises ConfigError."""
    try:
        pattern = re.compile(path or "", re.IGNORECASE)
    except re.error as error:
        raise ConfigError(f"--path {path!r} is no regular expression: {error}.") from error
    if status is not None and not _STATUS.fullmatch(status):
        raise ConfigError(f"--status {status!r} is no status: say 404, or 4xx for all that begin so.")
    beginning = (status or "").lower().removesuffix("xx")

    def wanted(entry: Entry) -> bool:
        is_method = method is None or entry["method"] == method.upper()
        is_status = status is None or str(entry["status"]).startswith(beginning)
        return is_method and is_status and pattern.search(entry["path"]) is not None

    return wanted


def _follow(azure: RunningAzure, since: int, show: Callable[[Entry], None]) -> None:
    """Show each request that comes, until somebody has seen enough."""
    try:
        while True:
            for entry in azure.admin("GET", f"requests?since={since}")["value"]:
                show(entry)
                since = entry["seq"]
            sleep(SECONDS)
    except KeyboardInterrupt:
        return


def _print_json(entry: Entry) -> None:
    terminal.result(json_module.dumps(entry))


def _print_row(entry: Entry) -> None:
    time = entry["startedAt"][11:19]
    who = entry["callerName"] or entry["caller"] or "-"
    status = entry["status"] or "-"
    duration = f"{entry['durationMs']:.0f} ms"
    fault = f"  (fault: {entry['fault']})" if entry["fault"] else ""
    terminal.result(f"{time}  {entry['method']:6}  {status:>3}  {duration:>8}  {who}  {entry['path']}{fault}")

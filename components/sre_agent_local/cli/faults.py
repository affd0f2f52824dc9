"""`sre-agent local faults`: make the local Azure go wrong on demand."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples, noun
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import running

app = noun(
    """Make the local Azure go wrong on demand: rules that say which requests fail, and how.

    A rule stays, over restarts too, until it has struck **--times** times or is cleared.
    """,
    "sre-agent local faults add --method PUT --path skills --kind status --status 429 --times 2",
    "sre-agent local faults list",
    "sre-agent local faults clear",
)


class FaultKind(StrEnum):
    """How a request goes wrong."""

    DELAY = "delay"
    STATUS = "status"
    RESET = "reset"
    TRUNCATE = "truncate"
    NOT_JSON = "notJson"
    HTML = "html"
    OPERATION_FAILED = "operationFailed"
    UNAUTHORIZED = "unauthorized"
    ECHO = "echo"


KINDS = """`delay` answers --seconds late; `status` answers with the error --status; `reset` breaks the
connection; `truncate` cuts the answer off; `notJson` and `html` answer with something else than JSON;
`operationFailed` accepts, and then the long-running operation fails; `unauthorized` answers 401; `echo`
repeats --message in every text of the answer, as a service may repeat a secret that it was sent."""


@app.command(name="list", epilog=examples("sre-agent local faults list --json"))
def list_(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """List the rules and how often each has struck."""
    rules = running(project, stack).admin("GET", "faults")["value"]
    if json:
        terminal.result_json(rules)
    elif rules:
        terminal.result_table([("ID", "KIND", "METHOD", "PATH", "STRUCK"), *map(_row, rules)])
    else:
        terminal.result("There are no faults.")


@app.command(
    epilog=examples(
        "sre-agent local faults add --method PUT --path skills --kind status --status 429 --times 2",
        "sre-agent local faults add --kind delay --seconds 0.5",
        "sre-agent local faults add --path agents --kind reset --skip 1 --times 1",
    )
)
def add(  # noqa: PLR0913, PLR0917 - the options are the members of a rule
    kind: Annotated[FaultKind, typer.Option(help=KINDS, show_default=False)],
    path: Annotated[
        str, typer.Option(metavar="REGEX", help="Only requests whose path contains this. Default: all.")
    ] = "",
    method: Annotated[str, typer.Option(help="Only requests with this method, such as PUT.")] = "*",
    status: Annotated[
        int | None, typer.Option(min=200, max=599, help="HTTP status of the answer. Default: 503.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="Azure's error code in the answer.")] = None,
    message: Annotated[str | None, typer.Option(help="Azure's error message in the answer.")] = None,
    retry_after: Annotated[int | None, typer.Option(min=0, help="Seconds in a Retry-After header.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="How long a delay takes.")] = None,
    times: Annotated[int | None, typer.Option(min=1, help="How often it strikes. Default: always.")] = None,
    skip: Annotated[int, typer.Option(min=0, help="How many requests it lets pass first.")] = 0,
    processed: Annotated[
        bool | None,
        typer.Option(
            "--processed/--not-processed",
            help="Whether the request takes effect. Default: only with truncate, notJson and echo.",
            show_default=False,
        ),
    ] = None,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Add a rule; the first rule that fits a request is the one that strikes."""
    rule = {
        "kind": kind.value,
        "path": path,
        "method": method,
        "status": status,
        "code": code,
        "message": message,
        "retryAfter": retry_after,
        "seconds": seconds,
        "times": times,
        "skip": skip,
        "processed": processed,
    }
    added = running(project, stack).admin("POST", "faults", rule)
    if json:
        terminal.result_json(added)
    else:
        terminal.result(
            f"Added fault {added['id']}: {kind.value} on {method.upper()} {path or 'every path'}."
        )


@app.command(epilog=examples("sre-agent local faults clear", "sre-agent local faults clear 1f6a2c3d"))
def clear(
    fault_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Clear only this rule.", show_default=False)
    ] = None,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Clear one rule, or all."""
    azure = running(project, stack)
    azure.admin("DELETE", f"faults/{fault_id}" if fault_id else "faults")
    if json:
        terminal.result_json({"cleared": fault_id or "all"})
    else:
        terminal.result(f"Cleared fault {fault_id}." if fault_id else "Cleared all faults.")


def _row(rule: dict[str, Any]) -> tuple[str, ...]:
    struck = str(rule["hits"]) if rule["times"] is None else f"{rule['hits']} of {rule['times']}"
    return (rule["id"], rule["kind"], rule["method"], rule["path"] or "(every path)", struck)

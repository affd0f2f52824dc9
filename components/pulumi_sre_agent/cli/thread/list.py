"""`sre-agent thread list`: the newest threads, those that wait for a person first."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.cli import ages, terminal, watching
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column
from pulumi_sre_agent.cli.thread.options import SHORT

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.messages import Attention, Thread
    from pulumi_sre_agent.api.runtime.threads import Threads

EPILOG = epilog(
    "sre-agent thread list",
    "sre-agent thread list --waiting --watch",
    "sre-agent thread list --limit 100 --json | jq -r '.[].title'",
)


@dataclass(frozen=True)
class Row:
    """A thread, and what in it waits for a person."""

    thread: "Thread"
    waiting: "tuple[Attention, ...]"

    def json(self) -> dict[str, Any]:
        """Return it for programs: the service's body, and what waits."""
        waiting = [each.model_dump(by_alias=True, mode="json") for each in self.waiting]
        return self.thread.model_dump(by_alias=True, mode="json") | {"needsAttention": waiting}


@with_target
def list_threads(
    target: Target,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many of the newest.")] = 30,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for a person.")] = False,
    watch: watching.Watch = False,
    json: Json = False,
) -> None:
    """List an agent's threads, newest first; those that wait for a person come before all others.

    An id is shown as far as other commands need it. Of an incident it says priority and status, and the
    response plan where the service tells.
    """

    def show(rows: list[Row]) -> None:
        if json:
            (terminal.result_line if watch else terminal.result_json)([row.json() for row in rows])
        else:
            _print_table(rows, "No thread waits for a person." if waiting else "There is no thread.")

    with target.open() as agent:
        threads = agent.threads

        def look() -> list[Row]:
            return rows_of(threads, 0 if waiting else limit)

        if watch:
            watching.watch(look, show)
        else:
            show(look())


def rows_of(threads: "Threads", limit: int) -> list[Row]:
    """Return the threads that wait, the longest waiting first, and so many of the newest others."""
    by_thread: dict[str, list[Attention]] = {}
    with ThreadPoolExecutor(1) as beside:
        listing = beside.submit(lambda: list(threads.list(top=limit)) if limit else [])
        with suppress(NotFound):  # a service that does not tell
            for each in threads.needs_attention():
                by_thread.setdefault(each.thread_id, []).append(each)
        newest = {thread.id: thread for thread in listing.result()}
    first = []
    for thread_id, waiting in by_thread.items():
        thread = newest.pop(thread_id) if thread_id in newest else None
        with suppress(NotFound):  # deleted meanwhile
            first.append(Row(thread or threads.get(thread_id), tuple(waiting)))
    return [*first, *(Row(thread, ()) for thread in newest.values())]


def _print_table(rows: Sequence[Row], nothing: str) -> None:
    if not rows:
        terminal.note(nothing)
        return
    has_incidents = any(row.thread.incident for row in rows)
    has_plans = any(row.thread.response_plan for row in rows)
    columns = [
        Column("ID"),
        Column("TITLE", 16),
        Column("AGE"),
        Column("WAITS FOR", 9),
        *([Column("INCIDENT", 8)] if has_incidents else []),
        *([Column("PLAN", 8)] if has_plans else []),
    ]
    terminal.result_list(
        columns,
        [
            [
                row.thread.id[:SHORT],
                row.thread.title or "",
                ages.age(row.thread.modified_timestamp or row.thread.created_timestamp),
                Cell(_waits_for(row.waiting), "yellow"),
                *([row.thread.incident or ""] if has_incidents else []),
                *([row.thread.response_plan or ""] if has_plans else []),
            ]
            for row in rows
        ],
    )


def _waits_for(waiting: "Sequence[Attention]") -> str:
    if not waiting:
        return ""
    what = waiting[0].pending_on or "a person"
    since = ages.age(waiting[0].pending_since)
    more = f" (+{len(waiting) - 1})" if len(waiting) > 1 else ""
    return f"{what}{f', {since}' if since else ''}{more}"

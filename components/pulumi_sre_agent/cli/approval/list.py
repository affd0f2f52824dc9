"""`sre-agent approval list`: what waits, in all threads."""

from collections.abc import Sequence
from typing import Annotated

import typer

from pulumi_sre_agent.cli import ages, terminal, watching
from pulumi_sre_agent.cli.approval import seen
from pulumi_sre_agent.cli.approval.item import SHORT, Item
from pulumi_sre_agent.cli.approval.risk import STYLES
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

EPILOG = epilog(
    "sre-agent approval list",
    "sre-agent approval list --watch",
    "sre-agent approval list --json | jq -r '.[].command'",
)
COLUMNS = (
    Column("ID"),
    Column("AGE"),
    Column("THREAD"),
    Column("RISK", 6),
    Column("WAITS FOR"),
    Column("ACTION", 20),
)


@with_target
def list_approvals(
    target: Target,
    *,
    thread: Annotated[
        str | None,
        typer.Option("--thread", metavar="THREAD", help="Only in this one: its id, or how it begins."),
    ] = None,
    watch: watching.Watch = False,
    json: Json = False,
) -> None:
    """List the commands, and requests of policies, that wait for a word, the longest waiting first.

    The risk is told from the words of a command, as a hint. What waits for permissions is approved: `lend`
    lets it run. `show` and `approve` print a command whole.
    """
    with target.open() as agent:
        thread_id = agent.threads.find(thread).id if thread else None

        def look() -> list[Item]:
            items = sorted(map(Item, agent.approvals.pending(thread_id)), key=lambda item: item.since or "")
            seen.remember(items)
            return items

        def show(items: list[Item]) -> None:
            if json:
                (terminal.result_line if watch else terminal.result_json)([item.json() for item in items])
            else:
                _print_table(items)

        if watch:
            watching.watch(look, show)
        else:
            show(look())


def _print_table(items: Sequence[Item]) -> None:
    if not items:
        terminal.note("Nothing waits for a word.")
        return
    terminal.result_list(
        COLUMNS,
        [
            [
                item.id[:SHORT],
                ages.age(item.since),
                item.thread_id[:SHORT],
                Cell(item.risk.text, STYLES[item.risk.level]),
                "permissions" if item.needs_permissions else "approval",
                item.command,
            ]
            for item in items
        ],
    )

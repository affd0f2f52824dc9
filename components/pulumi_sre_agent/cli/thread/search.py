"""`sre-agent thread search`: threads in which something was said."""

from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Column
from pulumi_sre_agent.cli.thread.options import SHORT

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.messages import Message

EPILOG = epilog(
    "sre-agent thread search checkout", 'sre-agent thread search "az webapp restart" --limit 200 --json'
)
AROUND = 30
"""Characters shown before what was found."""


@with_target
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for, in any case of letters.")],
    target: Target,
    *,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="How many of the newest to look in.")
    ] = 50,
    json: Json = False,
) -> None:
    """Look for a text in titles, messages and commands of the newest threads.

    The service has no search of its own: each thread is read, so a larger --limit takes longer.
    """
    found = []
    with target.open() as agent:
        looked_in = 0
        for thread in agent.threads.list(top=limit):
            looked_in += 1
            title = [thread.title or ""]
            texts = (part for each in agent.threads.messages(thread.id).messages for part in _texts(each))
            if hit := next((one for one in (*title, *texts) if text.lower() in one.lower()), None):
                found.append((thread, hit))
    terminal.note(f"Looked in {looked_in} threads, found it in {len(found)}.")
    if json:
        terminal.result_json(
            [thread.model_dump(by_alias=True, mode="json") | {"match": hit} for thread, hit in found]
        )
    elif found:
        rows = [
            [thread.id[:SHORT], thread.title or "", ages.age(thread.modified_timestamp), _around(hit, text)]
            for thread, hit in found
        ]
        terminal.result_list([Column("ID"), Column("TITLE", 16), Column("AGE"), Column("FOUND", 16)], rows)


def _texts(message: "Message") -> list[str]:
    commands = [execution.command for execution in message.executions if execution]
    return [each for each in (message.text, *commands) if each]


def _around(hit: str, text: str) -> str:
    begin = max(0, hit.lower().index(text.lower()) - AROUND)
    return f"{'…' if begin else ''}{hit[begin:]}"

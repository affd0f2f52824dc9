"""`sre-agent thread logs`: a conversation line by line, as it goes on."""

from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.thread.options import ThreadId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_sre_agent.api.runtime.messages import Message

EPILOG = epilog(
    "sre-agent thread logs 1f6a2c3d",
    "sre-agent thread logs -f 1f6a2c3d",
    "sre-agent thread logs 1f6a2c3d --json | jq -r .text",
)
INDENT = " " * len("12:00:00  ")
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on until the agent's turn is over.")]


@with_target
def logs(
    thread_id: ThreadId,
    target: Target,
    *,
    follow: Follow = False,
    json: Json = False,
) -> None:
    """Print the messages of a thread, one after another, each with its time (UTC) and author.

    With -f those to come, too: a command comes again whenever its state changes. With --json a line each.
    """
    with target.open() as agent:
        threads = agent.threads
        thread = threads.find(thread_id)
        print_messages(
            threads.follow(thread.id) if follow else threads.messages(thread.id).messages, json=json
        )


def print_messages(messages: "Iterable[Message]", *, json: bool) -> None:
    """Print messages as they come: for people, or as JSON, a line each."""
    for message in messages:
        if json:
            terminal.result_line(message.model_dump(by_alias=True, mode="json"))
        else:
            _print(message)


def _print(message: "Message") -> None:
    """Print a message in lines: the first with time and author, further ones indented, commands in one."""
    from pulumi_sre_agent.cli.thread.transcript import author  # noqa: PLC0415 - --help stays quick

    commands = [f"[{execution.status}] {execution.command}" for execution in message.executions if execution]
    if card := message.approval:
        commands.append(f"[{card.status}] {card.command or card.title}")
    kind = " (reasoning)" if message.message_type == "Reasoning" else ""
    before = f"{ages.clock_time(message.time_stamp)[-8:]}  {author(message)}{kind}: "
    for line in filter(str.strip, (message.text or "").splitlines()):
        terminal.result_text(f"{before}{line}", hanging=len(INDENT))
        before = INDENT
    for line in (line for command in commands for line in command.splitlines()):
        terminal.result(f"{before}{line}")
        before = INDENT

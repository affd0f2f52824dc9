"""`sre-agent trigger run`: a trigger, by hand."""

import json as json_format
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.thread.logs import Follow, print_messages
from pulumi_sre_agent.cli.trigger.options import TriggerName

EPILOG = epilog(
    "sre-agent trigger run deployed --payload deployment.json",
    "jq -n '{version: \"1.2.0\"}' | sre-agent trigger run deployed --payload - --follow",
)


@with_target
def run(
    trigger: TriggerName,
    target: Target,
    *,
    payload: Annotated[
        str | None,
        typer.Option("--payload", metavar="FILE", help="JSON that it gets: a file, or - for stdin."),
    ] = None,
    follow: Follow = False,
    json: Json = False,
) -> None:
    """Run a trigger by hand, also one that is off, and say in which thread it runs.

    With -f the thread's messages as they come, until the agent's turn is over.
    """
    value = _value(payload) if payload else None
    with target.open() as agent:
        begun = agent.triggers.execute(trigger, value)
        if begun.success is False or not begun.thread_id:
            why = f": {begun.message}" if begun.message else ""
            raise Unavailable(f"HTTP trigger {trigger} did not start{why}.")
        if follow:
            terminal.note(f"{trigger} runs in thread {begun.thread_id}.")
            print_messages(agent.threads.follow(begun.thread_id), json=json)
        elif json:
            terminal.result_json({"threadId": begun.thread_id})
        else:
            terminal.result(f"{trigger} runs in thread {begun.thread_id}.")


def _value(source: str) -> Any:
    try:
        text = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise ConfigError(f"The payload {source} cannot be read: {error.strerror}.") from error
    try:
        return json_format.loads(text)
    except (ValueError, RecursionError) as error:
        name = "stdin" if source == "-" else source
        raise ConfigError(f"The payload in {name} is not JSON: {error}.") from error

"""`sre-agent thread export`: a conversation as one page."""

from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.thread.options import ThreadId

EPILOG = epilog(
    "sre-agent thread export 1f6a2c3d -o checkout.html", "sre-agent thread export 1f6a2c3d > t.html"
)


@with_target
def export(
    thread_id: ThreadId,
    target: Target,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it. Default: stdout."),
    ] = None,
) -> None:
    """Write a conversation as one HTML page that loads nothing, to keep or to send on.

    It holds all that was said, and the outputs of commands: look through it before others get it.
    """
    from pulumi_sre_agent.cli.thread import page, transcript  # noqa: PLC0415 - --help stays quick

    with target.open() as agent:
        thread = agent.threads.find(thread_id)
        text = transcript.render(thread, agent.threads.messages(thread.id))
    html = page.render(thread.title or "Thread", text)
    if output is None:
        terminal.result(html.rstrip("\n"))
        return
    try:
        output.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"The page cannot be written to {output}: {error.strerror}.") from error
    terminal.note(f"Wrote {output}.")

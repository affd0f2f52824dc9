"""`sre-agent knowledge upload`: give an agent something to read."""

from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.knowledge.options import Wait
from pulumi_sre_agent.cli.knowledge.sending import counted, send
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog(
    "sre-agent knowledge upload runbooks/ architecture.pdf", "sre-agent knowledge upload notes.md --no-wait"
)


@with_target
def upload(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="Files, and folders of files.", show_default=False)
    ],
    target: Target,
    *,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="Whether the agent is to find what is in them.")
    ] = True,
    wait: Wait = True,
    json: Json = False,
) -> None:
    """Upload files; a document of the same name is replaced.

    An agent's documents are in one flat store: a file's name is all of it. Of a folder the files right in it
    go, but for hidden ones. All are checked before anything is sent, and Ctrl-C leaves no half of one.
    """
    from pulumi_sre_agent.api.runtime.knowledge import files_of  # noqa: PLC0415 - --help stays quick

    files = [*files_of(paths)]
    with target.open() as agent:
        sent = send(agent.knowledge, files, index=index, wait=wait)
    if json:
        terminal.result_json([document.model_dump(by_alias=True, mode="json") for document in sent])
    else:
        terminal.result(f"Uploaded {counted(len(sent))}{' and indexed' if wait and index else ''}.")

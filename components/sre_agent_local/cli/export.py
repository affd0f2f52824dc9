"""`sre-agent local export`: print the stack's state in Pulumi's own format."""

from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, ProjectFolder, Stack
from sre_agent_local.cli import deployment

EPILOG = examples(
    "sre-agent local export | jq -r '.deployment.resources[].urn'",
    "sre-agent local export --file state.json",
)


def export(
    project: ProjectFolder = None,
    stack: Stack = "local",
    engine: Engine = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", dir_okay=False, help="Write to a file.")
    ] = None,
) -> None:
    """Print the stack's state as JSON, in the format that `pulumi stack import` takes.

    Secrets stay encrypted, with the passphrase `local`. The local Azure need not run.
    """
    runner = deployment.prepare_reading(projects.find(project, stack), engine)
    state = runner.read("stack", "export")
    if file is None:
        terminal.result(state.rstrip("\n"))
    else:
        try:
            file.write_text(state, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"Cannot write the state to {file}: {error.strerror}.") from error
        terminal.note(f"Wrote {file}.")

"""`sre-agent local preview`: show what `up` would change."""

import shlex
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, EngineName, ProjectFolder, Stack
from sre_agent_local.cli import deployment

EPILOG = examples(
    "sre-agent local preview",
    "sre-agent local preview --diff",
    "sre-agent local preview --expect-no-changes",
)


def preview(  # noqa: PLR0913, PLR0917 - each is an option
    project: ProjectFolder = None,
    stack: Stack = "local",
    engine: Engine = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show each property.")] = False,
    expect_no_changes: Annotated[
        bool, typer.Option("--expect-no-changes", help="Fail if anything would change.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Read first what Azure really has (Pulumi CLI only).")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print Pulumi's own JSON of a preview.")] = False,
    show_sames: Annotated[
        bool, typer.Option("--show-sames", help="In JSON, list what stays the same, too.")
    ] = False,
) -> None:
    """Show what `up` would change, without changing it.

    Compares the program and the agent directory with the stack's state. To see what was changed behind
    Pulumi's back, run `refresh` first.
    """
    runner = deployment.prepare(projects.find(project, stack), engine)
    if refresh and runner.engine.name is EngineName.EMBEDDED:
        raise ConfigError(
            "The embedded engine does not refresh in a preview: run "
            f"`sre-agent drift -s {shlex.quote(stack)}`, or install the Pulumi CLI."
        )
    flags = {
        "--diff": diff,
        "--expect-no-changes": expect_no_changes,
        "--refresh": refresh,
        "--json": json,
        "--show-sames": show_sames,
    }
    outcome = runner.show("preview", *(flag for flag, is_set in flags.items() if is_set))
    raise typer.Exit(outcome.code)

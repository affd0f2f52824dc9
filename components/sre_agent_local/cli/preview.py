"""`sre-agent local preview`: show what `up` would change."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, ProjectFolder, Stack
from sre_agent_local.cli import deployment

EPILOG = examples(
    "sre-agent local preview",
    "sre-agent local preview --diff",
    "sre-agent local preview --expect-no-changes",
)


def preview(
    project: ProjectFolder = None,
    stack: Stack = "local",
    engine: Engine = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show each property.")] = False,
    expect_no_changes: Annotated[
        bool, typer.Option("--expect-no-changes", help="Fail if anything would change.")
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
    flags = {
        "--diff": diff,
        "--expect-no-changes": expect_no_changes,
        "--json": json,
        "--show-sames": show_sames,
    }
    outcome = runner.show("preview", *(flag for flag, is_set in flags.items() if is_set))
    raise typer.Exit(outcome.code)

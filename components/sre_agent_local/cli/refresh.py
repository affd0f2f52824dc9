"""`sre-agent local refresh`: read the local Azure into the stack's state."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, Json, ProjectFolder, Stack
from sre_agent_local.cli import deployment, recovery, report

EPILOG = examples(
    "sre-agent local refresh",
    "sre-agent local refresh --preview-only",
    "sre-agent local refresh --json | jq .changes",
)


def refresh(
    project: ProjectFolder = None,
    stack: Stack = "local",
    engine: Engine = None,
    preview_only: Annotated[
        bool,
        typer.Option(
            "--preview-only", help="Show it, and leave the state as it is; with --json, in Pulumi's own JSON."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Read what the local Azure really holds into the stack's state.

    Shows what was changed or deleted behind Pulumi's back; afterwards `preview` shows what `up` would put
    back.
    """
    location = projects.find(project, stack)
    runner = deployment.prepare(location, engine)
    if preview_only:
        shown = runner.show("refresh", "--preview-only", *(["--json"] if json else []))
        raise typer.Exit(shown.code)
    recovery.recover(location, runner)
    outcome = runner.follow("refresh", "--yes", "--skip-preview", "--suppress-outputs", quiet=json)
    outputs = deployment.outputs(runner) if json and outcome.code == 0 else {}
    if json:
        terminal.result_json(report.result_json(runner, outcome, outputs))
    elif outcome.is_idle:
        terminal.result("Nothing was changed behind Pulumi's back.")
    raise typer.Exit(outcome.code)

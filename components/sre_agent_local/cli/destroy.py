"""`sre-agent local destroy`: delete what the stack created."""

import typer

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, Json, ProjectFolder, Stack
from sre_agent_local.cli import deployment, recovery, report

EPILOG = examples(
    "sre-agent local destroy",
    "sre-agent local destroy --json",
)


def destroy(
    project: ProjectFolder = None, stack: Stack = "local", engine: Engine = None, json: Json = False
) -> None:
    """Delete from the local Azure everything that the stack created, without asking.

    The local Azure goes on running. To forget everything at once use `sre-agent local reset`.
    """
    location = projects.find(project, stack)
    runner = deployment.prepare(location, engine)
    recovery.recover(location, runner)
    outcome = runner.follow("destroy", "--yes", "--skip-preview", "--suppress-outputs", quiet=json)
    if json:
        terminal.result_json(report.result_json(runner, outcome))
    elif outcome.is_idle:
        terminal.result("Nothing to delete: the stack holds no resources.")
    raise typer.Exit(outcome.code)

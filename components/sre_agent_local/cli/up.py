"""`sre-agent local up`: deploy the stack to the local Azure."""

import typer

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, EngineName, Json, ProjectFolder, Stack
from sre_agent_local.cli import deployment, hints, recovery, report, unchanged
from sre_agent_local.cli.begun_creates import BegunCreates
from sre_agent_local.cli.runner import Runner
from sre_agent_local.cli.trust import Tls

EPILOG = examples(
    "sre-agent local up",
    "sre-agent local up --engine embedded",
    "sre-agent local up --json | jq -r .outputs.endpoint",
)


FIRST = (
    "First deployment: the program is loaded, which takes longest the first time,\n"
    "previewed, and then everything is made. Later runs change what differs ..."
)


def up(
    project: ProjectFolder = None,
    stack: Stack = "local",
    engine: Engine = None,
    tls: Tls = False,
    json: Json = False,
) -> None:
    """Deploy the stack to the local Azure, which is started if needed.

    Prints each step as it happens, then the outputs. Running it again changes only what differs from the
    program and the agent directory, and says so when nothing does. After an interruption it goes on where
    it was: what the interrupted run left is settled first, as `sre-agent recover` does.
    """
    location = projects.find(project, stack)
    is_first = not location.checkpoint.exists()
    runner = deployment.prepare(location, engine, tls=tls)
    if is_first:
        terminal.note(FIRST)
    recovery.recover(location, runner)
    flags = ("--yes", "--suppress-outputs", *_preview_flags(runner, location))
    with BegunCreates(location) as begun:
        outcome = runner.follow("up", *flags, quiet=json)
    if outcome.code:
        begun.keep_unanswered(outcome.refused)
    else:
        unchanged.keep(location)
    outputs = deployment.outputs(runner) if outcome.code == 0 else {}
    if json:
        terminal.result_json(report.result_json(runner, outcome, outputs))
    elif outcome.code == 0:
        if outcome.is_idle:
            terminal.result("Nothing changed: everything already is as the program says.\n")
        rows = [(name, report.format_output(value)) for name, value in outputs.items()]
        terminal.result_table(rows, heading="Outputs")
        if "create" in (outcome.changes or {}):
            hints.suggest_after_up(location, outputs)
    raise typer.Exit(outcome.code)


def _preview_flags(runner: Runner, project: projects.Project) -> tuple[str, ...]:
    """Spare a run that can change nothing its preview, which the embedded engine does by itself."""
    spares = runner.engine.name is EngineName.PULUMI and unchanged.is_as_left(project)
    return ("--skip-preview",) if spares else ()

"""`sre-agent local up`: deploy the stack to the local Azure."""

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.local import agent_directory, deployment, hints, report
from pulumi_sre_agent.cli.options import Engine, Json, ProjectFolder, Stack

EPILOG = examples(
    "sre-agent local up",
    "sre-agent local up --engine embedded",
    "sre-agent local up --json | jq -r .outputs.endpoint",
)


def up(
    project: ProjectFolder = None, stack: Stack = "local", engine: Engine = None, json: Json = False
) -> None:
    """Deploy the stack to the local Azure, which is started if needed.

    Prints each step as it happens, then the outputs. Running it again changes only what differs from the
    program and the agent directory, and says so when nothing does. After an interruption it goes on where
    it was.
    """
    found = projects.find(project, stack)
    directory = agent_directory.read(found)
    runner = deployment.prepare(found, engine, directory.agent.target_resource_groups if directory else ())
    outcome = runner.follow("up", "--yes", "--skip-preview", "--suppress-outputs", quiet=json)
    outputs = deployment.outputs(runner) if outcome.code == 0 else {}
    if outputs and not json:
        rows = [(name, report.text(value)) for name, value in outputs.items()]
        terminal.result_table(rows, heading="Outputs")
        hints.after_up(found, directory, outputs)
    report.finish(
        runner,
        outcome,
        outputs,
        as_json=json,
        unchanged="Nothing changed: the local Azure already is as the program says.",
    )

"""`sre-agent local outputs`: print what the stack exports."""

from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, Json, ProjectFolder, Stack
from sre_agent_local.cli import deployment, report

EPILOG = examples(
    "sre-agent local outputs",
    "sre-agent local outputs endpoint",
    "sre-agent local outputs --json",
)


def outputs(
    name: Annotated[str | None, typer.Argument(help="Print only this output.", show_default=False)] = None,
    project: ProjectFolder = None,
    stack: Stack = "local",
    engine: Engine = None,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Print secrets too.")] = False,
    json: Json = False,
) -> None:
    """Print the stack's outputs, or one of them.

    Secrets print as `[secret]` unless --show-secrets is given. The local Azure need not run.
    """
    runner = deployment.prepare_reading(projects.find(project, stack), engine)
    values = deployment.outputs(runner, show_secrets=show_secrets)
    if name is not None and name not in values:
        known = ", ".join(sorted(values)) or "none"
        raise ConfigError(f"Stack {stack!r} has no output {name!r} (it has: {known}).")
    if json:
        terminal.result_json(values if name is None else values[name])
    elif name is not None:
        terminal.result(report.format_output(values[name]))
    elif values:
        terminal.result_table([(key, report.format_output(value)) for key, value in values.items()])
    else:
        terminal.note(f"Stack {stack!r} has no outputs.")

"""Where the commands of `explain` read agents from: a directory, a stack's state, or the service."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import completion, engine, stand_ins
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.directory_values import Values
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.target import Target

if TYPE_CHECKING:
    from pulumi_sre_agent.review.inventory.inventory import Inventory

Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="An agent directory: the folder of agent.json.")
]
OfStack = Annotated[str | None, completion.stack_option("What this stack's state holds instead.")]
LiveAgent = Annotated[
    str | None,
    typer.Option(
        "--agent",
        "-a",
        metavar="NAME|ID",
        autocompletion=completion.agents,
        help="An agent as it lives instead, by name or ARM id; logged in as the environment says, and with "
        "--stack as that stack is.",
    ),
]


def read_inventory(
    directory: Path | None,
    stack: str | None,
    agent: str | None,
    project: Path | None,
    values: Values,
) -> "Inventory":
    """Return what is there to explain. Raises ConfigError unless exactly one place is named."""
    if (directory is not None) + (stack is not None or agent is not None) != 1:
        raise ConfigError(
            "Say where the agent is to be read from: a directory, --stack for a stack's state, or --agent "
            "for one as it lives."
        )
    if directory is not None:
        return read_directory(directory, values)
    values.refuse()
    if agent is not None:
        return _of_service(Target(agent=agent, stack=stack, project=project))
    return read_stack(projects.find(project, str(stack)))


def read_directory(directory: Path, values: Values, *, unset_variables: bool = True) -> "Inventory":
    """Return what a directory says. Raises `DirectoryError` with all that is wrong with it.

    `unset_variables`: whether some may have no value.
    """
    from pulumi_sre_agent.review.inventory.of_directory import of_directory  # noqa: PLC0415 - --help stays quick

    return of_directory(values.read(directory, unset_variables=unset_variables))


def read_stack(project: projects.Project) -> "Inventory":
    """Return what a stack's state holds. Raises ConfigError for one without an agent."""
    from pulumi_sre_agent.review.inventory.of_state import of_state  # noqa: PLC0415 - --help stays quick

    name = engine.choose(None) if project.is_local else EngineName.PULUMI
    with stand_ins.environment_of(project):
        found = of_state(engine.open_engine(name, project.root, project.stack).export())
    if not found.agents:
        raise ConfigError(f"Stack {project.stack!r} has no agent: deploy it, or give its directory.")
    return found


def _of_service(target: Target) -> "Inventory":
    from pulumi_sre_agent.review.inventory.of_service import of_service  # noqa: PLC0415 - --help stays quick

    with target.client() as client:
        return of_service(client, target.find(client)[0])

"""`sre-agent local reset`: forget everything that was deployed locally."""

import shutil
import sys
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli import run_lock
from sre_agent_local.cli.azure import LocalAzure

EPILOG = examples(
    "sre-agent local reset",
    "sre-agent local reset --yes",
)


def reset(
    project: ProjectFolder = None,
    stack: Stack = "local",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Forget what the local Azure holds, and the state of every local stack with it.

    Both go together, because a state that still lists what Azure has forgotten is wrong in every line. The
    next `up` starts from nothing. Nothing outside `.local/` is touched.
    """
    location = projects.find(project, stack)
    location.azure_url  # noqa: B018 - refuses a stack that lives elsewhere
    if not yes:
        _confirm()
    run_lock.take(location)
    LocalAzure(location).reset()
    shutil.rmtree(location.state, ignore_errors=True)
    if json:
        terminal.result_json({"reset": True})
    else:
        terminal.result_text(
            "The local Azure and the state of its stacks are empty: the next `up` starts from nothing."
        )


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise ConfigError("This forgets everything deployed locally: say --yes where nobody can be asked.")
    typer.confirm("Forget the local Azure's data and the state of its stacks?", abort=True, err=True)

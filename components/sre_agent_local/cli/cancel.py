"""`sre-agent local cancel`: remove the locks that killed runs have left on the stack."""

from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli import run_lock

EPILOG = examples(
    "sre-agent local cancel",
    "sre-agent local cancel --force",
)


def cancel(
    project: ProjectFolder = None,
    stack: Stack = "local",
    force: Annotated[
        bool, typer.Option("--force", help="Also the lock of a run that still works; it is not ended.")
    ] = False,
    json: Json = False,
) -> None:
    """Remove the locks that killed runs have left on the stack, such as those of a container that is gone.

    `up` and its like remove by themselves what they can see to be left over. A run that still works keeps
    its lock: press Ctrl-C there instead. Neither Azure nor an engine need run.
    """
    location = projects.find(project, stack)
    if not force and (pid := run_lock.running(location)):
        raise SreAgentError(
            f"A run works on stack {stack!r} (pid {pid}): end it with Ctrl-C, or with `kill -INT {pid}`."
        )
    locks = run_lock.locks(location)
    removed = [str(holder) for holder in locks.holders()]
    locks.clear()
    if json:
        terminal.result_json({"removed": removed})
    elif removed:
        terminal.result("\n".join(f"Removed the lock of {holder}." for holder in removed))
    else:
        terminal.result(f"Nothing locks stack {stack!r}.")

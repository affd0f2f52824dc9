"""`sre-agent recover`: settle what interrupted runs have left in a stack's state."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.cli import completion, terminal
from pulumi_sre_agent.cli import engine as engines
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Engine, EngineName, Json, ProjectFolder

if TYPE_CHECKING:
    from pulumi_sre_agent.recovery.deployment import Json as Resource
    from pulumi_sre_agent.recovery.lookup import Lookup
    from pulumi_sre_agent.recovery.recover import Recovered

EPILOG = examples(
    "sre-agent recover -s dev", "sre-agent recover -s dev --preview", "sre-agent recover --json"
)


def recover(
    project: ProjectFolder = None,
    stack: Annotated[
        str | None,
        completion.stack_option("The stack. Default: the one that is selected."),
    ] = None,
    engine: Engine = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what would be done, and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Settle the operations that a killed run has left pending in a stack's state.

    Reads them from `pulumi stack export`, and looks for each in Azure, logged in as the stack is. What a
    create has made is imported into the state, so that the next `up` finishes it and `destroy` deletes it; a
    create that came to nothing is cleared. What was being updated or deleted is read anew. Prints a line for
    each.

    A file that a kill has cut off beside a state in files, so that no command of Pulumi's works, is removed.

    What exists is taken to be the interrupted run's own. Where Azure does not answer, nothing is changed.
    `sre-agent local up` and `destroy` do this by themselves.
    """
    from pulumi_sre_agent.recovery import file_backend  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.recovery import recover as recovery  # noqa: PLC0415 - as above

    root = projects.root_of(project)
    for file in [] if preview else file_backend.repair(root, os.environ):
        terminal.note(f"Removed {file.name}, which a kill had cut off, from beside the state.")
    name = engines.choose(engine)
    chosen = engines.open_engine(name, root, stack)
    is_embedded = name is EngineName.EMBEDDED
    config = (lambda: _written_config(root, stack)) if is_embedded else chosen.config
    try:
        recovered = recovery.recover(chosen, _lookup(config), preview=preview)
    except SreAgentError:
        terminal.note("The state and its pending operations are as they were.")
        raise
    if json:
        terminal.result_json([vars(each) for each in recovered])
    elif not recovered:
        terminal.result("No operation is pending.")
    for each in [] if json else recovered:
        terminal.result_text(_line(each), hanging=10)


def _written_config(root: Path, stack: str | None) -> dict[str, str]:
    """Return what a stack's file says in plain, where its engine has no verb for it."""
    location = projects.find(root, stack or os.environ.get("PULUMI_STACK", ""))
    return {key: text for key in location.config if (text := location.text(key)) is not None}


def _lookup(config: Callable[[], dict[str, str]]) -> "Callable[[list[Resource]], Lookup]":
    def make(stored: "list[Resource]") -> "Lookup":
        from pulumi_sre_agent.api.client import connect  # noqa: PLC0415 - --help stays quick
        from pulumi_sre_agent.api.settings import Settings  # noqa: PLC0415 - as above
        from pulumi_sre_agent.recovery.lookup import Lookup  # noqa: PLC0415 - as above

        return Lookup(connect(Settings.load(config().get, os.environ)), stored)

    return make


def _line(each: "Recovered") -> str:
    _, _, types, name = each.urn.split("::", 3)
    return f"{each.action:<9} {types.rpartition('$')[2]} {name} ({each.operation}): {each.detail}"

"""`sre-agent local`: an Azure on this machine, and the stack on it."""

from importlib.util import find_spec
from typing import Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.group import EXIT_CODES, SETTINGS, Group, examples
from sre_agent_local.cli import (
    cancel,
    clock,
    destroy,
    env,
    export,
    faults,
    incident,
    outputs,
    preview,
    principals,
    refresh,
    requests,
    reset,
    run_lock,
    script,
    start,
    status,
    stop,
    switches,
    up,
)

EXTRA = ("cryptography", "h11", "re2", "starlette", "uvicorn")
"""What the servers import beyond the toolkit's own dependencies: the extra `local`."""


class LocalGroup(Group):
    """The commands, where the servers' dependencies are installed."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Begin a command, even its help; ConfigError without the extra."""
        if missing := [module for module in EXTRA if not find_spec(module)]:
            raise ConfigError(
                f"`sre-agent local` needs {' and '.join(missing)}: "
                "run `pip install 'pulumi-sre-agent[local]'`."
            )
        return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command, which no longer holds the stack when it has ended."""
        try:
            return super().invoke(ctx)
        finally:
            run_lock.release()


app = typer.Typer(
    cls=LocalGroup,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=SETTINGS,
    help="""An Azure that runs on this machine, and the stack on it.

    The local Azure serves both planes of SRE Agents, and what they stand on, at the address that
    `azure-native:metadataHost` names in the stack's file. It keeps its data, and the stack's state, under
    `.local/`.
    """,
    epilog=examples("sre-agent local up", "sre-agent local preview --diff", "sre-agent local outputs --json")
    + "\n\n"
    + EXIT_CODES,
)

STACK = "The stack"
AZURE = "The local Azure"

for module in (up, preview, refresh, destroy, outputs, export, cancel):
    app.command(rich_help_panel=STACK, epilog=module.EPILOG)(
        getattr(module, module.__name__.rpartition(".")[2])
    )
for module in (start, stop, status, reset, env, script, switches, requests):
    app.command(rich_help_panel=AZURE, epilog=module.EPILOG)(
        getattr(module, module.__name__.rpartition(".")[2])
    )
app.add_typer(principals.app, name="principals", rich_help_panel=AZURE)
app.add_typer(faults.app, name="faults", rich_help_panel=AZURE)
app.add_typer(clock.app, name="clock", rich_help_panel=AZURE)
app.add_typer(incident.app, name="incident", rich_help_panel=AZURE)

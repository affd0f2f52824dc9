"""`sre-agent local`: an Azure on this machine, and the stack on it."""

from importlib.util import find_spec
from typing import Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.group import EXIT_CODES, SETTINGS, LazyGroup, Listed, Table, examples

EXTRA = ("cryptography", "h11", "re2", "starlette", "uvicorn")
"""What the servers import beyond the toolkit's own dependencies: the extra `local`."""


STACK = "The stack"
AZURE = "The local Azure"
COMMANDS: Table = {
    "up": Listed(
        STACK, "sre_agent_local.cli.up:up", "Deploy the stack to the local Azure, which is started if needed."
    ),
    "preview": Listed(
        STACK, "sre_agent_local.cli.preview:preview", "Show what `up` would change, without changing it."
    ),
    "refresh": Listed(
        STACK,
        "sre_agent_local.cli.refresh:refresh",
        "Read what the local Azure really holds into the stack's state.",
    ),
    "destroy": Listed(
        STACK,
        "sre_agent_local.cli.destroy:destroy",
        "Delete from the local Azure everything that the stack created, without asking.",
    ),
    "outputs": Listed(
        STACK, "sre_agent_local.cli.outputs:outputs", "Print the stack's outputs, or one of them."
    ),
    "export": Listed(
        STACK,
        "sre_agent_local.cli.export:export",
        "Print the stack's state as JSON, in the format that `pulumi stack import` takes.",
    ),
    "cancel": Listed(
        STACK,
        "sre_agent_local.cli.cancel:cancel",
        "Remove the locks that killed runs have left on the stack, such as those of a container that "
        "is gone.",
    ),
    "start": Listed(
        AZURE,
        "sre_agent_local.cli.start:start",
        "Start the local Azure in the background, and wait until it answers.",
    ),
    "stop": Listed(AZURE, "sre_agent_local.cli.stop:stop", "Stop the local Azure; its data stays."),
    "status": Listed(
        AZURE,
        "sre_agent_local.cli.status:status",
        "Say whether the local Azure runs, where, which agents it holds and how much data.",
    ),
    "reset": Listed(
        AZURE,
        "sre_agent_local.cli.reset:reset",
        "Forget what the local Azure holds, and the state of every local stack with it.",
    ),
    "env": Listed(
        AZURE,
        "sre_agent_local.cli.env:env",
        "Print what a shell needs so that pulumi, curl and azure-identity reach the local Azure.",
    ),
    "script": Listed(
        AZURE, "sre_agent_local.cli.script:script", "Set what the agent of the local Azure does, or print it."
    ),
    "switches": Listed(
        AZURE,
        "sre_agent_local.cli.switches:switches",
        "List the switches of the local Azure, set them, or reset them.",
    ),
    "requests": Listed(
        AZURE,
        "sre_agent_local.cli.requests:requests",
        "Show what the local Azure was asked: when, what, the answer's status, how long it took, and "
        "who asked.",
    ),
    "principals": Listed(
        AZURE,
        "sre_agent_local.cli.principals:app",
        "See who is in the local Azure's directory, and add people, groups and service principals.",
    ),
    "faults": Listed(
        AZURE,
        "sre_agent_local.cli.faults:app",
        "Make the local Azure go wrong on demand: rules that say which requests fail, and how.",
    ),
    "clock": Listed(
        AZURE, "sre_agent_local.cli.clock:app", "Move the time of the local Azure, rather than wait."
    ),
    "incident": Listed(
        AZURE,
        "sre_agent_local.cli.incident:app",
        "Let incidents fire, and see which response plan takes them.",
    ),
}


class LocalGroup(LazyGroup):
    """The commands, where the servers' dependencies are installed."""

    table = COMMANDS

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
        from sre_agent_local.cli import run_lock  # noqa: PLC0415 - --help stays quick

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

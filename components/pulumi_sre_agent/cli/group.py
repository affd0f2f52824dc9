"""A group of commands that tells expected errors in a sentence instead of a traceback."""

import sys
from copy import copy
from functools import cached_property
from typing import Any

import typer
from typer.core import TyperGroup

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.cli import terminal

FAILED = 1
WRONG_INPUT = 2
INTERRUPTED = 130

EXIT_CODES = "**Exit codes:** 0 fine · 1 failed · 2 wrong usage or bad input · 130 interrupted"

SETTINGS = {"help_option_names": ["-h", "--help"]}


def examples(*commands: str) -> str:
    """Lay commands out for the foot of a help page, each in a line of its own."""
    return "\n\n".join(["**Examples**", *(f"- `{command}`" for command in commands)])


def epilog(*commands: str, codes: str = "") -> str:
    """Return the foot of a help page: examples, and exit codes, `codes` among them: `3 this · 4 that`."""
    more = f" · {codes}" if codes else ""
    return f"{examples(*commands)}\n\n{EXIT_CODES.replace(' · 130', f'{more} · 130')}"


class Group(TyperGroup):
    """What a command raises on purpose becomes one sentence on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command; `ctx` is Typer's own context, which it does not export."""
        try:
            return super().invoke(ctx)
        except SreAgentError as error:
            terminal.error(str(error))
            raise typer.Exit(WRONG_INPUT if isinstance(error, ConfigError) else FAILED) from error
        except OSError as error:
            terminal.silence(sys.stdout)  # it may be what is full
            what = f"what is to be done with {error.filename}" if error.filename else "that"
            terminal.error(f"This machine refuses {what}: {error.strerror or error}.")
            raise typer.Exit(FAILED) from error


def lazily(group: typer.Typer) -> typer.Typer:
    """Return a group whose commands are made when somebody looks at them: the help above it need not."""

    class Lazy(group.info.cls or Group):  # type: ignore[misc]  # a class that Typer holds as a value
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            del self.commands

        @cached_property
        def commands(self) -> Any:
            return typer.main.get_group(group).commands

    light = copy(group)
    light.registered_commands, light.registered_groups = [], []
    light.info = copy(group.info)
    light.info.cls = Lazy
    return light


def noun(help_text: str, *commands: str) -> typer.Typer:
    """Return a group of commands about one thing; `commands` are examples for the foot of its help."""
    return typer.Typer(
        cls=Group,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        context_settings=SETTINGS,
        help=help_text,
        epilog=epilog(*commands) if commands else EXIT_CODES,
    )

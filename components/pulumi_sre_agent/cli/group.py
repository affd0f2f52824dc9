"""A group of commands that tells expected errors in a sentence instead of a traceback."""

import sys
from collections.abc import Iterator, Mapping
from copy import copy
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

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


class Listed(NamedTuple):
    """A command as the help above it lists it, and where it is imported from when it is asked for."""

    panel: str
    """Of the help above it."""
    place: str
    """`module:name` of a function, whose module has its `EPILOG` and perhaps its `Command`, or of a group."""
    help_text: str
    """The first paragraph of the command's own help."""


Table = Mapping[str, Listed]
"""Commands by name."""


class LazyGroup(Group):
    """A group that imports a command when it is asked for; for its help, `table` is enough."""

    table: ClassVar[Table]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.commands: Any = _Commands(self.table)

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all commands; `ctx` is Typer's own context, which it does not export."""
        del ctx
        return [*self.commands]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Lay out the help by the table alone."""
        outline = copy(self)
        outline.commands = {
            name: TyperCommand(name, help=listed.help_text, rich_help_panel=listed.panel)
            for name, listed in self.table.items()
        }
        super(LazyGroup, outline).format_help(ctx, formatter)


class _Commands(Mapping[str, Any]):
    """The commands of a table, each made when somebody looks at it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._made: dict[str, Any] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _make(name, self._table[name])
        return self._made[name]


def _make(name: str, listed: Listed) -> Any:
    module_name, _, own_name = listed.place.partition(":")
    module = import_module(module_name)
    made = getattr(module, own_name)
    group = typer.Typer(rich_markup_mode="markdown")
    if isinstance(made, typer.Typer):
        group.add_typer(made, name=name, rich_help_panel=listed.panel)
    else:
        command = getattr(module, "Command", TyperCommand)
        group.command(name, cls=command, epilog=module.EPILOG, rich_help_panel=listed.panel)(made)
    return typer.main.get_group(group).commands[name]


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

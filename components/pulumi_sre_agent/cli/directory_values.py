"""Values that an agent directory asks for: the options of every command that reads one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.options import Command, with_options

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory

Variables = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="A variable of the directory; as often as it has some."),
]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="NAME=VALUE", help="The answer to a prompt of a recipe."),
]


@dataclass(frozen=True)
class Values:
    """What is put into a directory."""

    variables: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    """By the prompts of a recipe."""

    def refuse(self) -> None:
        """Refuse values where no directory is read that they could be put into. Raises ConfigError."""
        if self.variables or self.answers:
            option = "--var" if self.variables else "--answer"
            raise ConfigError(f"{option} is for an agent directory, and none is read here: leave it out.")

    def read(self, directory: Path, *, unset_variables: bool = False) -> "AgentDirectory":
        """Return what a directory says; with `unset_variables`, also where some have no value, which is told.

        Raises `DirectoryError` with all that is wrong with it.
        """
        from pulumi_sre_agent import directory as directories  # noqa: PLC0415 - --help stays quick

        found = directories.read(
            directory, variables=self.variables, answers=self.answers, unset_variables=unset_variables
        )
        if unset := found.unset_variables:
            terminal.say(
                f"Without a value, and not looked at: {', '.join(f'${{{name}}}' for name in unset)}."
            )
        return found


def with_values(command: Command) -> Command:
    """Give a command `--var` and `--answer` in the place of its parameter `values`.

    Raises ConfigError for what is no NAME=VALUE.
    """
    return with_options(command, "values", {"variables": Variables, "answers": Answers}, _values)


def _values(*, variables: Sequence[str] | None, answers: Sequence[str] | None) -> Values:
    return Values(_pairs(variables), _pairs(answers))


def _pairs(options: Sequence[str] | None) -> dict[str, str]:
    for option in options or ():
        name, sign, _ = option.partition("=")
        if not (name and sign):
            raise ConfigError(f"{option!r} is no NAME=VALUE.")
    return dict(option.split("=", 1) for option in options or ())

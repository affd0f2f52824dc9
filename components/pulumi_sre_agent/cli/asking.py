"""Asking a person, on stderr, where there is one."""

import sys
import termios
from contextlib import suppress
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
YES = {"y", "yes"}


def confirm(question: str, *, yes: bool = False) -> None:
    """Go on only where somebody says yes, or has said it by `--yes`.

    Raises ConfigError where nobody can be asked; ends the command with code 1 for a no.
    """
    if yes:
        return
    if not is_somebody_there():
        raise ConfigError(f"{question} Nobody is there to ask: say --yes.")
    if ask(f"{question} [y/N] ").lower() not in YES:
        terminal.note("Nothing was done.")
        raise typer.Exit(1)


def is_somebody_there() -> bool:
    """Return whether a person can answer."""
    return sys.stdin.isatty()


def ask(question: str) -> str:
    """Ask for a line, typed after the question; an end of input is an empty one."""
    with suppress(termios.error, OSError, ValueError):  # where there is no terminal
        termios.tcflush(sys.stdin, termios.TCIFLUSH)  # a `y` for something else is no answer to this
    return ask_line(question) or ""


def ask_line(question: str) -> str | None:
    """Ask for a line; None where there is none any more."""
    sys.stderr.write(terminal.printable(question))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        sys.stderr.write("\n")
    return line.strip() if line else None

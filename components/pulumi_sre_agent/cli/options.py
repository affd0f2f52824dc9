"""Options that several commands share."""

import functools
import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

Command = Callable[..., None]


class EngineName(StrEnum):
    """What deploys: the Pulumi CLI, or the engine that comes with this package for the stack `local`."""

    PULUMI = "pulumi"
    EMBEDDED = "embedded"


ProjectFolder = Annotated[
    Path | None,
    typer.Option(
        "--project",
        "-C",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Folder in or below the project. Default: the current folder.",
    ),
]
Stack = Annotated[
    str,
    typer.Option("--stack", "-s", metavar="NAME", help="Stack that points at this machine."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Engine = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        help="What deploys. Default: the `pulumi` on PATH, else the embedded engine.",
        show_default=False,
    ),
]


def with_options(
    command: Command, parameter: str, options: Mapping[str, Any], make: Callable[..., Any]
) -> Command:
    """Return a command that takes options in the place of a parameter, which `make` makes of them.

    `options`: annotations for Typer, by the names that `make` takes; each is None where it is not given.
    """
    signature = inspect.signature(command)
    own = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, each in signature.parameters.items()
        if name != parameter
    ]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in options.items()
    ]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        made = make(**{name: given.pop(name, None) for name in options})
        command(**{parameter: made}, **given)

    run.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]  # Typer reads it
    run.__annotations__ = {each.name: each.annotation for each in (*own, *added)}
    return run

"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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

"""`--watch`: show something again and again until somebody has seen enough."""

import sys
from collections.abc import Callable
from time import sleep
from typing import Annotated, TypeVar

import typer

from pulumi_sre_agent.cli import terminal

SECONDS = 2.0
"""Between two looks, as the portal's own."""
Watch = Annotated[
    bool,
    typer.Option(
        "--watch",
        "-w",
        help="Go on showing it until Ctrl-C; elsewhere than on a terminal, whenever it changes.",
    ),
]
T = TypeVar("T")


def watch(look: Callable[[], T], show: Callable[[T], None]) -> None:
    """Show what `look` returns: on a terminal in one place, elsewhere whenever it differs from the last."""
    shown: list[T] = []
    try:
        while True:
            seen = look()
            if terminal.is_person(sys.stdout):
                terminal.clear()
                show(seen)
            elif [seen] != shown:
                show(seen)
            shown = [seen]
            sleep(SECONDS)
    except KeyboardInterrupt:  # how a person says that it is enough
        return

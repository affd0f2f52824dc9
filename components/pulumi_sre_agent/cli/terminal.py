"""The one printer: results to stdout, everything else to stderr, colours only for people."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TextIO


def result(text: str) -> None:
    """Print what the command was asked for."""
    _print(sys.stdout, text)


def result_json(value: Any) -> None:
    """Print what the command was asked for, for programs."""
    _print(sys.stdout, json.dumps(value, indent=2))


def result_table(rows: Sequence[Sequence[str]], heading: str = "") -> None:
    """Print aligned columns; lines are never wrapped, so that they can be copied and searched."""
    if heading and rows:
        _print(sys.stdout, heading, style="bold")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        _print(sys.stdout, f"  {'  '.join(cells)}".rstrip())


def note(text: str) -> None:
    """Say what goes on beside the result."""
    _print(sys.stderr, text, style="dim")


def hint(heading: str, rows: Mapping[str, Sequence[str]]) -> None:
    """Suggest commands: what they are for, and each on a line of its own, ready to copy."""
    _print(sys.stderr, f"\n{heading}", style="bold")
    for purpose, commands in rows.items():
        _print(sys.stderr, f"  {purpose}:", style="dim")
        for command in commands:
            _print(sys.stderr, f"    {command}")


def error(text: str) -> None:
    """Say in a sentence why the command fails."""
    _print(sys.stderr, f"error: {text}", style="red")


def pass_on(line: str) -> None:
    """Print a line of somebody else's, who goes on where it cannot be printed."""
    try:
        sys.stdout.write(line)
        sys.stdout.flush()
    except OSError:
        silence(sys.stdout)


def silence(stream: TextIO) -> None:
    """Let what is printed from here on, and what is still to be, vanish."""
    with suppress(OSError), open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123 - a name that is no path
        os.dup2(nothing.fileno(), stream.fileno())


def _print(stream: TextIO, text: str, style: str = "") -> None:
    try:
        if stream.isatty():
            from rich.console import Console  # noqa: PLC0415 - --help stays quick

            Console(file=stream, highlight=False).print(text, style=style, markup=False, soft_wrap=True)
        else:
            stream.write(f"{text}\n")
            stream.flush()
    except BrokenPipeError:  # who read it has seen enough, as `head` has
        silence(stream)

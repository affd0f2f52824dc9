"""What commands read and write as a whole: previews, and results that may go to a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal


def check_folder(output: Path | None) -> Path | None:
    """Refuse a file in a folder that is not there, before the work whose result it is to take."""
    if output is not None and not output.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}.")
    return output


Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        callback=check_folder,
        help="Where to write it. Default: stdout.",
    ),
]


def read_preview(file: str) -> str:
    """Return the text of a preview: a file's, or with `-` that of stdin. Raises ConfigError."""
    if file == "-":
        return _decode(sys.stdin.buffer.read(), "stdin")
    try:
        return _decode(Path(file).read_bytes(), file)
    except OSError as error:
        raise ConfigError(f"The preview {file} cannot be read: {error.strerror}.") from error


def write(text: str, output: Path | None, what: str) -> None:
    """Print a result, or write it to a file. Raises ConfigError, which names it by `what`."""
    if output is None:
        terminal.result(text.removesuffix("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{what} cannot be written to {output}: {error.strerror}.") from error
    terminal.note(f"Wrote {output}.")


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} is no preview: it is not UTF-8.") from error

"""The one printer: results to stdout, everything else to stderr, colours only for people.

Colours are for terminals, unless NO_COLOR forbids or FORCE_COLOR demands them. COLUMNS says how wide it is;
without it a terminal does, and what goes elsewhere is not shortened. Control characters, which could make a
terminal show something else than what is there, are printed as signs.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

if TYPE_CHECKING:
    from rich.console import Console

CONTROL: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"},
    **{code: f"\\x{code:02x}" for code in range(0x7F, 0xA0)},
    **{code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}
"""How what must not reach a terminal is printed: control characters, and those that turn writing around."""
GAP = "  "
WORD = re.compile(r"(\s*)((?:`[^`\n]*`|\S)+)")
"""What is before, and what stays in one line: a word, or a command in backticks with what touches it."""


class Cell(NamedTuple):
    """What stands in a table, and how: a style of rich's, such as `red`."""

    text: str
    style: str = ""


class Column(NamedTuple):
    """A column of a table."""

    title: str
    least: int = 0
    """To how many cells it may be shortened where the table is too wide; 0: not at all."""


def result(text: str) -> None:
    """Print what the command was asked for."""
    _print(sys.stdout, text)


def result_text(text: str, hanging: int = 0) -> None:
    """Print sentences that were asked for: for a person in lines that fit, further ones `hanging` cells in.

    A line that is indented goes on where it begins.
    """
    _print(sys.stdout, _wrapped(sys.stdout, text, hanging))


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


def result_list(columns: Sequence[Column], rows: Iterable[Sequence[str | Cell]]) -> None:
    """Print a table with titles, a line a row, no wider than stdout: the widest columns give way."""
    head = [Cell(column.title, "bold") for column in columns]
    lines = [head, *([_cell(cell) for cell in row] for row in rows)]
    natural = [max(_width(row[index].text) for row in lines) for index in range(len(columns))]
    widths = _fitting(columns, natural, width(sys.stdout))
    for row in lines:
        cells = [Cell(_fit(cell.text, size), cell.style) for cell, size in zip(row, widths, strict=True)]
        _print_cells(sys.stdout, cells, widths)


def result_markdown(text: str) -> None:
    """Print Markdown: laid out for a person, as it is for programs."""
    if not is_person(sys.stdout):
        _print(sys.stdout, text)
        return
    from rich.markdown import Markdown  # noqa: PLC0415 - --help stays quick

    _print_rich(sys.stdout, Markdown(printable(text), hyperlinks=False, code_theme="ansi_dark"))


def result_line(value: Any) -> None:
    """Print one of many results, for programs: JSON in one line."""
    _print(sys.stdout, json.dumps(value))


def clear() -> None:
    """Begin again at the top of an empty screen."""
    sys.stdout.write("\x1b[H\x1b[2J")


def note(text: str) -> None:
    """Say what goes on beside the result."""
    _print(sys.stderr, _wrapped(sys.stderr, text), style="dim")


def say(text: str) -> None:
    """Say what a person has to read before an answer."""
    _print(sys.stderr, text)


def hint(heading: str, rows: Mapping[str, Sequence[str]]) -> None:
    """Suggest commands: what they are for, and each on a line of its own, ready to copy."""
    _print(sys.stderr, f"\n{heading}", style="bold")
    for purpose, commands in rows.items():
        _print(sys.stderr, f"  {purpose}:", style="dim")
        for command in commands:
            _print(sys.stderr, f"    {command}")


def error(text: str) -> None:
    """Say in a sentence why the command fails."""
    _print(sys.stderr, _wrapped(sys.stderr, f"error: {text}"), style="red")


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


def colours(stream: TextIO) -> bool:
    """Return whether a stream takes colours."""
    if os.environ.get("NO_COLOR"):
        return False
    return _is_set("FORCE_COLOR") or (is_person(stream) and os.environ.get("TERM") not in {"dumb", "unknown"})


def is_person(stream: TextIO) -> bool:
    """Return whether a person looks at a stream, or somebody wants it to be as if, such as for `less -R`."""
    return stream.isatty() or _is_set("SRE_AGENT_FORCE_TTY")


def width(stream: TextIO) -> int | None:
    """Return how many cells a line of a stream may have; None for any number."""
    if (columns := os.environ.get("COLUMNS", "")).isdecimal() and int(columns):
        return int(columns)
    if stream.isatty():
        with suppress(OSError, ValueError):
            return os.get_terminal_size(stream.fileno()).columns
    return None


def rich_console(stream: TextIO) -> "Console":
    """Make what writes to a stream for a person, in colours where it takes them."""
    from rich.console import Console  # noqa: PLC0415 - --help stays quick
    from rich.theme import Theme  # noqa: PLC0415 - as above

    class Lasting(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to who prints, where rich would end the command, a deployment in it."""
            raise BrokenPipeError

    return Lasting(
        file=stream,
        highlight=False,
        force_terminal=True,
        color_system="standard" if colours(stream) else None,
        no_color=False,
        theme=Theme({"markdown.code": "bold cyan"}),  # on no black, which not every terminal is
        width=width(stream) or 80,
    )


def printable(text: str) -> str:
    """Return a text as it is printed, without what makes terminals do things."""
    return text.replace("\r\n", "\n").translate(CONTROL)


def _wrapped(stream: TextIO, text: str, hanging: int | None = None) -> str:
    """Break sentences between words for a person: not in `a command`, nor indented ones without `hanging`."""
    most = width(stream) if is_person(stream) else None
    return text if most is None else "\n".join(_broken(line, most, hanging) for line in text.split("\n"))


def _broken(line: str, most: int, hanging: int | None) -> str:
    first = line[: len(line) - len(line.lstrip())]
    if _width(line) <= most or (first and hanging is None):
        return line
    lines, further = [""], first or " " * (hanging or 0)
    for gap, word in WORD.findall(line):
        if lines[-1] and _width(lines[-1] + gap + word) > most:
            lines.append(f"{further}{word}")
        else:
            lines[-1] += gap + word
    return "\n".join(lines)


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "0") not in {"", "0"}


def _cell(cell: str | Cell) -> Cell:
    """Return a cell whose text is one line."""
    text, style = cell if isinstance(cell, Cell) else (cell, "")
    return Cell(" ".join(printable(text).split()), style)


def _fitting(columns: Sequence[Column], natural: Sequence[int], most: int | None) -> list[int]:
    """Return the widths of columns: the widest that may be shortened is, until all fit, or none may."""
    widths = [*natural]
    excess = 0 if most is None else sum(widths) + len(GAP) * (len(widths) - 1) - most
    while excess > 0:
        can = [index for index, column in enumerate(columns) if column.least and widths[index] > column.least]
        if not can:
            break
        widths[max(can, key=lambda index: widths[index])] -= 1
        excess -= 1
    return widths


def _fit(text: str, size: int) -> str:
    if _width(text) <= size:
        return text
    while _width(text) > size - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _width(text: str) -> int:
    """Return how many cells a line takes: some characters take two, some none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - --help stays quick

    return cell_len(text)


def _print_cells(stream: TextIO, cells: Sequence[Cell], widths: Sequence[int]) -> None:
    gaps = [size - _width(cell.text) for cell, size in zip(cells, widths, strict=True)]
    if not colours(stream):
        padded = (cell.text + " " * gap for cell, gap in zip(cells, gaps, strict=True))
        _print(stream, GAP.join(padded).rstrip())
        return
    from rich.text import Text  # noqa: PLC0415 - --help stays quick

    line = Text()
    for index, (cell, gap) in enumerate(zip(cells, gaps, strict=True)):
        line.append(cell.text, style=cell.style)
        if index < len(cells) - 1:
            line.append(" " * gap + GAP)
    line.rstrip()
    _print_rich(stream, line)


def _print(stream: TextIO, text: str, style: str = "") -> None:
    text = printable(text)
    if colours(stream):
        _print_rich(stream, text, style)
        return
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:  # who read it has seen enough, as `head` has
        silence(stream)


def _print_rich(stream: TextIO, renderable: Any, style: str = "") -> None:
    console = rich_console(stream)
    is_line = isinstance(renderable, str) or hasattr(renderable, "plain")
    try:
        console.print(renderable, style=style, markup=False, emoji=False, soft_wrap=is_line)
    except BrokenPipeError:  # as above
        silence(stream)

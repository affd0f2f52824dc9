"""Text of a report: names and values as code, and what differs between two texts, word by word."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

PieceKind = Literal["same", "removed", "added"]

LONGEST_CODE = 160
"""Characters of a value in a sentence; what is longer is cut."""
CONTEXT_LINES = 2
MOST_WORDS = 4000
"""Words up to which texts are compared word by word: the time grows with their square."""
COMMON = 0.4
"""Share of common words below which lines read better one after the other than in each other."""
SIGNS: Mapping[PieceKind, str] = {"same": " ", "removed": "-", "added": "+"}
MARKS: Mapping[PieceKind, tuple[str, str]] = {
    "same": ("", ""),
    "removed": ("[-", "-]"),
    "added": ("{+", "+}"),
}
_WORDS = re.compile(r"\w+|[^\w\s]|\s+")


@dataclass(frozen=True)
class Piece:
    """A part of a line that both texts have, or one of them."""

    kind: PieceKind
    text: str


Line = tuple[Piece, ...]
GAP: Line = ()
"""Stands for lines that are left out."""


def code(value: object) -> str:
    """Write a value as a Markdown code span on one line, whatever it holds; long ones are cut."""
    text = short(value)
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    blank = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def short(value: object) -> str:
    """Write a value on one line, a blank where it is empty; what is longer than `LONGEST_CODE` is cut."""
    text = " ".join(str(value).split()) or " "
    return text if len(text) <= LONGEST_CODE else f"{text[:LONGEST_CODE]}…"


def plain(text: str) -> str:
    """Write a text in one line of Markdown in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def fence_ticks(text: str) -> str:
    """Return the fence of a Markdown code block that a text does not end."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def wrapped(text: str, width: int = 80, indent: str = "", hanging: str = "") -> list[str]:
    """Return text in lines, the first after `indent`, the others after `hanging` too; no word is broken."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def word_diff_line(line: Line) -> str:
    """Write a line with its sign in front, words that changed in it as `git diff --word-diff` does."""
    kinds = {piece.kind for piece in line}
    text = "".join(piece.text for piece in line)
    if len(kinds) == 1:
        return f"{SIGNS[line[0].kind]} {text}"
    return "! " + "".join(piece.text.join(MARKS[piece.kind]) for piece in line)


def word_diff(before: str, after: str, context: int = CONTEXT_LINES) -> list[Line]:
    """Return the lines that differ with their words marked, and `context` lines around them."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    groups = [*SequenceMatcher(None, old, new).get_grouped_opcodes(context)]
    for group in groups:
        if lines or group[0][1] or group[0][3]:
            lines.append(GAP)
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [(Piece("same", line),) for line in old[old_from:old_to]]
            else:
                lines += _changed_lines("\n".join(old[old_from:old_to]), "\n".join(new[new_from:new_to]))
    if groups and (groups[-1][-1][2], groups[-1][-1][4]) != (len(old), len(new)):
        lines.append(GAP)
    return lines


def changed_share(before: str, after: str) -> float:
    """Return which share of the words differs, of lines where there are very many words; from 0 to 1."""
    old, new = (re.findall(r"\w+|[^\w\s]", text) for text in (before, after))
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = before.splitlines(), after.splitlines()
    return 1 - SequenceMatcher(None, old, new).ratio()


def _changed_lines(before: str, after: str) -> Iterator[Line]:
    line: list[Piece] = []
    for piece in _changed_words(before, after):
        first, *further = piece.text.split("\n")
        line.append(Piece(piece.kind, first))
        for text in further:
            yield tuple(each for each in line if each.text) or (Piece(piece.kind, ""),)
            line = [Piece(piece.kind, text)]
    if any(each.text for each in line):
        yield tuple(each for each in line if each.text)


def _changed_words(before: str, after: str) -> Iterator[Piece]:
    if not before or not after:
        yield Piece("added", after) if after else Piece("removed", before)
        return
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new)
    if max(len(old), len(new)) > MOST_WORDS or _common_share(old, new, matcher) < COMMON:
        yield Piece("removed", f"{before}\n")
        yield Piece("added", after)
        return
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[old_from:old_to]))
        else:
            if old_from < old_to:
                yield Piece("removed", "".join(old[old_from:old_to]))
            if new_from < new_to:
                yield Piece("added", "".join(new[new_from:new_to]))


def _common_share(old: list[str], new: list[str], matcher: "SequenceMatcher[str]") -> float:
    """Return which share of the words of the longer text both have, from 0 to 1; signs and spaces aside."""
    most = max(_words(old), _words(new))
    common = sum(_words(old[at : at + size]) for at, _, size in matcher.get_matching_blocks())
    return common / most if most else 1


def _words(pieces: list[str]) -> int:
    return sum(map(str.isalnum, pieces))

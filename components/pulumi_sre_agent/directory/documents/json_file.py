"""JSON with the line of every value."""

import json
import math
import re
from bisect import bisect_right

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.document import (
    MAX_DEPTH,
    Document,
    check_text,
    nested_too_deeply,
    repeated_member,
)
from pulumi_sre_agent.schema.validation import FieldPath

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', re.DOTALL)
"""Whatever opens or closes a level, and texts, in which nothing does."""


def parse_json(file: str, text: str) -> Document:
    if not text.strip():
        raise DocumentError(1, "the file is empty")
    _refuse_depth(text)
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise DocumentError(
            error.lineno, f"the JSON is malformed: {error.msg} in column {error.colno}"
        ) from None
    except ValueError as error:
        raise DocumentError(1, f"the JSON is malformed: {error}") from None
    return Document(file, value, _JsonLines(text).lines)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise ValueError(f"the number {literal[:20]} is too large")
    return number


def _whole(number: str) -> int:
    _finite(number)
    return int(number)


def _refuse_depth(text: str) -> None:
    """Count the levels without descending: parsers differ in what becomes of them where there are many."""
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(bracket[0], 0)
        if depth > MAX_DEPTH:
            raise nested_too_deeply(text.count("\n", 0, bracket.start()) + 1)


class _JsonLines:
    """Finds the line of every value in a text that is known to be valid JSON."""

    _blank = re.compile(r"[\s,:]*")
    _scalars = json.JSONDecoder()

    def __init__(self, text: str) -> None:
        self.lines: dict[FieldPath, int] = {}
        self._text = text
        self._starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
        self._value((), self._skip(0))

    def _value(self, path: FieldPath, at: int) -> int:
        self.lines.setdefault(path, self._line(at))
        if self._text[at] == "{":
            return self._object(path, at)
        if self._text[at] == "[":
            return self._array(path, at)
        value, end = self._scalars.raw_decode(self._text, at)
        if isinstance(value, str):
            check_text(value, self._line(at))
        return end

    def _object(self, path: FieldPath, at: int) -> int:
        at = self._skip(at + 1)
        while self._text[at] != "}":
            key, end = self._scalars.raw_decode(self._text, at)
            line = self._line(at)
            check_text(key, line)
            if (*path, key) in self.lines:
                raise repeated_member(key, line, self.lines[*path, key])
            self.lines[*path, key] = line
            at = self._skip(self._value((*path, key), self._skip(end)))
        return at + 1

    def _array(self, path: FieldPath, at: int) -> int:
        at = self._skip(at + 1)
        index = 0
        while self._text[at] != "]":
            at = self._skip(self._value((*path, index), at))
            index += 1
        return at + 1

    def _skip(self, at: int) -> int:
        blank = self._blank.match(self._text, at)
        return blank.end() if blank else at

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at)

"""JSON with the line of every value."""

import json
import re
from bisect import bisect_right

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.document import Document, repeated_member
from pulumi_sre_agent.schema.validation import FieldPath


def parse_json(file: str, text: str) -> Document:
    if not text.strip():
        raise DocumentError(1, "the file is empty")
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DocumentError(
            error.lineno, f"the JSON is malformed: {error.msg} in column {error.colno}"
        ) from None
    except ValueError as error:
        raise DocumentError(1, f"the JSON is malformed: {error}") from None
    return Document(file, value, _JsonLines(text).lines)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


class _JsonLines:
    """Finds the line of every value in a text that is known to be valid JSON."""

    _blank = re.compile(r"[\s,:]*")
    _scalars = json.JSONDecoder()

    def __init__(self, text: str) -> None:
        self.lines: dict[FieldPath, int] = {}
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._value((), self._skip(0))

    def _value(self, path: FieldPath, at: int) -> int:
        self.lines.setdefault(path, self._line(at))
        if self._text[at] == "{":
            return self._object(path, at)
        if self._text[at] == "[":
            return self._array(path, at)
        return self._scalars.raw_decode(self._text, at)[1]

    def _object(self, path: FieldPath, at: int) -> int:
        at = self._skip(at + 1)
        while self._text[at] != "}":
            key, end = self._scalars.raw_decode(self._text, at)
            line = self._line(at)
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
        found = self._blank.match(self._text, at)
        return found.end() if found else at

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at)

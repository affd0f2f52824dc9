"""A parsed file: plain values that remember their lines."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.schema.fields import camel_case
from pulumi_sre_agent.schema.validation import FieldPath

MAX_DEPTH = 100
"""Levels of one document. Nothing in the format has more than ten; a stack of calls ends at some hundreds."""
HALF = re.compile("[\ud800-\udfff]")
"""Half of a pair of surrogates, which JSON can write and UTF-8 cannot."""


@dataclass(frozen=True)
class Document:
    """One parsed file."""

    file: str
    value: Any
    lines: Mapping[FieldPath, int] = field(default_factory=dict)
    spellings: Mapping[FieldPath, str] = field(default_factory=dict)
    """How plain YAML numbers, booleans and nulls were written."""

    def line(self, path: FieldPath) -> int:
        """Return the line of a value, or of the nearest thing around it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, path: FieldPath) -> Any:
        value = self.value
        for step in path:
            value = value[step]
        return value

    def map_text(self, change: Callable[[FieldPath, str], Any]) -> "Document":
        """Return the document with every text replaced by what `change` makes of it.

        Where a text inside a list becomes a list, its items take the text's place.
        """
        return replace(self, value=_map_texts(self.value, (), change))


def nested_too_deeply(line: int) -> DocumentError:
    return DocumentError(line, f"the document is nested too deeply: more than {MAX_DEPTH} levels")


def check_text(text: str, line: int) -> str:
    """Return a text. Raises `DocumentError` where half a character in it keeps it from being sent."""
    if HALF.search(text):
        raise DocumentError(line, "a text holds half a character: a surrogate without its other half")
    return text


def decode(data: bytes) -> str:
    """Return the text of a file, with the line ends of Unix, so that a checkout on Windows reads the same."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DocumentError(data.count(b"\n", 0, error.start) + 1, "the file is not UTF-8 text") from None


def map_json_texts(text: str, change: Callable[[str], str]) -> str:
    """Change a text; where it holds a JSON object, as a ServiceNow key does, change the texts in that.

    What is put in then needs no escaping, and cannot break out of its place.
    """
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        value = None
    changed = change(text)
    if changed == text or not isinstance(value, dict):
        return changed
    return json.dumps(_map_texts(value, (), lambda _, each: change(each)))


def members(path: FieldPath) -> list[str]:
    """Return the members on a path in camelCase, which some dialects write in snake_case."""
    return [step if step.startswith("_") else camel_case(step) for step in path if isinstance(step, str)]


def texts(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Yield every text value below `value` with its path."""
    if isinstance(value, str):
        yield path, value
    for step, each in _children(value):
        yield from texts(each, (*path, step))


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _map_texts(value: Any, path: FieldPath, change: Callable[[FieldPath, str], Any]) -> Any:
    if isinstance(value, str):
        return change(path, value)
    if isinstance(value, dict):
        return {key: _map_texts(each, (*path, key), change) for key, each in value.items()}
    if isinstance(value, list):
        return [
            each
            for index, before in enumerate(value)
            for each in _splice(before, _map_texts(before, (*path, index), change))
        ]
    return value


def _splice(before: Any, after: Any) -> list[Any]:
    """Let a text inside a list become several, as `["{{targetRGs}}"]` does."""
    return after if isinstance(before, str) and isinstance(after, list) else [after]


def repeated_member(key: str, line: int, before: int) -> DocumentError:
    return DocumentError(line, f"{key!r} is given twice, before in line {before}")

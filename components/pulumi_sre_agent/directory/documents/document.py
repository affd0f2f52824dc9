"""A parsed file: plain values that remember their lines."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.schema.fields import camel_case

Where = tuple[str | int, ...]
"""The way from a document's root to one of its values: member names and list indexes."""


@dataclass(frozen=True)
class Document:
    """One parsed file."""

    file: str
    value: Any
    lines: Mapping[Where, int] = field(default_factory=dict)
    spellings: Mapping[Where, str] = field(default_factory=dict)
    """How plain YAML numbers, booleans and nulls were written."""

    def line(self, where: Where) -> int:
        """Return the line of a value, or of the nearest thing around it that is in the file."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def at(self, where: Where) -> Any:
        value = self.value
        for step in where:
            value = value[step]
        return value

    def map_text(self, change: Callable[[Where, str], Any]) -> "Document":
        """Return the document with every text replaced by what `change` makes of it.

        Where a text inside a list becomes a list, its items take the text's place.
        """
        return replace(self, value=_mapped(self.value, (), change))


def decode(data: bytes) -> str:
    """Return the text of a file, with the line ends of Unix, so that a checkout on Windows reads the same."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DocumentError(data.count(b"\n", 0, error.start) + 1, "the file is not UTF-8 text") from None


def within(text: str, change: Callable[[str], str]) -> str:
    """Change a text; where it holds a JSON object, as a ServiceNow key does, change the texts in that.

    What is put in then needs no escaping, and cannot break out of its place.
    """
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else None
    except ValueError:
        value = None
    changed = change(text)
    if changed == text or not isinstance(value, dict):
        return changed
    return json.dumps(_mapped(value, (), lambda _, each: change(each)))


def members(where: Where) -> list[str]:
    """Return the members on a way in camelCase, which some dialects write in snake_case."""
    return [step if step.startswith("_") else camel_case(step) for step in where if isinstance(step, str)]


def texts(value: Any, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Yield every text value below `value` with its way."""
    if isinstance(value, str):
        yield where, value
    for step, each in _children(value):
        yield from texts(each, (*where, step))


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _mapped(value: Any, where: Where, change: Callable[[Where, str], Any]) -> Any:
    if isinstance(value, str):
        return change(where, value)
    if isinstance(value, dict):
        return {key: _mapped(each, (*where, key), change) for key, each in value.items()}
    if isinstance(value, list):
        return [
            each
            for index, before in enumerate(value)
            for each in _spliced(before, _mapped(before, (*where, index), change))
        ]
    return value


def _spliced(before: Any, after: Any) -> list[Any]:
    """Let a text inside a list become several, as `["{{targetRGs}}"]` does."""
    return after if isinstance(before, str) and isinstance(after, list) else [after]


def repeated(key: str, line: int, before: int) -> DocumentError:
    return DocumentError(line, f"{key!r} is given twice, before in line {before}")

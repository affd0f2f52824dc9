"""Members of a body, said one by one: `-f name=look`, `-F properties[isEnabled]=true`, `-f tags[]=a`."""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError

_KEY = re.compile(r"[^\[\]=]+(\[[^\[\]]*\])*")
_PART = re.compile(r"\[([^\[\]]*)\]")


def parse(raw: Iterable[str], typed: Iterable[str]) -> dict[str, Any]:
    """Return what fields come to: `raw` ones are texts, `typed` ones JSON where they are, or files after `@`.

    Raises ConfigError.
    """
    body: dict[str, Any] = {}
    for field, is_typed in [*((each, False) for each in raw), *((each, True) for each in typed)]:
        key, is_there, value = field.partition("=")
        if not is_there or not _KEY.fullmatch(key):
            raise ConfigError(f"{field!r} is no field: write name=value, or name[member]=value.")
        path = [key.partition("[")[0], *_PART.findall(key)]
        _put(body, path, _value(value) if is_typed else value, field)
    return body


def text_of(file: str) -> str:
    """Return a file's text, that of stdin for `-`. Raises ConfigError."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The file {file} cannot be read: {error}.") from error


def json_of(file: str) -> Any:
    """Return what a file says in JSON. Raises ConfigError."""
    try:
        return json.loads(text_of(file))
    except ValueError as error:
        raise ConfigError(f"The body in {file} is not JSON: {error}.") from error


def _value(text: str) -> Any:
    if text.startswith("@"):
        return text_of(text[1:])
    try:
        return json.loads(text)
    except ValueError:
        return text


def _put(body: Any, path: list[str], value: Any, field: str) -> None:
    """Put a value where a path leads, and make what is on the way; an empty part goes on a list."""
    for part, following in zip(path, [*path[1:], None], strict=True):
        below: Any = value if following is None else [] if following == "" else {}
        if part == "" and isinstance(body, list):
            if following is None or not body:
                body.append(below)
            body = body[-1]
        elif part != "" and isinstance(body, dict):
            body[part] = below if following is None else body.get(part, below)
            body = body[part]
        else:
            raise ConfigError(f"{field!r} does not go with the fields before it.")

"""What JSON bodies are made of: values, times, merge patches, and which members hold secrets."""

import json
import math
import re
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

DEEPEST = 64
"""Levels of objects and arrays that a body may have, as .NET reads it."""
LONGEST_NUMBER = 300
"""Characters of a number that a body may have: what a double holds."""


class NotJson(ValueError):
    """Text that cannot be read; `str()` says why."""


def read_json(content: bytes | str) -> Any:
    """Return the value that a body or another text from outside holds. Raises NotJson."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        value = json.loads(text, parse_int=_whole_number, parse_float=_number, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise NotJson(f"it is not UTF-8 from byte {error.start} on") from error
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None
    except ValueError as error:
        raise NotJson(str(error)) from error
    _check_values(value)
    return value


_TOO_DEEP = f"it is nested deeper than {DEEPEST} levels"


def _whole_number(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of it is longer than {LONGEST_NUMBER} digits")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number of it is too large")
    return number


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not a value")


def _check_values(value: Any) -> None:
    """Refuse what could not be written again: too deep a nesting, and half of a surrogate pair."""
    level = [value]
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += [*one, *one.values()]
            elif isinstance(one, list):
                below += one
            elif isinstance(one, str) and not one.isascii() and _SURROGATE.search(one):
                raise NotJson("a string of it holds half of a surrogate pair")
        level = below
        if not level:
            return
    raise NotJson(_TOO_DEEP)


_SURROGATE = re.compile("[\ud800-\udfff]")


def merge(target: Any, patch: Any) -> Any:
    """Return the value that a JSON merge patch (RFC 7396) makes of `target`; null removes a member."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def timestamp(seconds: float) -> str:
    """Return UTC as Azure writes it, with seven decimals: `2026-11-22T09:30:00.1234560Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


_SECRET_MEMBER = re.compile(
    r"(token|secret|password|pat|key|credential|connectionstring|signature|sig|code)$", re.IGNORECASE
)


def is_secret_name(name: str) -> bool:
    """Say whether a member or query parameter of this name holds a secret."""
    return bool(_SECRET_MEMBER.search(name.replace("-", "").replace("_", "")))

"""Regular expressions from outside: RE2's, whose time is linear in the text: none holds the server up."""

from functools import lru_cache
from typing import Annotated, Any

import re2  # type: ignore[import-untyped]
from pydantic import AfterValidator

LONGEST = 1000


def search(pattern: str, text: str) -> Any:
    """Return the first match anywhere in a text, without regard to case, or None."""
    return _compile(pattern).search(text)


def matches_whole(pattern: str, text: str) -> bool:
    """Say whether a pattern fits a whole text, case and all; one that is none fits nothing."""
    try:
        return _compile(f"(?-i:^({pattern})$)").search(text) is not None
    except re2.error:
        return False


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options)


def _check(value: str) -> str:
    if len(value) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    try:
        _compile(value)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace")
        raise ValueError(
            f"it is not a regular expression without look-around and back references ({reason})"
        ) from error
    return value


Pattern = Annotated[str, AfterValidator(_check)]
"""A member of a body that holds one, checked when it is read."""

"""Which form a property takes in a report, whatever that is written as."""

import json
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.review.changes import ABSENT, UNKNOWN, Change, PropertyChange, is_known
from pulumi_sre_agent.review.role_names import ASSIGNMENTS, ROLE_MEMBERS, role_name
from pulumi_sre_agent.review.text import Line, word_diff

LONG_TEXT = 80
"""Characters from which a text reads best as a word diff."""


@dataclass(frozen=True)
class AnotherSecret:
    """A secret in the place of another."""


@dataclass(frozen=True)
class Whole:
    """All of it, of a resource that is new or gone."""

    value: Any


@dataclass(frozen=True)
class Entries:
    """A list on both sides, by what only one of them has."""

    added: list[Any]
    removed: list[Any]


@dataclass(frozen=True)
class TextDiff:
    """Long text on both sides, word by word."""

    lines: list[Line]


@dataclass(frozen=True)
class Sides:
    """Anything else: before and after."""

    before: Any
    after: Any


def form_of(change: PropertyChange, of: Change) -> AnotherSecret | Whole | Entries | TextDiff | Sides:
    """Return the form that one property of a change reads best in."""
    before, after = (_role_by_name(value, change, of) for value in (change.before, change.after))
    if change.is_another_secret:
        return AnotherSecret()
    if not of.has_both_sides:
        return Whole(after if of.before is None else before)
    if isinstance(before, list) and isinstance(after, list) and (change.added or change.removed):
        return Entries(change.added, change.removed)
    if _is_text(before) and _is_text(after) and (_is_long(before) or _is_long(after)):
        return TextDiff(word_diff(before, after))
    return Sides(before, after)


def value_in_words(value: Any) -> str:
    """Write a value on one line for people; strings bare, the rest as JSON would have it."""
    if (words := special_value(value)) is not None:
        return words
    return value if isinstance(value, str) else json.dumps(_readable(value), ensure_ascii=False)


def special_value(value: Any) -> str | None:
    """Return the words for what stands for no value of its own; None for all else."""
    if value is ABSENT:
        return "not set"
    if isinstance(value, str):
        return {UNKNOWN: "known after the deployment", SECRET: "secret"}.get(value)
    return None


def _role_by_name(value: Any, change: PropertyChange, of: Change) -> Any:
    """Return the name of a role in the place of its id, and any other value as it is."""
    is_role = of.kind in ASSIGNMENTS and change.path[0] in ROLE_MEMBERS and _is_text(value)
    return role_name({change.path[0]: value}) if is_role else value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and is_known(value)


def _is_long(text: str) -> bool:
    return "\n" in text or len(text) > LONG_TEXT


def _readable(value: Any) -> Any:
    match value:
        case str() if value == UNKNOWN:
            return special_value(value)
        case list():
            return [_readable(entry) for entry in value]
        case dict():
            return {name: _readable(member) for name, member in value.items()}
        case _:
            return value

"""`$filter` as far as callers here use it: comparisons with texts, joined by `and`."""

import re
from dataclasses import dataclass

_TEXT = r"'(?P<text>(?:[^']|'')*)'"
_CONDITIONS = tuple(
    re.compile(rf"\s*{pattern}\s*(?:\band\b|$)", re.IGNORECASE)
    for pattern in (
        rf"(?P<member>\w+)\s+(?P<operator>eq|ne)\s+{_TEXT}",
        rf"(?P<operator>startswith)\(\s*(?P<member>\w+)\s*,\s*{_TEXT}\s*\)",
        rf"(?P<operator>substringof)\(\s*{_TEXT}\s*,\s*(?P<member>\w+)\s*\)",
        rf"(?P<member>\w+)/(?P<operator>any)\(\s*(?P<each>\w+)\s*:\s*(?P=each)\s+eq\s+{_TEXT}\s*\)",
    )
)


class UnknownFilter(ValueError):
    """A filter of another sort."""


@dataclass(frozen=True)
class Condition:
    """What one member of an object has to be, without regard to case."""

    member: str
    """In lower case."""
    operator: str
    """`eq`, `ne`, `startswith`, `substringof`, or `any`, which looks for the text among several."""
    text: str

    def fits(self, value: object) -> bool:
        """Say whether a member's value is as asked for; what is not there is equal to no text."""
        wanted = self.text.lower()
        if self.operator == "any":
            return isinstance(value, list) and wanted in [str(each).lower() for each in value]
        found = value.lower() if isinstance(value, str) else None
        if self.operator == "ne" or found is None:
            return self.operator == "ne" and found != wanted
        return {
            "eq": found == wanted,
            "startswith": found.startswith(wanted),
            "substringof": wanted in found,
        }[self.operator]


def parse(filter_: str) -> list[Condition]:
    """Return what a filter asks for, all of which has to hold. Raises UnknownFilter."""
    conditions, at = [], 0
    while filter_[at:].strip():
        found = next((match for each in _CONDITIONS if (match := each.match(filter_, at))), None)
        if found is None:
            raise UnknownFilter(filter_)
        text = found["text"].replace("''", "'")
        conditions.append(Condition(found["member"].lower(), found["operator"].lower(), text))
        at = found.end()
    return conditions

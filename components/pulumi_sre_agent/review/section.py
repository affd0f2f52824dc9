"""A part of a report that compares what is with what would be, beside findings and changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of it: before, and after where that differs."""

    label: str
    before: str
    after: str

    @property
    def value(self) -> str:
        """Both sides as one text, or the one that both are."""
        return self.before if self.before == self.after else f"{self.before} → {self.after}"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report. Texts hold names in backticks, and no other markup."""

    id: str
    """Its member in JSON, such as `cost`."""
    title: str
    summary: str
    """What it comes to, in a few words."""
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """What it rests on and leaves open: a sentence each."""
    is_open: bool = False
    """Whether it shows its rows where others are folded away."""
    data: Mapping[str, Any]
    """What a program needs of it, as JSON; documented in docs/how-to/report.md#json."""

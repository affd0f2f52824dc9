"""One text about a stack, kept up to date in one place of a code host."""

from dataclasses import dataclass
from typing import Protocol

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, Unavailable
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.retry import RetryableError, retry


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is to be read there."""

    mark: str
    """The hidden line that it begins with, by which it is found again."""
    stack: str
    """What it is about, such as `shop/prod`."""
    title: str
    """One line, for places that have one."""
    body: str
    """Markdown, `mark` included."""
    is_news: bool
    """Whether it is worth a text of its own: if not, only one that is there is brought up to date."""
    is_open: bool
    """Whether somebody should look at it."""


@dataclass(frozen=True)
class Entry:
    """A text of ours that is there."""

    id: str
    body: str
    is_open: bool | None = None
    """None where the place does not say."""


class Place(Protocol):
    """The comments of one pull request, or the issues of one repository."""

    name: str
    """What an entry of it is called, such as `comment on pull request 7 of contoso/shop`."""
    clock: Clock

    def find(self, text: Text) -> Entry | None:
        """Return the entry with this text's mark that the login itself has written."""
        ...

    def create(self, text: Text) -> None: ...

    def update(self, entry: Entry, text: Text) -> None: ...


def keep_one(place: Place, text: Text) -> str:
    """See to it that the text stands there once; return what was done, as a sentence.

    A create whose answer is lost is looked for before it is sent again. Raises as `Transport.send` does.
    """

    def attempt(_number: int) -> str:
        entry = place.find(text)
        if entry is None and not text.is_news:
            return f"There is no {place.name}, and no need of one."
        if entry is None:
            _create(place, text)
            return f"Wrote a {place.name}."
        if entry.body == text.body and entry.is_open in (None, text.is_open):
            return f"The {place.name} is up to date."
        place.update(entry, text)
        return f"Brought the {place.name} up to date."

    return retry(attempt, clock=place.clock)


def _create(place: Place, text: Text) -> None:
    try:
        place.create(text)
    except Unavailable as lost:
        raise RetryableError(lost, limits.UNREADABLE) from lost
    except ApiError as refusal:
        if refusal.status < 500:
            raise
        raise RetryableError(refusal, limits.UNREADABLE) from refusal

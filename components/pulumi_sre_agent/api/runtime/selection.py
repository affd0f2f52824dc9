"""One thing out of many, by its id or its name."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from pulumi_sre_agent.api.errors import ConfigError, NotFound


class Named(Protocol):
    """What has an id of the service's and a name of a person's."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...


T = TypeVar("T", bound=Named)


def select(items: Iterable[T], name_or_id: str, title: str) -> T:
    """Return the item with this id, or else the one of this name.

    Raises `NotFound` without one, and `ConfigError` for several: names need not differ.
    """
    matches = []
    for item in items:
        if item.id == name_or_id:
            return item
        if item.name == name_or_id:
            matches.append(item)
    if not matches:
        raise NotFound(f"There is no {title} named {name_or_id!r}.", status=404)
    if len(matches) > 1:
        ids = ", ".join(item.id for item in matches)
        raise ConfigError(f"{len(matches)} {title}s are named {name_or_id!r}: say which by id: {ids}.")
    return matches[0]


class Identified(Protocol):
    """What has an id of the service's."""

    @property
    def id(self) -> str: ...


WithId = TypeVar("WithId", bound=Identified)


def select_by_beginning(items: Iterable[WithId], beginning: str, title: str) -> WithId:
    """Return the one item whose id begins like this, in any case of letters.

    Raises `NotFound` without one, and `ConfigError` for several.
    """
    matches = [item for item in items if item.id.lower().startswith(beginning.lower())]
    if not matches or not beginning:
        raise NotFound(f"There is no {title} whose id begins with {beginning!r}.", status=404)
    if len(matches) > 1:
        raise ConfigError(f"The ids of {len(matches)} {title}s begin with {beginning!r}: give more of it.")
    return matches[0]

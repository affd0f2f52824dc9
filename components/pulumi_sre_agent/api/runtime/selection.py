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

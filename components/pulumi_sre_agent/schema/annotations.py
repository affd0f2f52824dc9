"""What a field says of itself besides its type: the annotations in which a kind writes down its fields.

A kind is a `TypedDict` of `Annotated[Input[T], annotation, ...]`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pulumi_sre_agent.api.kinds import Kind


class Annotation:
    """Something to know about a field besides its type."""


class Immutable(Annotation):
    """A change replaces the resource, also one deep inside of a field; not of what is in a list."""


class ClientOnly(Annotation):
    """Steers this toolkit; Azure never sees it."""


class NoDiff(Annotation):
    """A change alone is no reason to touch the resource."""


class SensitiveField(Annotation):
    """Made a Pulumi secret even when given plain, write-only (state keeps it on read), and in no message."""


class SensitiveMembers(Annotation):
    """Members of a free object, at any depth, that are secrets as a whole, recognised by their names.

    `also`: which further names are those of secrets in this object. A member that the service answers with
    null is one that it does not show.
    """

    def __init__(self, also: Callable[[str], bool] = lambda _name: False) -> None:
        self.also = also


class NotReturned(Annotation):
    """The service may leave it out of its answers, so its absence there is no drift."""


class Default(Annotation):
    """What the service takes where nothing is said, so that saying it changes nothing."""

    def __init__(self, value: str | float | bool) -> None:
        self.value = value


class Unordered(Annotation):
    """A list whose order and repetitions mean nothing."""


class IgnoreCase(Annotation):
    """Letter case means nothing, though it is kept, as in ARM ids."""


class ReplaceWhole(Annotation):
    """An object that a PATCH sends complete, since the service does not show all of it to merge with."""


class ApiVersion(Annotation):
    """Known to one api-version of the agent only."""

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version


class EnumAliases(Annotation):
    """Other spellings of a choice, in lower case, besides any letter case of the choice itself."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = aliases


class Canonical(Annotation):
    """The function that gives a text its canonical form."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        self.convert = convert


class References(Annotation):
    """The field, or each entry of its list, names an item of a kind.

    `means` tells whether a value means the item of a name, where that is more than to be its name; `builtin`
    matches the names that the service has of its own.
    """

    def __init__(
        self, kind: Kind, means: Callable[[Any, str], bool] | None = None, *, builtin: str = ""
    ) -> None:
        self.kind, self.means, self._builtin = kind, means, re.compile(builtin)

    def matches(self, value: Any, names: Collection[str]) -> list[str]:
        """Return which of the items' names a value means."""
        if self.means is not None:
            return [name for name in names if self.means(value, name)]
        return [value] if isinstance(value, str) and value in names else []

    def may_mistype(self, value: Any) -> bool:
        """Whether a value that means none of the items may be a misspelt name of one."""
        return self.means is None and isinstance(value, str) and not self._builtin.fullmatch(value)


class Rule(Annotation):
    """What a known value must satisfy: `check` returns None or how it fails, as `must be longer than …`."""

    def __init__(self, check: Callable[[Any], str | None]) -> None:
        self.check = check


def normalize_newlines(text: str) -> str:
    """Text with the line ends that every machine agrees on."""
    return text.replace("\r\n", "\n")


TEXT = Canonical(normalize_newlines)

"""The vocabulary in which a kind writes down its fields, and the tree that everything else reads.

A kind is a `TypedDict` of `Annotated[Input[T], mark, ...]`. Editors and type checkers read it as it stands;
`tree` strips `Input` and gives the nodes that the check, the diff, the wire and the reference walk.
"""

import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    NamedTuple,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from typing_extensions import is_typeddict


class Mark:
    """Something to know about a field besides its type."""


class Immutable(Mark):
    """A change replaces the resource, also one deep inside of a field; not of what is in a list."""


class Local(Mark):
    """Steers this toolkit; Azure never sees it."""


class Quiet(Mark):
    """A change alone is no reason to touch the resource."""


class Secret(Mark):
    """Made a Pulumi secret even when given plain, write-only (state keeps it on read), and in no message."""


class SecretMembers(Mark):
    """Members of a free object, at any depth, that are secrets as a whole, told by their names."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self.holds = holds


class Withheld(Mark):
    """The service may leave it out of its answers, so its absence there is no drift."""


class Default(Mark):
    """What the service takes where nothing is said, so that saying it changes nothing."""

    def __init__(self, value: str | float | bool) -> None:
        self.value = value


class Unordered(Mark):
    """A list whose order and repetitions mean nothing."""


class IgnoreCase(Mark):
    """Letter case means nothing, though it is kept, as in ARM ids."""


class Whole(Mark):
    """An object that a PATCH sends complete, since the service does not show all of it to merge with."""


class Only(Mark):
    """Known to one api-version of the agent only."""

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version


class Spelled(Mark):
    """Other spellings of a choice, in lower case, besides any letter case of the choice itself."""

    def __init__(self, others: Mapping[str, str]) -> None:
        self.others = others


class Canonical(Mark):
    """How a text is written from here on."""

    def __init__(self, of: Callable[[str], str]) -> None:
        self.of = of


class Rule(Mark):
    """What a known value must satisfy: `problem` answers None or how it fails, as `must be longer than …`."""

    def __init__(self, problem: Callable[[Any], str | None]) -> None:
        self.problem = problem


M = TypeVar("M", bound=Mark)


class Node(NamedTuple):
    """One field, list item or map value with what is known of it."""

    of: type
    """`str`, `int`, `float`, `bool`, `list`, `dict`, or `object` for anything that JSON can say."""
    choices: tuple[str, ...] = ()
    item: "Node | None" = None
    """Of a list or of a map."""
    members: Mapping[str, "Node"] | None = None
    """Of a typed object, by snake_case name; None for a map and for all else."""
    required: bool = False
    marks: tuple[Mark, ...] = ()

    def mark(self, kind: type[M]) -> M | None:
        """Return the mark of that kind, if the field bears one."""
        return next((mark for mark in self.marks if isinstance(mark, kind)), None)

    def has(self, kind: type[Mark]) -> bool:
        return self.mark(kind) is not None


ANYTHING = Node(object)


def camel(name: str) -> str:
    """`skill_content` as the wire says it: `skillContent`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def lf(text: str) -> str:
    """Text with the line ends that every machine agrees on."""
    return text.replace("\r\n", "\n")


TEXT = Canonical(lf)
CONTAINERS: Mapping[Any, type] = {list: list, Sequence: list, dict: dict, Mapping: dict}
"""What is a list and what a map; values are plain ones by the time that a node is asked about them."""


@cache
def tree(args: type) -> Mapping[str, Node]:
    """Return the fields of a kind's `TypedDict`, by name."""
    return {
        name: _node(annotation, required=name in args.__required_keys__)  # type: ignore[attr-defined] # TypedDict
        for name, annotation in args.__annotations__.items()
    }


def _node(annotation: Any, *, required: bool = False, marks: tuple[Mark, ...] = ()) -> Node:
    origin = get_origin(annotation)
    if origin in {Required, NotRequired}:
        return _node(get_args(annotation)[0], required=required, marks=marks)
    if origin is Annotated:
        inner, *found = get_args(annotation)
        return _node(inner, required=required, marks=(*marks, *(m for m in found if isinstance(m, Mark))))
    if origin in {Union, types.UnionType}:
        return _node(_plain(annotation), required=required, marks=marks)
    if origin is Literal:
        node = Node(str, choices=get_args(annotation))
    elif is_typeddict(annotation):
        node = Node(dict, members=tree(annotation))
    elif origin in CONTAINERS:
        node = Node(CONTAINERS[origin], item=_node(get_args(annotation)[-1]))
    else:
        node = Node(object if annotation is Any else annotation)
    return node._replace(required=required, marks=marks)


def _plain(union: Any) -> Any:
    """Return the `T` of an `Input[T]`: a union of T, an awaitable and a forward reference to `Output`."""
    plain = [
        arg
        for arg in get_args(union)
        if not isinstance(arg, ForwardRef) and get_origin(arg) is not Awaitable and arg is not type(None)
    ]
    if len(plain) != 1:
        raise TypeError(f"{union} must be Input[T] of one T")
    return plain[0]

"""Arguments of components with something else in their places, and where their types take outputs."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, NotRequired, Required, get_args, get_origin

from typing_extensions import is_typeddict

Path = tuple[str | int, ...]
EACH = "*"
"""Stands in a path for every item of a list or of a map."""


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where there is anything in arguments, the outer before the inner."""
    is_list = isinstance(value, list | tuple)
    for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value) if is_list else ():
        yield (*path, key)
        yield from paths(inner, (*path, key))


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def replaced(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return arguments with something else at a path."""
    if not path:
        return change(value)
    key: Any = path[0]
    inner = replaced(value[key], path[1:], change)
    return {**value, key: inner} if isinstance(value, Mapping) else [*value[:key], inner, *value[key + 1 :]]


def takes_output(type_: Any, path: Path) -> bool:
    """Whether the type of arguments says `Input` at a path, or around it."""
    type_, is_input = _plain(type_)
    return is_input or (
        bool(path) and takes_output(dict(_below(type_)).get(str(path[0])) or _item(type_), path[1:])
    )


def spelled(type_: Any, path: Path) -> Path:
    """Return a path as `arguments` has it."""
    type_, is_input = _plain(type_)
    if is_input or not path:
        return ()
    members = dict(_below(type_))
    key = path[0] if path[0] in members else EACH
    return (key, *spelled(members.get(key), path[1:]))


def arguments(type_: Any, path: Path = ()) -> Iterator[Path]:
    """Yield every argument that a type has, down to those that take outputs."""
    type_, is_input = _plain(type_)
    for key, inner in () if is_input else _below(type_):
        yield (*path, key)
        yield from arguments(inner, (*path, key))


def _below(type_: Any) -> list[tuple[str, Any]]:
    if is_typeddict(type_):
        return [*type_.__annotations__.items()]
    return [(EACH, _item(type_))] if get_args(type_) and get_origin(type_) is not Literal else []


def _item(type_: Any) -> Any:
    return get_args(type_)[-1] if get_args(type_) else None


def _plain(type_: Any) -> tuple[Any, bool]:
    """Return a type without what is around it, and whether that says `Input`."""
    while get_origin(type_) in {Annotated, Required, NotRequired}:
        type_ = get_args(type_)[0]
    parts = get_args(type_)
    is_input = any(get_origin(part) is Awaitable for part in parts)
    return (parts[0] if is_input else type_), is_input

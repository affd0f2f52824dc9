"""A kind's fields as everything reads them: check, diff, wire, reference.

Editors and type checkers read a kind's `TypedDict` as it stands; `fields_of` strips `Input` from it and
returns its fields, each with its type, its annotations and, in objects and lists, the fields below.
"""

import types
from collections.abc import Awaitable, Mapping, Sequence
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

from pulumi_sre_agent.schema.annotations import Annotation

AnnotationT = TypeVar("AnnotationT", bound=Annotation)


class Field(NamedTuple):
    """One field, list item or map value with what is known of it."""

    base_type: type
    """`str`, `int`, `float`, `bool`, `list`, `dict`, or `object` for anything that JSON can say."""
    choices: tuple[str, ...] = ()
    item: "Field | None" = None
    """Of a list or of a map."""
    members: Mapping[str, "Field"] | None = None
    """Of a typed object, by snake_case name; None for a map and for all else."""
    required: bool = False
    is_input: bool = False
    """Whether it takes an output, as what is written `Input[T]` does."""
    annotations: tuple[Annotation, ...] = ()

    def annotation(self, kind: type[AnnotationT]) -> AnnotationT | None:
        """Return the annotation of that kind, if the field bears one."""
        return next((annotation for annotation in self.annotations if isinstance(annotation, kind)), None)

    def has(self, kind: type[Annotation]) -> bool:
        return self.annotation(kind) is not None


ANY_FIELD = Field(object)


def camel_case(name: str) -> str:
    """`skill_content` as the wire says it: `skillContent`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


CONTAINERS: Mapping[Any, type] = {list: list, Sequence: list, dict: dict, Mapping: dict}
"""What is a list and what a map; values are plain ones by the time that a field is asked about them."""


@cache
def fields_of(args: type) -> Mapping[str, Field]:
    """Return the fields of a kind's `TypedDict`, by name."""
    return {
        name: _parse(annotation, required=name in args.__required_keys__)  # type: ignore[attr-defined] # TypedDict
        for name, annotation in args.__annotations__.items()
    }


def _parse(annotation: Any, *, required: bool = False, annotations: tuple[Annotation, ...] = ()) -> Field:
    origin = get_origin(annotation)
    if origin in {Required, NotRequired}:
        return _parse(get_args(annotation)[0], required=required, annotations=annotations)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _parse(
            inner,
            required=required,
            annotations=(*annotations, *(item for item in metadata if isinstance(item, Annotation))),
        )
    if origin in {Union, types.UnionType}:
        stripped = _parse(_strip_input(annotation), required=required, annotations=annotations)
        return stripped._replace(is_input=True)
    if origin is Literal:
        field = Field(str, choices=get_args(annotation))
    elif is_typeddict(annotation):
        field = Field(dict, members=fields_of(annotation))
    elif origin in CONTAINERS:
        field = Field(CONTAINERS[origin], item=_parse(get_args(annotation)[-1]))
    else:
        field = Field(object if annotation is Any else annotation)
    return field._replace(required=required, annotations=annotations)


def _strip_input(union: Any) -> Any:
    """Return the `T` of an `Input[T]`: a union of T, an awaitable and a forward reference to `Output`."""
    plain = [
        arg
        for arg in get_args(union)
        if not isinstance(arg, ForwardRef) and get_origin(arg) is not Awaitable and arg is not type(None)
    ]
    if len(plain) != 1:
        raise TypeError(f"{union} must be Input[T] of one T")
    return plain[0]

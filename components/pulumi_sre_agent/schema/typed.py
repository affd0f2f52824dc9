"""Whether values are what the tree of fields says, by pydantic's core.

Imported only where something is checked, since programs that only declare resources need none of it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, SchemaValidator, ValidationError
from pydantic_core import core_schema as core

from pulumi_sre_agent.schema.check import Path, meant
from pulumi_sre_agent.schema.fields import Node, Rule, Secret
from pulumi_sre_agent.schema.normalise import child, is_unknown, item

PHRASES = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object with names and values",
}
"""What pydantic's types of error mean to somebody who writes a program or a directory."""


def mismatches(root: Node, inputs: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Where canonical values do not fit, each with a phrase to follow the name of the place."""
    try:
        _validator(root).validate_python(dict(inputs))
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            yield detail["loc"], _phrase(root, inputs, detail)


@cache
def _validator(root: Node) -> SchemaValidator:
    return SchemaValidator(_schema(root))


def _schema(node: Node) -> CoreSchema:
    """Admit at every position also a value that is not known yet."""
    schema = _plain(node)
    for rule in (mark for mark in node.marks if isinstance(mark, Rule)):
        schema = core.no_info_after_validator_function(_raising(rule), schema)
    return core.no_info_wrap_validator_function(
        lambda value, inner: value if is_unknown(value) else inner(value), schema
    )


def _plain(node: Node) -> CoreSchema:
    if node.members is not None:
        fields = {
            name: core.typed_dict_field(_schema(member), required=member.required)
            for name, member in node.members.items()
        }
        return core.typed_dict_schema(fields, extra_behavior="forbid")
    if node.choices:
        return core.literal_schema(list(node.choices))
    if node.of is list:
        return core.list_schema(_schema(item(node)), strict=True)
    if node.of is dict:
        return core.dict_schema(core.str_schema(), _schema(node.item or Node(object)), strict=True)
    return SCALARS[node.of]


SCALARS: dict[type, CoreSchema] = {
    str: core.str_schema(strict=True),
    int: core.int_schema(strict=True),
    float: core.float_schema(strict=True),
    bool: core.bool_schema(strict=True),
    object: core.any_schema(),
}


def _raising(rule: Rule) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        if problem := rule.problem(value):
            raise PydanticCustomError("rule", "{problem}", {"problem": problem})
        return value

    return apply


def _phrase(root: Node, inputs: Mapping[str, Any], detail: ErrorDetails) -> str:
    path, kind = detail["loc"], detail["type"]
    if kind == "rule":
        return detail["msg"]
    if kind in PHRASES:
        return PHRASES[kind]
    if kind == "extra_forbidden":
        return f"is not a property here{meant(str(path[-1]), _at(root, path[:-1]).members or ())}"
    node = _at(root, path)  # what is left is a choice that is not offered
    hint = "" if node.has(Secret) else meant(str(_value_at(inputs, path)), node.choices)
    return f"must be one of {', '.join(node.choices)}{hint}"


def _at(root: Node, path: Path) -> Node:
    for key in path:
        root = item(root) if isinstance(key, int) else child(root, key)
    return root


def _value_at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value

"""The one door through which values come in: from the engine, from state, and from Azure.

The engine hands a Python provider floats for ints, and Unknown objects at any depth; people write one
thing in several ways; Azure answers in its own order and case. `normalize` makes one canonical value of all.
It never fails: what does not fit its field comes out as it went in, for the check to name.
"""

import json
from collections.abc import Awaitable, Mapping
from typing import Any, TypeGuard

from pulumi import Output
from pulumi.output import Unknown

from pulumi_sre_agent.api.secrets import SecretStr, is_secret_name
from pulumi_sre_agent.schema.annotations import (
    Canonical,
    Default,
    EnumAliases,
    IgnoreCase,
    SensitiveField,
    SensitiveMembers,
    Unordered,
)
from pulumi_sre_agent.schema.fields import ANY_FIELD, Field


def is_unknown(value: Any) -> TypeGuard[Unknown | Output[Any] | Awaitable[Any]]:
    """Whether a value is known only once something else has been deployed."""
    return isinstance(value, Unknown | Output | Awaitable)


def is_blank(value: Any) -> bool:
    """Whether a value says nothing; services drop such members or make them up at will."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def member_field(field: Field, key: str) -> Field:
    """Return what is known of one member of an object."""
    if field.members is not None:
        return field.members.get(key, ANY_FIELD)
    sensitive = field.annotation(SensitiveMembers)
    if sensitive is None:
        return field.item or ANY_FIELD
    is_secret = is_secret_name(key) or sensitive.also(key)
    return Field(object, annotations=(SensitiveField(),) if is_secret else (sensitive,))


def item_field(field: Field) -> Field:
    """Return what is known of the items of a list."""
    return field.item or Field(object, annotations=field.annotations)


def normalize(field: Field, value: Any) -> Any:
    """Return the canonical form of a value: spelled in one way, unordered lists sorted."""
    return sort_unordered(field, canonicalize(field, value))


def canonicalize(field: Field, value: Any) -> Any:
    """Spell a value in one way: ints whole, `None` members gone, texts as the field has them."""
    if isinstance(value, Mapping):
        return {
            key: canonicalize(member_field(field, key), inner)
            for key, inner in value.items()
            if inner is not None
        }
    if isinstance(value, list | tuple):
        return [canonicalize(item_field(field), inner) for inner in value]
    if isinstance(value, str):
        text = _canonical_text(field, value)
        return SecretStr(text) if isinstance(value, SecretStr) else text
    if isinstance(value, float) and field.base_type is not float and value.is_integer():
        return int(value)
    return value


def sort_unordered(field: Field, value: Any) -> Any:
    """Put unordered lists in one order, each item once."""
    if isinstance(value, dict):
        return {key: sort_unordered(member_field(field, key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        items = [sort_unordered(item_field(field), inner) for inner in value]
        return _sort_unique(item_field(field), items) if field.has(Unordered) else items
    return value


def equivalent(field: Field, one: Any, other: Any) -> bool:
    """Whether two canonical values mean the same; what is unknown is never the same as anything."""
    if is_unknown(one) or is_unknown(other):
        return False
    one, other = _or_default(field, one), _or_default(field, other)
    if is_blank(one) and is_blank(other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        if field.item is not None and one.keys() != other.keys():
            return False  # in a map an empty value says something: the key is there
        return all(equivalent(member_field(field, key), one.get(key), other.get(key)) for key in one | other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            map(lambda a, b: equivalent(item_field(field), a, b), one, other)
        )
    return bool(_comparison_key(field, one) == _comparison_key(field, other))


def _or_default(field: Field, value: Any) -> Any:
    """Return a value, or what the service takes in its place where it says nothing."""
    default = field.annotation(Default)
    return default.value if default and is_blank(value) else value


def _canonical_text(field: Field, text: str) -> str:
    if field.choices:
        enum_aliases = field.annotation(EnumAliases)
        spellings = {choice.lower(): choice for choice in field.choices}
        spellings.update(enum_aliases.aliases if enum_aliases else {})
        return spellings.get(text.lower(), text)
    canonical = field.annotation(Canonical)
    return canonical.convert(text) if canonical else text


def _sort_unique(field: Field, items: list[Any]) -> list[Any]:
    """Put items in one order and once each, unknown ones, which may turn out to be anything, at the end."""
    by_key = {
        json.dumps(_comparison_key(field, value), sort_keys=True, default=str): value
        for value in items
        if not is_unknown(value)
    }
    return [by_key[key] for key in sorted(by_key)] + [value for value in items if is_unknown(value)]


def _comparison_key(field: Field, value: Any) -> Any:
    return value.lower() if isinstance(value, str) and field.has(IgnoreCase) else value

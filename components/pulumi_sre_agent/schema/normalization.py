"""The one door through which values come in: from the engine, from state, and from Azure.

The engine hands a Python provider floats for ints, and Unknown objects at any depth; people write one
thing in several ways; Azure answers in its own order and case. `normalize` makes one canonical value of all.
It never fails: what does not fit its field comes out as it went in, for the check to name.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from pulumi import Output
from pulumi.output import Unknown

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


def is_unknown(value: Any) -> TypeGuard[Unknown | Output[Any]]:
    """Whether a value is known only once something else has been deployed."""
    return isinstance(value, Unknown | Output)


def is_blank(value: Any) -> bool:
    """Whether a value says nothing; services drop such members or make them up at will."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def member_field(node: Field, key: str) -> Field:
    """Return what is known of one member of an object."""
    if node.members is not None:
        return node.members.get(key, ANY_FIELD)
    hidden = node.annotation(SensitiveMembers)
    if hidden is None:
        return node.item or ANY_FIELD
    return Field(object, annotations=(SensitiveField(),) if hidden.holds(key) else (hidden,))


def item_field(node: Field) -> Field:
    """Return what is known of the items of a list."""
    return node.item or Field(object, annotations=node.annotations)


def normalize(node: Field, value: Any) -> Any:
    """Return the canonical form of a value: spelled in one way, unordered lists sorted."""
    return sort_unordered(node, canonicalize(node, value))


def canonicalize(node: Field, value: Any) -> Any:
    """Spell a value in one way: ints whole, `None` members gone, texts as the field has them."""
    if isinstance(value, Mapping):
        return {
            key: canonicalize(member_field(node, key), inner)
            for key, inner in value.items()
            if inner is not None
        }
    if isinstance(value, list | tuple):
        return [canonicalize(item_field(node), inner) for inner in value]
    if isinstance(value, str):
        return _text(node, value)
    if isinstance(value, float) and node.of is not float and value.is_integer():
        return int(value)
    return value


def sort_unordered(node: Field, value: Any) -> Any:
    """Put unordered lists in one order, each item once."""
    if isinstance(value, dict):
        return {key: sort_unordered(member_field(node, key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        found = [sort_unordered(item_field(node), inner) for inner in value]
        return _sorted(item_field(node), found) if node.has(Unordered) else found
    return value


def equivalent(node: Field, one: Any, other: Any) -> bool:
    """Whether two canonical values mean the same; what is unknown is never the same as anything."""
    if is_unknown(one) or is_unknown(other):
        return False
    one, other = _said(node, one), _said(node, other)
    if is_blank(one) and is_blank(other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        if node.item is not None and one.keys() != other.keys():
            return False  # in a map an empty value says something: the key is there
        return all(equivalent(member_field(node, key), one.get(key), other.get(key)) for key in one | other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            map(lambda a, b: equivalent(item_field(node), a, b), one, other)
        )
    return bool(_key(node, one) == _key(node, other))


def _said(node: Field, value: Any) -> Any:
    """Return a value, or what the service takes in its place where it says nothing."""
    default = node.annotation(Default)
    return default.value if default and is_blank(value) else value


def _text(node: Field, text: str) -> str:
    if node.choices:
        canonicalize = node.annotation(EnumAliases)
        known = {choice.lower(): choice for choice in node.choices} | dict(
            canonicalize.others if canonicalize else {}
        )
        return known.get(text.lower(), text)
    canonical = node.annotation(Canonical)
    return canonical.of(text) if canonical else text


def _sorted(node: Field, found: list[Any]) -> list[Any]:
    """Put items in one order and once each, unknown ones, which may turn out to be anything, at the end."""
    known = {
        json.dumps(_key(node, value), sort_keys=True, default=str): value
        for value in found
        if not is_unknown(value)
    }
    return [known[key] for key in sorted(known)] + [value for value in found if is_unknown(value)]


def _key(node: Field, value: Any) -> Any:
    return value.lower() if isinstance(value, str) and node.has(IgnoreCase) else value

"""The smallest JSON merge patch that turns one set of values into another (RFC 7396).

See docs/reference/control-plane.md#put-and-patch.
"""

from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.schema.annotations import ClientOnly, ReplaceWhole, SensitiveField
from pulumi_sre_agent.schema.fields import Field, camel_case
from pulumi_sre_agent.schema.normalization import equivalent, member_field

from .model import to_wire


def merge_patch(field: Field, old: Any, new: Any) -> Any:
    """Return what makes `new` of `old`: the changed members, and null for those that went.

    Lists go whole, and so do objects marked `ReplaceWhole` once anything in them changes.
    """
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return to_wire(field, new)
    patch: Json = {}
    for key in [*new, *(key for key in old if key not in new)]:
        inner = member_field(field, key)
        wire = camel_case(key) if field.members is not None else key
        if inner.has(ClientOnly):
            continue
        if key not in new:
            patch[wire] = None
        elif not equivalent(inner, old.get(key), new[key]):
            patch[wire] = merge_patch(inner, old.get(key), new[key])
        elif field.has(ReplaceWhole):
            patch[wire] = to_wire(inner, new[key])
    return patch


def without_secrets(field: Field, value: Any) -> Any:
    """Return a value as Azure shows it, so that a patch against it sends the secrets again."""
    if isinstance(value, Mapping):
        return {
            key: without_secrets(member_field(field, key), inner)
            for key, inner in value.items()
            if not member_field(field, key).has(SensitiveField)
        }
    return value

"""What the provider of a resource has to know of its secrets: the engine hands it all values in plain.

A field that is sensitive, or sounds like it, needs no telling. Of any other that a program makes a secret of
the resource says so, in an input of its own; what its provider says then repeats none of it, and whatever
Azure's answer adds to the state that holds one of them is a secret there, too.
"""

from collections.abc import Awaitable, Iterator, Mapping
from typing import Any

from pulumi import Output
from pulumi.runtime.rpc import wrap_rpc_secret

from pulumi_sre_agent.api.secrets import SHORTEST, is_secret_name, mask_secrets, secrets_of
from pulumi_sre_agent.schema.annotations import SensitiveField, SensitiveMembers
from pulumi_sre_agent.schema.fields import Field
from pulumi_sre_agent.schema.normalization import item_field, member_field

from .model import arguments_of

SECRET_INPUTS = "__secretInputs"  # noqa: S105 - a name
"""The input that names them; engines show no property that begins so."""


def mark_secrets(field: Field, value: Any) -> Any:
    """Make everything that the kind calls a secret one, as deep as the value is known."""
    if value is None:
        return None
    if field.has(SensitiveField):
        return Output.secret(value)
    if isinstance(value, Mapping):
        return {key: mark_secrets(member_field(field, key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mark_secrets(item_field(field), inner) for inner in value]
    if isinstance(value, Output | Awaitable) and may_hold_secrets(field):
        return Output.secret(value)  # what is inside cannot be told yet
    return value


def may_hold_secrets(field: Field) -> bool:
    """Whether a field can have a secret somewhere inside."""
    inside = [*(field.members or {}).values(), *([field.item] if field.item else [])]
    return field.has(SensitiveField) or field.has(SensitiveMembers) or any(map(may_hold_secrets, inside))


def secret_inputs(root: Field, inputs: Mapping[str, Any]) -> Output[list[str] | None] | None:
    """Return which inputs are, or hold, secrets that no field tells of; None where none can be."""
    candidates = {name: [*_outputs(member_field(root, name), value)] for name, value in inputs.items()}
    if not any(candidates.values()):
        return None

    async def names() -> list[str] | None:
        found = [
            name for name, outputs in candidates.items() for output in outputs if await output.is_secret()
        ]
        return sorted(set(found)) or None

    return Output.from_input(names())


def _outputs(field: Field, value: Any) -> Iterator[Output[Any]]:
    if isinstance(value, Output) and not field.has(SensitiveField):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _outputs(member_field(field, key), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _outputs(item_field(field), inner)


def secret_texts(root: Field, *bags: Mapping[str, Any]) -> set[str]:
    """Return the secrets among what the engine hands over."""
    texts: set[str] = set()
    for bag in bags:
        for name, value in arguments_of(bag).items():
            is_secret = name in (bag.get(SECRET_INPUTS) or ()) or is_secret_name(name)
            texts.update(_secrets(member_field(root, name), value, inside=is_secret))
    return {text for text in texts if len(text) >= SHORTEST}


def _secrets(field: Field, value: Any, *, inside: bool) -> Iterator[str]:
    if inside or field.has(SensitiveField):
        yield from secrets_of(value, inside=True)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secrets(member_field(field, key), inner, inside=is_secret_name(str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(item_field(field), inner, inside=False)


def seal(answer: Any, ours: Any, secrets: set[str]) -> Any:
    """Return what Azure answered with each text a secret that is not ours and repeats a secret of ours."""
    if isinstance(answer, Mapping):
        known = ours if isinstance(ours, Mapping) else {}
        return {key: seal(inner, known.get(key), secrets) for key, inner in answer.items()}
    if isinstance(answer, list):
        known = dict(enumerate(ours)) if isinstance(ours, list) else {}
        return [seal(inner, known.get(index), secrets) for index, inner in enumerate(answer)]
    is_echo = isinstance(answer, str) and answer != ours and mask_secrets(answer, secrets) != answer
    return wrap_rpc_secret(answer) if is_echo else answer

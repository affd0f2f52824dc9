"""Whether canonical values are acceptable: each fault as a sentence, all of them at once, no secret quoted.

What the tree of fields says comes first; rules of a kind add what concerns several fields at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pulumi.output import UNKNOWN

from pulumi_sre_agent.schema.annotations import Rule, SensitiveField
from pulumi_sre_agent.schema.fields import ANY_FIELD, Field
from pulumi_sre_agent.schema.normalization import is_unknown, item_field

FieldPath = tuple[str | int, ...]
Inputs = Mapping[str, Any]
FieldMismatch = tuple[FieldPath, str]
"""Where a value does not fit, and a phrase to follow the name of the place."""

TYPES: Mapping[type, tuple[Any, str]] = {
    str: ((str,), "must be text"),
    int: ((int,), "must be a whole number"),
    float: ((float, int), "must be a number"),
    bool: ((bool,), "must be true or false"),
    list: ((list,), "must be a list"),
    dict: ((dict,), "must be an object with names and values"),
    object: ((object,), ""),
}
"""What a field of a type takes, and what to tell who gives it something else."""


class ValidationError(NamedTuple):
    """One thing wrong with the arguments of a resource."""

    path: FieldPath
    """Where: names of members and indices of lists; empty where it concerns the resource as a whole."""
    reason: str
    """A sentence without its full stop that names the property and says what is allowed. Holds no secret."""


RuleOfKind = Callable[[Inputs], Iterable[ValidationError]]
"""A rule about several fields; those that are unknown or faulty by themselves are unknown to it."""


def error_at(path: FieldPath, phrase: str) -> ValidationError:
    """Return a fault told as `<property> <phrase>`."""
    return ValidationError(path, f"{format_path(path)} {phrase}" if path else phrase)


def format_path(path: FieldPath) -> str:
    """`sandbox_configuration.packages[2].name` and the like."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def get_path(inputs: Inputs, *path: str) -> Any:
    """Return a value deep inside: None where there is nothing, unknown where it or what holds it is."""
    value: Any = inputs
    for key in path:
        if is_unknown(value):
            break
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def did_you_mean(given: str, offered: Iterable[str]) -> str:
    """Return the offer that somebody probably meant, as the end of a sentence."""
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    close = get_close_matches(given, list(offered), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def duplicate_keys(inputs: Inputs, name: str, key: str) -> Iterator[ValidationError]:
    """Fault what says something else than an earlier entry of a list under the same key."""
    entries = get_path(inputs, name)
    seen: dict[str, Any] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        said = get_path(entry, key) if isinstance(entry, Mapping) else None
        if isinstance(said, str) and seen.setdefault(said, entry) != entry:
            yield error_at((name, index, key), f"is {said}, as that of another entry is")


def validate(root: Field, rules: Iterable[RuleOfKind], inputs: Inputs) -> list[ValidationError]:
    """Everything wrong with canonical inputs, in the order of the fields."""
    found = [
        ValidationError(path, f"{format_path(path)} {phrase}") for path, phrase in mismatches(root, inputs)
    ]
    sound = inputs
    for wrong in found:
        sound = _set_aside(sound, wrong.path)
    for rule in rules:
        found += rule(sound)
    return found


def mismatches(node: Field, value: Any, path: FieldPath = ()) -> list[FieldMismatch]:
    """Find what does not fit in a canonical value; what is not known yet fits everywhere.

    The rules of a field are asked in turn about what is right in itself, until one complains.
    """
    if is_unknown(value):
        return []
    if found := list(_misfits(node, value, path)):
        return found
    rules = (annotation for annotation in node.annotations if isinstance(annotation, Rule))
    problem = next(filter(None, (rule.problem(value) for rule in rules)), None)
    return [(path, problem)] if problem else []


def _misfits(node: Field, value: Any, path: FieldPath) -> Iterator[FieldMismatch]:
    types, phrase = TYPES[node.of]
    if node.choices:
        if value not in node.choices:
            hint = "" if node.has(SensitiveField) else did_you_mean(str(value), node.choices)
            yield path, f"must be one of {', '.join(node.choices)}{hint}"
    elif not isinstance(value, types) or (isinstance(value, bool) and node.of in (int, float)):
        yield path, phrase
    elif node.members is not None:
        yield from _misfit_members(node.members, value, path)
    elif node.of is list:
        for index, inner in enumerate(value):
            yield from mismatches(item_field(node), inner, (*path, index))
    elif node.of is dict:
        for name, inner in value.items():
            yield from mismatches(node.item or ANY_FIELD, inner, (*path, name))


def _misfit_members(
    members: Mapping[str, Field], value: Mapping[str, Any], path: FieldPath
) -> Iterator[FieldMismatch]:
    for name, member in members.items():
        if name in value:
            yield from mismatches(member, value[name], (*path, name))
        elif member.required:
            yield (*path, name), "is missing"
    for name in value:
        if name not in members:
            yield (*path, name), f"is not a property here{did_you_mean(name, members)}"


def _set_aside(value: Any, path: FieldPath) -> Any:
    """Make what is at the path unknown, so that no rule stumbles over it."""
    if not path or not isinstance(value, Mapping):
        return UNKNOWN
    head, *rest = path
    return {**value, str(head): _set_aside(value.get(str(head)), tuple(rest))}

"""Whether canonical values are acceptable: each error as a sentence, all of them at once, no secret quoted.

The fields are checked first; rules of the kind add what concerns several fields at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from pulumi.output import UNKNOWN

from pulumi_sre_agent.schema.annotations import Rule, SensitiveField
from pulumi_sre_agent.schema.fields import ANY_FIELD, Field, fields_of
from pulumi_sre_agent.schema.normalization import canonicalize, is_unknown, item_field, member_field
from pulumi_sre_agent.schema.secrecy import refusal

T = TypeVar("T")
FieldPath = tuple[str | int, ...]
Inputs = Mapping[str, Any]

TYPES: Mapping[type, tuple[Any, str]] = {
    str: ((str,), "must be text"),
    int: ((int,), "must be a whole number"),
    float: ((float, int), "must be a number"),
    bool: ((bool,), "must be true or false"),
    list: ((list,), "must be a list"),
    dict: ((dict,), "must be an object with names and values"),
    object: ((object,), ""),
}
"""What a field of a type takes, and the phrase for everything else."""


class ValidationError(NamedTuple):
    """One thing wrong with the arguments of a resource."""

    path: FieldPath
    """Where: names of members and indices of lists; empty where it concerns the resource as a whole."""
    reason: str
    """A sentence without its full stop that names the property and says what is allowed. Holds no secret."""


KindRule = Callable[[Inputs], Iterable[ValidationError]]
"""A rule about several fields; those that are unknown or wrong by themselves are unknown to it."""


def error_at(path: FieldPath, phrase: str) -> ValidationError:
    """Return the error `<property> <phrase>`."""
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


def did_you_mean(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """Return ` (did you mean …?)` where a candidate is close, whatever its letter case, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    by_lower_case = {each.casefold(): each for each in candidates}
    close = get_close_matches(name.casefold(), by_lower_case, n=1, cutoff=cutoff)
    return f" (did you mean {by_lower_case[close[0]]!r}?)" if close else ""


def duplicate_keys(inputs: Inputs, name: str, key: str) -> Iterator[ValidationError]:
    """Refuse an entry of a list that differs from an earlier one under the same key."""
    entries = get_path(inputs, name)
    first_by_key: dict[str, Any] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        value = get_path(entry, key) if isinstance(entry, Mapping) else None
        if isinstance(value, str) and first_by_key.setdefault(value, entry) != entry:
            yield error_at((name, index, key), f"is {value}, as that of another entry is")


def validate(root: Field, rules: Iterable[KindRule], inputs: Inputs) -> list[ValidationError]:
    """Return everything wrong with canonical inputs, in the order of the fields."""
    errors = validate_field(root, inputs)
    sound = inputs
    for error in errors:
        sound = _with_unknown(sound, error.path)
    for rule in rules:
        errors += rule(sound)
    return errors


def validate_args(component: str, type_: type[T], args: T, *rules: KindRule) -> T:
    """Return the arguments of a component, canonical and without those that are None.

    Outputs are taken where the type says `Input`. Raises `pulumi.RunError` with all that is wrong.
    """
    field = Field(dict, members=fields_of(cast("type", type_)))
    raise_errors(component, [*misplaced_outputs(field, args)])
    canonical = canonicalize(field, args)
    raise_errors(component, validate(field, rules, canonical))
    return cast("T", canonical)


def misplaced_outputs(field: Field, value: Any, path: FieldPath = ()) -> Iterator[ValidationError]:
    """Yield each output in the place of what must be known: a plain argument, or a name."""
    if is_unknown(value):
        if not field.is_input:
            phrase = "is an output, but decides what is made: give the value itself"
            yield error_at(path or ("the arguments as a whole",), phrase)
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if is_unknown(name):
                yield error_at(path, "has an output for a name: give the name itself")
            else:
                yield from misplaced_outputs(_within(field, member_field(field, name)), inner, (*path, name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from misplaced_outputs(_within(field, item_field(field)), inner, (*path, index))


def _within(outer: Field, inner: Field) -> Field:
    """Return a field that takes outputs wherever one that it lies in does."""
    return inner._replace(is_input=inner.is_input or outer.is_input)


def raise_errors(what: str, errors: Sequence[ValidationError]) -> None:
    """Raise `pulumi.RunError` with a sentence for each error, if there is any."""
    if errors:
        raise refusal("\n".join(f"{what} cannot be: {error.reason}." for error in errors))


def nested(name: str, rule: KindRule) -> KindRule:
    """Return the rule of an object as one of what holds that object."""

    def nested_rule(inputs: Inputs) -> Iterator[ValidationError]:
        member = get_path(inputs, name)
        for error in rule(member) if isinstance(member, Mapping) else ():
            between = "." if error.path else ": "
            yield ValidationError((name, *error.path), f"{name}{between}{error.reason}")

    return nested_rule


def validate_field(field: Field, value: Any, path: FieldPath = ()) -> list[ValidationError]:
    """Return what is wrong with one canonical value; what is not known yet is right everywhere.

    The rules of a field are asked in turn about what is right in itself, until one complains.
    """
    if is_unknown(value):
        return []
    if errors := list(_type_errors(field, value, path)):
        return errors
    rules = (annotation for annotation in field.annotations if isinstance(annotation, Rule))
    phrase = next(filter(None, (rule.check(value) for rule in rules)), None)
    return [error_at(path, phrase)] if phrase else []


def _type_errors(field: Field, value: Any, path: FieldPath) -> Iterator[ValidationError]:
    types, phrase = TYPES[field.base_type]
    if field.choices:
        if value not in field.choices:
            hint = "" if field.has(SensitiveField) else did_you_mean(str(value), field.choices)
            yield error_at(path, f"must be one of {', '.join(field.choices)}{hint}")
    elif not isinstance(value, types) or (isinstance(value, bool) and field.base_type in (int, float)):
        yield error_at(path, phrase)
    elif field.members is not None:
        yield from _member_errors(field.members, value, path)
    elif field.base_type is list:
        for index, inner in enumerate(value):
            yield from validate_field(item_field(field), inner, (*path, index))
    elif field.base_type is dict:
        for name, inner in value.items():
            yield from validate_field(field.item or ANY_FIELD, inner, (*path, name))


def _member_errors(
    members: Mapping[str, Field], value: Mapping[str, Any], path: FieldPath
) -> Iterator[ValidationError]:
    for name, member in members.items():
        if name in value:
            yield from validate_field(member, value[name], (*path, name))
        elif member.required:
            yield error_at((*path, name), "is missing")
    for name in value:
        if name not in members:
            yield error_at((*path, name), f"is not a property here{did_you_mean(name, members)}")


def _with_unknown(value: Any, path: FieldPath) -> Any:
    """Make what is at the path unknown, so that no rule stumbles over it."""
    if not path or not isinstance(value, Mapping):
        return UNKNOWN
    head, *rest = path
    return {**value, str(head): _with_unknown(value.get(str(head)), tuple(rest))}

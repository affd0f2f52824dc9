"""`additional_properties`: members without an argument of their own, which Azure has beside the others."""

from collections.abc import Callable, Iterator, Mapping

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.schema.fields import camel_case
from pulumi_sre_agent.schema.validation import Inputs, KindRule, ValidationError, get_path


def wire_names(args: type) -> dict[str, str]:
    """Return the arguments of a kind by their names on the wire."""
    return {camel_case(name): name for name in args.__annotations__}


def check_additional(arguments: Mapping[str, str]) -> KindRule:
    """Refuse an additional property that has an argument."""

    def rule(inputs: Inputs) -> Iterator[ValidationError]:
        extra = get_path(inputs, "additional_properties")
        for key in extra if isinstance(extra, dict) else ():
            if name := arguments.get(key):
                yield ValidationError(
                    ("additional_properties", key),
                    f"additional_properties.{key} has an argument here: {name}",
                )

    return rule


def merge_additional(spec: Json) -> Json:
    """Put additional properties beside the others, on the way out."""
    extra: Json = spec.pop("additionalProperties", {})
    return spec | extra


def split_additional(arguments: Mapping[str, str]) -> Callable[[Json], Json]:
    """Put together what has no argument, on the way in."""
    return lambda spec: (
        spec | {"additionalProperties": {key: spec[key] for key in spec if key not in arguments}}
    )

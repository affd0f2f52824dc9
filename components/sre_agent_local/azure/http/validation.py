"""Bodies that are checked member by member: camelCase on the wire, unknown members refused."""

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from sre_agent_local.azure.errors import InvalidRequestContent

from .json_values import Json


class WireModel(BaseModel):
    """A JSON object with fixed members of fixed types."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", strict=True, frozen=True, validate_by_name=True
    )


def refuse_misfit(model: type[WireModel], value: Json, root: str = "properties") -> None:
    """Refuse an object that is not what a model says. Raises InvalidRequestContent."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        raise InvalidRequestContent(sentence(error, root)) from error


def sentence(error: ValidationError, root: str) -> str:
    """Say what is wrong with the first wrong member, without its value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in (root, *first["loc"]) if part != "")
    if first["type"] == "extra_forbidden":
        return f"could not find member '{where}' on an object of this type"
    return f"the member '{where}' is wrong: {first['msg'].removeprefix('Value error, ')}"

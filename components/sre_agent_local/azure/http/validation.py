"""Bodies that are checked member by member: camelCase on the wire, unknown members refused."""

from collections.abc import Container, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent

from .json_values import Json


class StrictModel(BaseModel):
    """A JSON object with fixed members of fixed types."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", strict=True, frozen=True, validate_by_name=True
    )


def query_number(query: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number of the query. Raises BadRequest."""
    text = query.get(name.lower())
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST):
        raise BadRequest(f"The query parameter '{name}' must be a whole number of at most {_LONGEST} digits.")
    return int(text)


_LONGEST = 9


def validate(model: type[StrictModel], properties: Json) -> None:
    """Refuse properties that are not what a model says. Raises InvalidRequestContent."""
    try:
        model.model_validate(properties)
    except ValidationError as error:
        raise InvalidRequestContent(validation_message(error, "properties")) from error


def settable_properties(model: type[StrictModel], body: Json, read_only: Container[str] = ()) -> Json:
    """Return the properties that a caller may set, as sent. Raises InvalidRequestContent."""
    sent = body.get("properties") or {}
    if not isinstance(sent, dict):
        raise InvalidRequestContent("the member 'properties' is not an object")
    properties = {member: value for member, value in sent.items() if member not in read_only}
    validate(model, properties)
    return properties


def validation_message(error: ValidationError, root: str) -> str:
    """Say what is wrong with the first wrong member, without its value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in (root, *first["loc"]) if part != "")
    if first["type"] == "extra_forbidden":
        return f"could not find member '{where}' on an object of this type"
    return f"the member '{where}' is wrong: {first['msg'].removeprefix('Value error, ')}"

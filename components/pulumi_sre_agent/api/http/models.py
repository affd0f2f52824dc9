"""Bodies that come back, as objects: known members by name, unknown ones kept, missing ones None."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from pulumi_sre_agent.api.errors import Unavailable


class Body(BaseModel):
    """A JSON object of Azure's; `model_dump(by_alias=True)` gives it back, with what is not known here."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow", frozen=True, validate_by_name=True)

    @classmethod
    def read(cls, body: Any) -> Self:
        """Make one of a body. Raises `Unavailable` for a body of another shape."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            raise Unavailable(
                f"The service answered with something that is not a {cls.__name__}: {where} does not fit."
            ) from None

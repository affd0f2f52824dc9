"""What can be set while the server runs: how long things take, and how strict it is."""

from typing import Annotated, Any

from pydantic import Field, ValidationError

from .errors import BadRequest
from .models import WireModel, sentence
from .wire import Json

Seconds = Annotated[float, Field(ge=0, le=24 * 3600)]


class Switches(WireModel):
    """Seconds are real seconds; 0 means at once."""

    operation_seconds: Seconds = 2.0
    """How long a long-running operation takes: agents, connectors, groups; also how long a clone takes."""
    ready_seconds: Seconds = 2.0
    """How long after its creation an agent's data plane begins to answer."""
    latency_seconds: Seconds = 0.0
    """Added to every answer of either plane."""
    restricted_tenant: bool = False
    """ARM refuses every sub-resource but connectors, as it does in most external tenants (A.10)."""
    strict_tool_type: bool = False
    """The data plane refuses `Tool` as the type of a tool and wants `ExtendedAgentTool` (H-8)."""

    def changed(self, changes: Json) -> "Switches":
        """Return a copy with `changes`. Raises BadRequest for an unknown switch or a wrong value."""
        try:
            return Switches.model_validate({**self.wire(), **changes})
        except ValidationError as error:
            names = ", ".join(self.wire())
            raise BadRequest(
                f"The switches cannot be set: {sentence(error, '')}; there are: {names}."
            ) from error

    def wire(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True)

"""What can be set while the server runs: how long things take, and how strict it is."""

from dataclasses import asdict, dataclass, fields, replace

from .errors import BadRequest
from .wire import Json


@dataclass(frozen=True)
class Switches:
    """Seconds are real seconds; 0 means at once."""

    operationSeconds: float = 2.0
    """How long a long-running operation takes: agents, connectors, groups; also how long a clone takes."""
    readySeconds: float = 2.0
    """How long after its creation an agent's data plane begins to answer."""
    latencySeconds: float = 0.0
    """Added to every answer of either plane."""
    restrictedTenant: bool = False
    """ARM refuses every sub-resource but connectors, as it does in most external tenants (A.10)."""
    strictToolType: bool = False
    """The data plane refuses `Tool` as the type of a tool and wants `ExtendedAgentTool` (H-8)."""

    def changed(self, changes: Json) -> "Switches":
        """A copy with `changes`. Raises BadRequest for an unknown switch or a value of the wrong type."""
        known = {field.name: field.type for field in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise BadRequest(f"There is no switch '{name}'; there are: {', '.join(known)}.")
            if not _fits(known[name], value):
                raise BadRequest(f"The switch '{name}' takes {_WANTED[known[name]]}, not {value!r}.")
        return replace(self, **changes)

    def wire(self) -> Json:
        return asdict(self)


_WANTED: dict[object, str] = {bool: "true or false", float: "a number of seconds, 0 or more"}


def _fits(wanted: object, value: object) -> bool:
    if wanted is bool or isinstance(value, bool):
        return wanted is bool and isinstance(value, bool)
    return isinstance(value, int | float) and value >= 0

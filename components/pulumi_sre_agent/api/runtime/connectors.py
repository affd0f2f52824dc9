"""How an agent's connectors are doing; what they are is a kind of resource.

See docs/reference/data-plane.md#connection-tests.
"""

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import CONNECTOR, Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane


class ConnectorStatus(Body):
    status: str | None = None
    """`Connected`, `Disconnected`, `Initializing`, `Failed` or `Error`."""
    healthy: bool | None = None
    details: Json | None = None
    """Among others `tools`, those that it brings."""


class Connectors:
    """The connectors of one agent. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def status(self, name: str) -> ConnectorStatus:
        """Return how a connector is. Raises `NotFound`."""
        return ConnectorStatus.read(self._data.get(f"{CONNECTOR.data}/{segment(name)}/status"))

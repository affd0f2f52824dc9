"""An agent's connectors as they are, and how they are doing; declaring them is a kind of resource.

See docs/reference/data-plane.md#connection-tests.
"""

from collections.abc import Iterator, Sequence

from pulumi_sre_agent.api.collections.collection import Collection, segment
from pulumi_sre_agent.api.collections.connector_catalogue import CatalogueEntry, managed_apis, operations
from pulumi_sre_agent.api.collections.connector_v2 import WITHOUT_CONSENT
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import CONNECTOR, Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane


class Connector(Body):
    """A connector, without its secrets."""

    name: str
    data_connector_type: str | None = None
    data_source: str | None = None
    identity: str | None = None
    extended_properties: Json | None = None
    provisioning_state: str | None = None


class ConnectorStatus(Body):
    status: str | None = None
    """`Connected`, `Disconnected`, `Initializing`, `Failed` or `Error`."""
    healthy: bool | None = None
    details: Json | None = None
    """Among others `tools`, those that it brings."""


class Connection(Body):
    """An account with a service such as Jira, which a managed connector uses."""

    name: str
    connector_name: str | None = None
    overall_status: str | None = None
    """`Connected`; `Unauthenticated` or `Error` until somebody has signed in."""

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for somebody to sign in."""
        return self.overall_status in WITHOUT_CONSENT


class Connectors:
    """The connectors of one agent. Errors are those of the planes."""

    def __init__(self, data: DataPlane, collection: Collection, connections: Collection) -> None:
        self._data, self._collection, self._connections = data, collection, connections

    def list(self) -> Iterator[Connector]:
        for name, spec in self._collection.list().items():
            yield Connector.read({**spec, "name": name})

    def get(self, name: str) -> Connector:
        """Return one. Raises `NotFound`."""
        return Connector.read({**self._collection.get(name), "name": name})

    def status(self, name: str) -> ConnectorStatus:
        """Return how a connector is. Raises `NotFound`."""
        return ConnectorStatus.read(self._data.get(f"{CONNECTOR.data}/{segment(name)}/status"))

    def connection(self, name: str) -> Connection:
        """Return a managed connector's connection, by its name; nobody publishes a list of them.

        Raises `NotFound`.
        """
        return Connection.read({**self._connections.get(name), "name": name})

    def managed_apis(self) -> Sequence[CatalogueEntry]:
        """Return what managed connectors the agent can be given, by name."""
        return managed_apis(self._data)

    def operations(self, connector: str) -> Sequence[CatalogueEntry]:
        """Return what a managed connector, such as `jira`, can do, by name. Raises `NotFound`."""
        return operations(self._data, connector)

    def test(self, name: str) -> None:
        """Have the service connect. Raises `OperationFailed` with its reason."""
        self._collection.test(name)

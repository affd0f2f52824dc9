"""What a subagent may do without asking: a route that only takes.

See docs/reference/data-plane.md#extended-agent-kinds.
"""

from pulumi_sre_agent.api.collections.collection import Collection, segment
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane


class SubagentPermissionsCollection(Collection):
    """The permissions of the subagents of one agent, by subagent."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._collection = str(kind.data)
        self._data = data

    def get(self, name: str) -> Json:
        raise NotFound(f"Azure does not show the {self.kind.title} {name}.", status=404)

    def put(self, name: str, spec: Json) -> Json:
        self._data.put(f"{self._collection}/{segment(name)}/permissions", spec)
        return spec

    def delete(self, name: str) -> None:
        """Leave an empty list, as there is no way to delete it; gone with its subagent counts as deleted."""
        try:
            self.put(name, {"allow": []})
        except NotFound:
            return

    def list(self) -> dict[str, Json]:
        return {}

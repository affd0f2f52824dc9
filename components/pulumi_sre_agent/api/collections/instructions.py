"""Custom instructions: one text, which is there as long as it is not empty."""

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane

ONLY = "default"


class InstructionsCollection(Collection):
    """What one agent is told for all that it does; it comes back with CRLF line ends.

    See docs/reference/data-plane.md#custom-instructions.
    """

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._path = str(kind.data)
        self._data = data

    def get(self, _name: str) -> Json:
        stored = self._data.get(self._path) or {}
        if not str(stored.get("instructions") or "").strip():
            raise NotFound(f"{self._data.owner} has no {self.kind.title}.", status=404)
        return stored

    def put(self, _name: str, spec: Json) -> Json:
        return self._data.put(self._path, spec) or spec

    def delete(self, _name: str) -> None:
        """Leave an empty text, as there is no way to delete it."""
        self._data.put(self._path, {"instructions": ""})

    def list(self) -> dict[str, Json]:
        try:
            return {ONLY: self.get(ONLY)}
        except NotFound:
            return {}

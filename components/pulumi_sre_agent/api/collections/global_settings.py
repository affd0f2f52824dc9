"""The settings of a whole agent, which two writers cannot change at once: a PUT names what it read.

See docs/reference/data-plane.md#global-settings.
"""

from pulumi_sre_agent.api.collections.collection import Collection, covers
from pulumi_sre_agent.api.errors import Conflict, NotFound
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane

ONLY = "default"
LISTS = ("allow", "ask", "deny")
NOTHING_YET = "*"
"""What a first write names, as an empty document has no tag."""


class GlobalSettingsCollection(Collection):
    """The tool permissions in one agent's settings; there as long as one of their lists says something."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._path = str(kind.data)
        self._data = data

    def get(self, _name: str) -> Json:
        permissions = _permissions(self._read()[0])
        if not any(permissions.get(name) for name in LISTS):
            raise NotFound(f"{self._data.owner} has no {self.kind.title}.", status=404)
        return permissions

    def put(self, _name: str, spec: Json) -> Json:
        """Write the permissions and keep all else. Raises `Conflict` where somebody else just wrote them."""
        document, tag = self._read()
        try:
            return self._write(document, tag, spec)
        except Conflict as stale:
            if stale.status != 412:
                raise
            now, tag = self._read()
            if covers(_permissions(now), spec):
                return spec  # ours: the answer to an earlier attempt was lost
            if _permissions(now) != _permissions(document):
                raise
        return self._write(now, tag, spec)

    def delete(self, name: str) -> None:
        """Leave empty lists, as there is no way to delete them."""
        self.put(name, {name: [] for name in LISTS})

    def list(self) -> dict[str, Json]:
        try:
            return {ONLY: self.get(ONLY)}
        except NotFound:
            return {}

    def _read(self) -> tuple[Json, str]:
        reply = self._data.read(self._path)
        document = reply.object() if reply.body is not None else {}
        return document, reply.headers.get("etag") or NOTHING_YET

    def _write(self, document: Json, tag: str, spec: Json) -> Json:
        self._data.put(self._path, {**document, "permissions": spec}, {"If-Match": tag})
        return spec


def _permissions(document: Json) -> Json:
    return document.get("permissions") or {}

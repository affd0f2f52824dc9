"""Kinds whose routes for reading or deleting nobody has published.

See docs/reference/assumptions.md#what-nobody-publishes.
"""

import logging

from pulumi_sre_agent.api.collections.collection import Collection, segment
from pulumi_sre_agent.api.errors import ApiError, NotFound
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane

log = logging.getLogger(__name__)


class UndocumentedCollection(Collection):
    """Items below one collection of the data plane; a DELETE is tried, and what stays behind is told."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._collection = str(kind.data)
        self._data = data

    def get(self, name: str) -> Json:
        try:
            return self.list()[name]
        except KeyError:
            sentence = f"{self.kind.title} {name} of {self._data.owner} is not there."
            raise NotFound(sentence, status=404) from None

    def list(self) -> dict[str, Json]:
        return {}

    def delete(self, name: str) -> None:
        try:
            self._data.delete(self._at(name))
        except NotFound:
            return
        except ApiError as refused:
            if refused.status != 405:
                raise
            self._leave(name)

    def _leave(self, name: str) -> None:
        log.warning(
            "%s %s of %s stays in Azure, which has no published way to delete it: remove it in the portal.",
            self.kind.title,
            name,
            self._data.owner,
        )

    def _at(self, name: str) -> str:
        return f"{self._collection}/{segment(name)}"

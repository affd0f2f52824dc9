"""How past incidents of a platform are indexed for the agent to search.

See docs/reference/data-plane.md#incident-indexing.
"""

import logging

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane

PLATFORMS = ("azmonitor", "pagerduty", "servicenow")
PROVIDER = "providerType"

log = logging.getLogger(__name__)


class IncidentIndexingCollection(Collection):
    """The configurations of one agent, by platform."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._data = data

    def get(self, name: str) -> Json:
        spec = self._settings(name)
        if not spec:
            raise NotFound(f"{self._data.owner} has no {self.kind.title} of {name}.", status=404)
        return spec

    def put(self, name: str, spec: Json) -> Json:
        self._data.put(self._at(name), {PROVIDER: name, **spec})
        return self._settings(name)

    def delete(self, name: str) -> None:
        """Leave it as it is, and say so."""
        log.warning(
            "The %s of %s stays in %s, since there is no published way to delete it.",
            self.kind.title,
            name,
            self._data.owner,
        )

    def list(self) -> dict[str, Json]:
        configurations = {}
        for platform in PLATFORMS:
            try:
                configurations[platform] = self.get(platform)
            except NotFound:
                continue
        return configurations

    def _settings(self, name: str) -> Json:
        """Return what is configured; nothing where there is no configuration, or where it says nothing."""
        stored = self._data.get(self._at(name)) or {}
        return {member: value for member, value in stored.items() if member != PROVIDER}

    def _at(self, name: str) -> str:
        return f"{self.kind.data}/{name}/configuration"

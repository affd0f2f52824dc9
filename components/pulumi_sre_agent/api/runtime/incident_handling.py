"""Incidents: which ones an agent takes, from which platform, and how they are indexed.

See docs/reference/data-plane.md#incident-filters, docs/reference/run-time.md#incident-platforms.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from pulumi_sre_agent.api.collections.incident_platform import PLAYGROUND, seen_platform
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import INCIDENT_INDEXING, Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane

INDEXING = str(INCIDENT_INDEXING.data)

Platform = Literal["azmonitor", "pagerduty", "servicenow"]


class AssignmentGroup(Body):
    """A group of ServiceNow's."""

    sys_id: str = Field(alias="sys_id")
    name: str | None = None


class Validation(Body):
    """What ServiceNow made of a login."""

    result: str | None = None

    @property
    def is_valid(self) -> bool:
        return (self.result or "").lower() == "valid"


class IncidentHandling:
    """The incident handling of one agent. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def filters(self) -> Iterator[Json]:
        """Yield the response plans' filters as version 2 has them."""
        return self._data.list("/api/v2/incidentManagement/incidentFilters")

    def filters_v1(self) -> Iterator[Json]:
        """Yield the filters as version 1 has them; their key is `id`, and `name` may be empty."""
        return self._data.list(f"{PLAYGROUND}/filters")

    def handlers(self) -> Iterator[Json]:
        """Yield the handlers, which hold the custom instructions of response plans."""
        return self._data.list("/api/v2/extendedAgent/incidentHandlers")

    def platform(self) -> str:
        """Return the platform that the agent has seen itself connected to: `AzMonitor`, …, or `None`."""
        return seen_platform(self._data)

    def indexing(self, platform: Platform) -> Json:
        """Return how past incidents of a platform are indexed. Raises `NotFound` where they are not."""
        return self._data.get(f"{INDEXING}/{platform}/configuration") or {}

    def assignment_groups(
        self, search: str, *, endpoint: str, username: str, password: str
    ) -> Iterator[AssignmentGroup]:
        """Yield ServiceNow's groups whose name holds `search`, with a login of ServiceNow's own."""
        headers = {
            "X-ServiceNow-Endpoint": endpoint,
            "X-ServiceNow-Username": username,
            "X-ServiceNow-Password": password,
        }
        path = f"{INDEXING}/servicenow/assignment-groups"
        return map(AssignmentGroup.read, self._data.list(path, {"search": search}, headers))

    def validate_servicenow(self, *, endpoint: str, username: str, password: str) -> Validation:
        """Have the agent try a login of ServiceNow's."""
        body = {"endpoint": endpoint, "username": username, "password": password}
        return Validation.read(self._data.post("/api/v1/incidentplatformvalidation/servicenow", body))

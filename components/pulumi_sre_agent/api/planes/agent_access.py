"""When access to an agent was last given: what tells a role on its way from one that is missing."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.versions import AGENT_PREVIEW, AUTHORIZATION

ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments"
AT_OR_ABOVE = {"$filter": "atScope()"}


def access_age(control: ControlPlane, agent_id: str) -> float | None:
    """Return how many seconds ago the agent was made, or a role on it or above it was last given.

    By Azure's clock, whatever this machine's says. None where Azure does not tell.

    See docs/reference/control-plane.md#roles-on-an-agent.
    """
    try:
        agent = control.read(agent_id, AGENT_PREVIEW)
        assignments = control.list(f"{agent_id}/{ASSIGNMENTS}", AUTHORIZATION, AT_OR_ABOVE)
        moments = [
            *_moments(agent.object().get("systemData"), "createdAt"),
            *(moment for each in assignments for moment in _moments(each.get("properties"), "updatedOn")),
        ]
        return (_now(agent.headers, control) - max(moments)).total_seconds()
    except (SreAgentError, ValueError):  # not allowed to look, or nothing there to tell from
        return None


def _moments(members: Any, name: str) -> Iterator[datetime]:
    if isinstance(members, Mapping) and (text := members.get(name)):
        moment = datetime.fromisoformat(str(text))
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _now(headers: Mapping[str, str], control: ControlPlane) -> datetime:
    if date := headers.get("date"):
        return parsedate_to_datetime(date)
    return datetime.fromtimestamp(control.clock.wall(), UTC)

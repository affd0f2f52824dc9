"""What the roles of an agent allow on its data plane: the data actions of its roles, by route.

See docs/reference/control-plane.md#roles-on-an-agent.
"""

import re
from fnmatch import fnmatchcase

from sre_agent_local.azure.control_plane import role_assignments, role_definitions
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

FORBIDDEN = Response(403, "Forbidden: Access denied by PDP", media_type="text/plain; charset=utf-8")
"""What the service says to who has no role that allows it (docs/reference/data-plane.md#tokens)."""

_VERBS = {"GET": "read", "HEAD": "read", "DELETE": "delete"}
_APPROVE = f"{AGENT}/threads/approve/action"
_AREAS = tuple(
    (re.compile(pattern), area)
    for pattern, area in (
        (r"v\d/(threads|httptriggers/trigger)", "threads"),
        (r"v\d/(agentmemory|workspacememory)", "memory"),
        (r"v\d/(incidentplayground|incidents)|v2/extendedagent/incident", "incidentManagement"),
        (r"v1/scheduledtasks|v2/extendedagent/scheduledtasks", "scheduledTasks"),
        (r"v\d/extendedagent", "extendedAgents"),
    )
)
"""Areas of the data actions by the paths that they are for, below `/api/`; which they are is published only
by their names, so that this is our reading of them."""


def is_allowed(azure: AzureState, agent: Resource, caller: str, method: str, path: str) -> bool:
    """Say whether a caller's roles on the agent, or above it, allow a request; without the switch, all do."""
    if not azure.settings.data_plane_roles:
        return True
    action = _action(method, path.lower().removeprefix("api/"))
    roles_of_caller = (role for role in _roles(azure, agent) if role.properties["principalId"] == caller)
    return any(
        fnmatchcase(action.lower(), allowed.lower())
        for role in roles_of_caller
        for allowed in role_definitions.data_actions(role.properties["roleDefinitionId"])
    )


def _roles(azure: AzureState, agent: Resource) -> list[Resource]:
    everywhere = azure.store.of_type(role_assignments.TYPE)
    below = f"{agent.id}/".lower()
    return [role for role in everywhere if below.startswith(f"{role.properties['scope']}/".lower())]


def _action(method: str, path: str) -> str:
    if re.match(r"v1/(\w+execution|approvals)/", path) and method == "POST":
        return _APPROVE
    area = next((area for pattern, area in _AREAS if pattern.match(path)), "settings")
    return f"{AGENT}/{area}/{_VERBS.get(method, 'write')}"

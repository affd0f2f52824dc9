"""What an agent may do unasked, asked, or not at all: its permissions, and those of its subagents.

See docs/reference/data-plane.md#extended-agent-kinds, docs/reference/data-plane.md#tool-policies.
"""

import hashlib
import json

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items.items import MalformedBody
from sre_agent_local.azure.errors import AzureError, BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response

from .request import AgentRequest, AgentRoute

SETTINGS = "api/v2/agent/settings/global"

MOST_PATTERNS = 1000


class PreconditionFailed(AzureError):
    """A write that names another version than the one that is there."""

    status = 412
    code = "PreconditionFailed"


def get_settings(request: AgentRequest) -> Response:
    """Show the settings, with a tag once somebody has written something."""
    permissions = _read(request, "settings/global")
    tag = _tag(permissions)
    body = {"permissions": {"allow": [], "ask": [], "deny": [], **permissions}}
    return Response(200, body, {"ETag": tag} if tag else {})


def put_settings(request: AgentRequest) -> Response:
    """Replace the settings; who names no version is believed, as the documented call names none.

    See docs/reference/assumptions.md#concurrency-of-global-settings.
    """
    version = request.headers.get("if-match", "*")
    if version not in ("*", _tag(_read(request, "settings/global"))):
        raise PreconditionFailed("The settings have changed since they were read.")
    permissions = request.json().get("permissions")
    if not isinstance(permissions, dict):
        raise BadRequest("The member 'permissions' is required.")
    patterns = {name: _patterns(permissions, name) for name in ("allow", "ask", "deny")}
    request.put_child(f"{request.agent.id}/settings/global", kinds.SETTINGS_TYPE, patterns)
    return get_settings(request)


def put_subagent_permissions(request: AgentRequest) -> Response:
    permissions = {"allow": _patterns(request.json(), "allow")}
    permissions_id = request.child_id("subagentPermissions", request.names[0])
    request.put_child(permissions_id, kinds.SUBAGENT_PERMISSIONS_TYPE, permissions)
    return Response(200, permissions)


def _patterns(permissions: Json, name: str) -> list[str]:
    patterns = permissions.get(name) or []
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise MalformedBody(f"the member '{name}' is not an array of strings")
    if len(patterns) > MOST_PATTERNS:
        raise BadRequest(f"The list '{name}' has more than {MOST_PATTERNS} patterns.")
    return patterns


def _tag(permissions: Json) -> str:
    """Return the version of settings; none where they say nothing."""
    if not any(permissions.values()):
        return ""
    content = json.dumps(permissions, sort_keys=True).encode()
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


def _read(request: AgentRequest, path: str) -> Json:
    resource = request.azure.store.get(f"{request.agent.id}/{path}")
    return dict(resource.properties) if resource else {}


ROUTES = [
    AgentRoute("GET", SETTINGS, get_settings),
    AgentRoute("PUT", SETTINGS, put_settings),
    AgentRoute("PUT", "api/v2/extendedAgent/{}/permissions", put_subagent_permissions),
]

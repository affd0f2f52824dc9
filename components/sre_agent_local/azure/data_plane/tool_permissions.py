"""What an agent may do and has at hand: permissions, and which tools are on.

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
TOOLS = "api/v2/agent/tools"

BUILT_IN = (
    *("RunAzCliReadCommands", "RunAzCliWriteCommands", "GetAzCliHelp", "RunKubectlReadCommand"),
    *("RunKubectlWriteCommand", "QueryAppInsightsByResourceId", "QueryAppInsightsUsingAppId"),
    *("QueryLogAnalyticsByWorkspaceId", "QueryLogAnalyticsByResourceId", "SearchMemory"),
    *("SearchIncidentKnowledge", "SearchResource", "ExecutePythonCode", "RunInTerminal", "RunShellScript"),
    *("FindConnectedGitHubRepo", "CreateGithubIssue", "CreateGithubIssueComment"),
    *("AcknowledgePagerDutyIncident", "SendOutlookEmail", "PlotBarChart", "PlotPieChart", "PlotHeatmap"),
    *("PlotScatter", "PlotAreaChartWithCorrelation", "Task"),
)
"""Names that have been seen (docs/reference/data-plane.md#members-by-kind)."""
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


def list_tools(request: AgentRequest) -> Response:
    overrides = _read(request, "toolOverrides/default")
    tools: list[Json] = [
        {"name": name, "category": category, "enabled": overrides.get(name, True), "defaultMode": "Auto"}
        for name, category in _catalogue(request).items()
    ]
    return Response(200, {"data": tools})


def configure_tools(request: AgentRequest) -> Response:
    overrides = request.json().get("overrides")
    if not isinstance(overrides, list):
        raise MalformedBody("the member 'overrides' is not an array")
    catalogue, changes = _catalogue(request), {}
    for override in overrides:
        if not isinstance(override, dict) or not isinstance(override.get("enabled"), bool):
            raise BadRequest("An override has a name and says whether the tool is enabled.")
        if not isinstance(override.get("name"), str) or override["name"] not in catalogue:
            raise BadRequest(f"The tool '{override.get('name')}' does not exist.")
        changes[override["name"]] = override["enabled"]
    before = _read(request, "toolOverrides/default")
    request.put_child(
        f"{request.agent.id}/toolOverrides/default", kinds.TOOL_OVERRIDES_TYPE, before | changes
    )
    return list_tools(request)


def _catalogue(request: AgentRequest) -> dict[str, str]:
    """Return the category of each tool, by name: those that every agent has, and the agent's own."""
    own = [tool.name for tool in request.items(kinds.TOOLS)]
    return dict.fromkeys(BUILT_IN, "BuiltIn") | dict.fromkeys(own, "Custom")


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
    AgentRoute("GET", TOOLS, list_tools),
    AgentRoute("POST", f"{TOOLS}/configure", configure_tools),
]

"""What an agent may do and has at hand: permissions, and which tools are on (C.7, C.10)."""

import hashlib
import json

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.agent_items.items import WrongShape
from sre_agent_local.azure.errors import AzureError, BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state.store import Resource

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
"""Names that have been seen (C.8)."""
MOST_PATTERNS = 1000


class PreconditionFailed(AzureError):
    """A write that names another version than the one that is there."""

    status = 412
    code = "PreconditionFailed"


def get_settings(request: AgentRequest) -> Answer:
    """Show the settings, with a tag once somebody has written something."""
    permissions = _stored(request, "settings/global")
    tag = _tag(permissions)
    shown = {"allow": [], "ask": [], "deny": [], **permissions}
    return Answer(200, {"permissions": shown}, {"ETag": tag} if tag else {})


def put_settings(request: AgentRequest) -> Answer:
    """Replace the settings; who names no version is believed, as the documented call names none (H-24)."""
    wanted = request.headers.get("if-match", "*")
    if wanted not in ("*", _tag(_stored(request, "settings/global"))):
        raise PreconditionFailed("The settings have changed since they were read.")
    permissions = request.json().get("permissions")
    if not isinstance(permissions, dict):
        raise BadRequest("The member 'permissions' is required.")
    said = {name: _patterns(permissions, name) for name in ("allow", "ask", "deny")}
    _store(request, "settings/global", kinds.SETTINGS_TYPE, said)
    return get_settings(request)


def put_subagent_permissions(request: AgentRequest) -> Answer:
    said = {"allow": _patterns(request.json(), "allow")}
    _store(request, f"subagentPermissions/{request.names[0]}", kinds.SUBAGENT_PERMISSIONS_TYPE, said)
    return Answer(200, said)


def list_tools(request: AgentRequest) -> Answer:
    overrides = _stored(request, "toolOverrides/default")
    found: list[Json] = [
        {"name": name, "category": category, "enabled": overrides.get(name, True), "defaultMode": "Auto"}
        for name, category in _catalogue(request).items()
    ]
    return Answer(200, {"data": found})


def configure_tools(request: AgentRequest) -> Answer:
    overrides = request.json().get("overrides")
    if not isinstance(overrides, list):
        raise WrongShape("the member 'overrides' is not an array")
    catalogue, changed = _catalogue(request), {}
    for override in overrides:
        if not isinstance(override, dict) or not isinstance(override.get("enabled"), bool):
            raise BadRequest("An override has a name and says whether the tool is enabled.")
        if override.get("name") not in catalogue:
            raise BadRequest(f"The tool '{override.get('name')}' does not exist.")
        changed[override["name"]] = override["enabled"]
    before = _stored(request, "toolOverrides/default")
    _store(request, "toolOverrides/default", kinds.TOOL_OVERRIDES_TYPE, before | changed)
    return list_tools(request)


def _catalogue(request: AgentRequest) -> dict[str, str]:
    """Return the category of each tool, by name: those that every agent has, and the agent's own."""
    own = [tool.name for tool in items.list_of(request.azure, request.agent, kinds.TOOLS)]
    return dict.fromkeys(BUILT_IN, "BuiltIn") | dict.fromkeys(own, "Custom")


def _patterns(permissions: Json, name: str) -> list[str]:
    found = permissions.get(name) or []
    if not isinstance(found, list) or not all(isinstance(pattern, str) for pattern in found):
        raise WrongShape(f"the member '{name}' is not an array of strings")
    if len(found) > MOST_PATTERNS:
        raise BadRequest(f"The list '{name}' has more than {MOST_PATTERNS} patterns.")
    return found


def _tag(permissions: Json) -> str:
    """Return the version of settings; none where they say nothing."""
    if not any(permissions.values()):
        return ""
    content = json.dumps(permissions, sort_keys=True).encode()
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


def _stored(request: AgentRequest, place: str) -> Json:
    found = request.azure.store.get(f"{request.agent.id}/{place}")
    return dict(found.properties) if found else {}


def _store(request: AgentRequest, place: str, resource_type: str, properties: Json) -> None:
    document = {"properties": properties}
    request.azure.store.put(Resource(f"{request.agent.id}/{place}", resource_type, document, {}))


ROUTES = [
    AgentRoute("GET", SETTINGS, get_settings),
    AgentRoute("PUT", SETTINGS, put_settings),
    AgentRoute("PUT", "api/v2/extendedAgent/{}/permissions", put_subagent_permissions),
    AgentRoute("GET", TOOLS, list_tools),
    AgentRoute("POST", f"{TOOLS}/configure", configure_tools),
]

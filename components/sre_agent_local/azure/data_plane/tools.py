"""What an agent has at hand: the catalogue of its tools, and which of them are on.

See docs/reference/data-plane.md#tool-enablement.
"""

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import connections
from sre_agent_local.azure.agent_items.items import MalformedBody
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response

from .request import AgentRequest, AgentRoute

TOOLS = "api/v2/agent/tools"

BUILT_IN: dict[str, str | None] = {
    **dict.fromkeys(
        (
            *("RunAzCliReadCommands", "RunAzCliWriteCommands", "GetAzCliHelp", "RunKubectlReadCommand"),
            *("RunKubectlWriteCommand", "SearchResource"),
        ),
        "Azure Operation",
    ),
    **dict.fromkeys(
        (
            *("QueryAppInsightsByResourceId", "QueryAppInsightsUsingAppId"),
            *("QueryLogAnalyticsByWorkspaceId", "QueryLogAnalyticsByResourceId"),
        ),
        "Log Query",
    ),
    **dict.fromkeys(("SearchMemory", "SearchIncidentKnowledge"), "Knowledge Base"),
    **dict.fromkeys(
        ("FindConnectedGitHubRepo", "CreateGithubIssue", "CreateGithubIssueComment"),
        "DevOps",
    ),
    **dict.fromkeys(("RunInTerminal", "RunShellScript"), "Workspace Operation"),
    "ExecutePythonCode": "Utility",
    **dict.fromkeys(
        (
            *("PlotBarChart", "PlotPieChart", "PlotHeatmap", "PlotScatter"),
            "PlotAreaChartWithCorrelation",
        ),
        "Visualization",
    ),
    **dict.fromkeys(("AcknowledgePagerDutyIncident", "SendOutlookEmail", "Task")),
}
"""Categories of the names that have been seen (docs/reference/data-plane.md#members-by-kind)."""


def list_tools(request: AgentRequest) -> Response:
    overrides = _overrides(request)
    tools = [
        {**tool, "enabled": overrides.get(tool["name"], tool["enabled"])} for tool in _catalogue(request)
    ]
    return Response(200, {"data": tools})


def configure_tools(request: AgentRequest) -> Response:
    overrides = request.json().get("overrides")
    if not isinstance(overrides, list):
        raise MalformedBody("the member 'overrides' is not an array")
    names, changes = {tool["name"] for tool in _catalogue(request)}, {}
    for override in overrides:
        if not isinstance(override, dict) or not isinstance(override.get("enabled"), bool):
            raise BadRequest("An override has a name and says whether the tool is enabled.")
        if not isinstance(override.get("name"), str) or override["name"] not in names:
            raise BadRequest(f"The tool '{override.get('name')}' does not exist.")
        changes[override["name"]] = override["enabled"]
    stored = _overrides(request) | changes
    request.put_child(f"{request.agent.id}/toolOverrides/default", kinds.TOOL_OVERRIDES_TYPE, stored)
    return list_tools(request)


def list_system_tools(_: AgentRequest) -> Response:
    """List the built-in tools by name; all of them are stable, so that `stableOnly` changes nothing."""
    return Response(200, [{"name": name, "description": _describe(name)} for name in BUILT_IN])


def _catalogue(request: AgentRequest) -> list[Json]:
    """Return the tools that every agent has, the agent's own, and its MCP connectors', which are off."""
    own = [_tool(tool.name, "custom", "Custom") for tool in request.items(kinds.TOOLS)]
    return [
        *(_tool(name, "system", category) for name, category in BUILT_IN.items()),
        *own,
        *(
            _tool(tool["name"], "mcp", None, enabled=False, connector=connector.name)
            for connector in request.items(kinds.CONNECTORS)
            if connector.properties.get("provisioningState") == "Succeeded"
            for tool in connections.tools_of(connector)
        ),
    ]


def _tool(
    name: str, source: str, category: str | None, *, enabled: bool = True, connector: str | None = None
) -> Json:
    return {
        "name": name,
        "source": source,
        "mcpConnector": connector,
        "mcpConnectorDisplayName": connector,
        "defaultMode": "enabled" if enabled else "disabled",
        "enabled": enabled,
        "category": category,
        "schema": {"type": "object", "properties": {}},
        "description": _describe(name),
    }


def _describe(name: str) -> str:
    return f"Runs {name}."


def _overrides(request: AgentRequest) -> dict[str, bool]:
    resource = request.azure.store.get(f"{request.agent.id}/toolOverrides/default")
    return dict(resource.properties) if resource else {}


ROUTES = [
    AgentRoute("GET", TOOLS, list_tools),
    AgentRoute("POST", f"{TOOLS}/configure", configure_tools),
    AgentRoute("GET", "api/v1/extendedAgent/systemtools", list_system_tools),
]

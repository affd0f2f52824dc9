"""The tools of an agent: what each does, and whether it wants approval of its own accord.

No page lists them all: docs/reference/product.md#tools has the names that public sources show.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.review.inventory.inventory import Agent, Item
from pulumi_sre_agent.review.permissions.decision import Action

NAMES: Mapping[Action, tuple[str, ...]] = {
    Action.READ: (
        "AnalyzeDeploymentFailures",
        "CheckIfResourceExists",
        "CheckTcpConnectivity",
        "ExecuteClusterKustoQuery",
        "FetchGithubIssue",
        "FetchGithubIssues",
        "FetchGithubIssueComments",
        "FetchGithubSecurityDependabotAlerts",
        "FetchWebpage",
        "FindConnectedGitHubRepo",
        "GeneratePdfReport",
        "GetActivityLogsSummary",
        "GetAppSetting",
        "GetArmResourceAsJson",
        "GetAzCliHelp",
        "GetBuildDetails",
        "GetBuildTimeline",
        "GetChangeHistory",
        "GetCurrentUtcTime",
        "GetDimensionNames",
        "GetIaCForGitHub",
        "GetMetricTimeSeriesElementsForAzureResource",
        "GetPagerDutyIncidentById",
        "GetPipelineRunHistory",
        "GetPipelineRunStatus",
        "GetTlsSettings",
        "InvestigateBuildFailure",
        "ListAvailableMetrics",
        "ListScheduledTasks",
        "PlotAreaChartWithCorrelation",
        "PlotBarChart",
        "PlotHeatmap",
        "PlotPieChart",
        "PlotScatter",
        "QueryAppInsightsByAppId",
        "QueryAppInsightsByResourceId",
        "QueryAppInsightsUsingAppId",
        "QueryLogAnalyticsByResourceId",
        "QueryLogAnalyticsByWorkspaceId",
        "RunAzCliReadCommands",
        "RunKubectlReadCommand",
        "RunPsqlReadCommand",
        "SearchIncidentKnowledge",
        "SearchMemory",
        "SearchResource",
        "SearchWebpage",
        "ShowChangeDiffViewer",
        "ValidatePsqlCommand",
    ),
    Action.SEND: ("SendOutlookEmail",),
    Action.WRITE: (
        "AcknowledgePagerDutyIncident",
        "AddNoteToPagerDutyIncident",
        "CreateGithubIssue",
        "CreateGithubIssueComment",
        "CreateScheduledMonitoringTask",
        "CreateServiceNowChangeRequest",
        "ResolvePagerDutyIncident",
        "RunAzCliWriteCommands",
        "RunKubectlWriteCommand",
        "UpdateGithubIssue",
        "UploadServiceNowAttachment",
    ),
    Action.CODE: ("ExecutePythonCode", "RunInTerminal", "RunShellCommand", "RunShellScript"),
}
APPROVED_IN_REVIEW = frozenset({"RunAzCliWriteCommands"})
"""Writes that are documented to ask in Review; of the others it is unpublished, or pages disagree."""
_ACTIONS = {name: action for action, names in NAMES.items() for name in names}
PLATFORMS = ("PagerDuty", "ServiceNow")
"""Platforms with tools of their own, which bear their names and are there on that platform only."""
QUERIES = ("KustoTool", "LinkTool")
"""Types of an agent's own tools that only read; the others run code or call somebody."""


@dataclass(frozen=True)
class Tool:
    """A tool by its run-time name."""

    name: str
    action: Action
    wants_approval: bool | None
    """Whether it asks in Review by itself; None where that is not published."""


def built_in(name: str) -> Tool:
    """Return what is known of a tool of the service, by its name."""
    action = _ACTIONS.get(name)
    if action is None:
        return Tool(name, Action.OTHER, None)
    if action is Action.WRITE:
        return Tool(name, action, True if name in APPROVED_IN_REVIEW else None)
    return Tool(name, action, wants_approval=False)


def tools_of(agent: Agent) -> dict[str, Tool]:
    """Return the tools that an agent has at hand, by name, without those that are switched off."""
    switched = {name: on for each in agent.of("ToolEnablement") for name, on in _overrides(each).items()}
    own = {tool.name: tool for tool in (*_own(agent), *_of_connectors(agent), *_of_servers(agent))}
    known = (name for name in _ACTIONS if not _is_of_another_platform(name, agent))
    names = {*known, *own, *switched}
    return {name: own.get(name) or built_in(name) for name in sorted(names) if switched.get(name, True)}


def platform_of(agent: Agent) -> str | None:
    """Return the type of an agent's incident platform; None where nothing says that it has one."""
    items = [item.value("type") for item in agent.of("IncidentPlatform")]
    found = next(iter(items), None) or agent.value("incident_management_configuration", "type")
    return str(found) if found and found != "None" else None


def _is_of_another_platform(tool: str, agent: Agent) -> bool:
    """Whether a tool is for incidents of a platform that is not the agent's, as far as that is known."""
    platform = platform_of(agent)
    return platform is not None and any(each in tool and each != platform for each in PLATFORMS)


def named(tools: Mapping[str, Tool], names: Iterable[Any]) -> Iterator[Tool]:
    """Yield tools by names as subagents, skills and plans have them, `connector/*` among them."""
    for name in names:
        text = str(name)
        if text.endswith("/*"):
            prefix = text.removesuffix("/*")
            yield Tool(f"{prefix}_*", Action.OTHER, wants_approval=False)
            yield from (tool for each, tool in tools.items() if each.startswith(f"{prefix}_"))
        else:
            yield tools.get(text) or (
                built_in(text) if text in _ACTIONS else Tool(text, Action.OTHER, wants_approval=None)
            )


def _own(agent: Agent) -> Iterator[Tool]:
    for item in agent.of("Tool"):
        action = Action.READ if item.value("type") in QUERIES else Action.CODE
        yield Tool(item.name, action, wants_approval=False)


def _of_connectors(agent: Agent) -> Iterator[Tool]:
    """Yield tools of MCP connectors: those that anything names."""
    for item in agent.of("Connector"):
        for member in ("selectedTools", "toolsVisibleToMetaAgent"):
            for name in item.entries("extended_properties", member):
                yield Tool(_with_prefix(item.name, str(name)), Action.OTHER, wants_approval=False)
    for item in agent.of("Subagent"):
        for name in item.entries("mcp_tools"):
            if not str(name).endswith("/*"):
                yield Tool(str(name), Action.OTHER, wants_approval=False)


def _of_servers(agent: Agent) -> Iterator[Tool]:
    """Yield the operations of managed connectors, which say themselves whether they want approval."""
    for server in agent.of("ConnectorV2McpServer"):
        if server.value("state", default="Enabled") != "Enabled":
            continue
        asking = {str(tool) for tool in server.entries("require_approval_tools")}
        operations = [
            operation
            for connector in server.entries("connectors")
            for operation in connector.get("operations") or ()
            if isinstance(operation, Mapping)
        ]
        asks = {str(each.get("name")): bool(each.get("requires_approval")) for each in operations}
        for name in dict.fromkeys([*asks, *(tool.removeprefix(f"{server.name}_") for tool in asking)]):
            full = _with_prefix(server.name, name)
            yield Tool(full, Action.OTHER, asks.get(name, False) or bool({name, full} & asking))


def _overrides(item: Item) -> Mapping[str, bool]:
    overrides = item.value("overrides", default={})
    return overrides if isinstance(overrides, Mapping) else {}


def _with_prefix(connector: str, tool: str) -> str:
    return tool if tool.startswith(f"{connector}_") else f"{connector}_{tool}"

"""The registry of kinds: what an agent consists of, and where each part lives on either plane.

Clients, resources, the directory reader and the reference read this table; adding a kind is adding a row
here, a typed class in `resources/` and a test.
"""

import re
from typing import Any, Literal, NamedTuple

Plane = Literal["control", "data"]
Json = dict[str, Any]
"""An object as either plane sends it."""


class Kind(NamedTuple):
    """One kind of thing under an agent."""

    name: str
    """The resource class and the last part of the engine's type, such as `Skill`. Never changes."""
    title: str
    """The kind in a sentence, such as `common prompt`."""
    control: str | None = None
    """Collection segment below `Microsoft.App/agents/{agent}` in ARM, empty for what the agent itself holds;
    None: ARM has no such kind."""
    data: str | None = None
    """Collection path below the agent's endpoint; None: the data plane has no such kind."""
    envelope: str = ""
    """`type` in the data plane's envelope `{name, type, properties}`, where the kind has one."""
    encoded: bool = True
    """Whether ARM wants the spec as base64 JSON in `properties.value`; connectors are plain `properties`."""
    default_plane: Plane = "data"
    factory: str = "envelope"
    """What makes the kind's `Collection`: a key of `FACTORIES` in `collections/factory.py`."""
    collection: str = ""
    """The collection's name in the ids that we make, where neither plane has a plain one."""
    stored_among: "Kind | None" = None
    """The kind in whose collection Azure keeps it, so that the two share their names."""
    readable: bool = True
    """Whether Azure shows what it holds; else a read can only repeat what was written."""

    @property
    def with_article(self) -> str:
        """The kind in a sentence with its article, where it has one: `an incident filter`."""
        if re.search(r"^\w+s\b|s$", self.title):  # instructions for repository, tool permissions
            return self.title
        return f"{'an' if re.match('[Aaeiou]|HTTP|MCP', self.title) else 'a'} {self.title}"

    @property
    def segment(self) -> str:
        """The collection's name in the ids that we make, one and the same through either plane."""
        return self.collection or self.control or str(self.data).rsplit("/", 1)[-1]

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The planes that know the kind, ARM first."""
        known: tuple[tuple[Plane, str | None], ...] = (("control", self.control), ("data", self.data))
        return tuple(plane for plane, place in known if place is not None)


CONNECTOR = Kind(
    name="Connector",
    title="connector",
    control="connectors",
    data="/api/v2/extendedAgent/connectors",
    envelope="AgentConnector",
    encoded=False,
    default_plane="control",  # the portal lists only what ARM wrote
    factory="connector",
)
TOOL = Kind(
    name="Tool",
    title="tool",
    control="tools",
    data="/api/v2/extendedAgent/tools",
    envelope="ExtendedAgentTool",
)
SKILL = Kind(
    name="Skill",
    title="skill",
    control="skills",
    data="/api/v2/extendedAgent/skills",
    envelope="Skill",
)
COMMON_PROMPT = Kind(
    name="CommonPrompt",
    title="common prompt",
    control="commonPrompts",
    data="/api/v2/extendedAgent/commonprompts",
    envelope="CommonPrompt",
)
REPO = Kind(
    name="Repo",
    title="repository",
    control=None,
    data="/api/v2/repos",
    envelope="CodeRepo",
    factory="repository",
)
CONNECTOR_V2_CONNECTION = Kind(
    name="ConnectorV2Connection",
    title="connection",
    data="/api/v2/connectorV2/connections",
    factory="connectorV2Connection",
    collection="connectorV2Connections",
)
CONNECTOR_V2_MCP_SERVER = Kind(
    name="ConnectorV2McpServer",
    title="MCP server",
    data="/api/v2/connectorV2/mcpservers",
    factory="connectorV2McpServer",
    collection="connectorV2McpServers",
)
GITHUB_DOMAIN = Kind(
    name="GitHubDomain",
    title="GitHub domain",
    data="/api/v2/github/domains",
    factory="githubDomain",
    collection="githubDomains",
)
AZURE_DEVOPS_AUTHENTICATION = Kind(
    name="AzureDevOpsAuthentication",
    title="Azure DevOps login",
    data="/api/v1/AzureDevOps/auth",
    factory="azureDevOps",
    collection="azureDevOpsAuthentications",
    readable=False,
)
MARKETPLACE = Kind(
    name="Marketplace",
    title="plugin marketplace",
    data="/api/v2/plugins/marketplaces",
    factory="plugin",
    collection="pluginMarketplaces",
)
PLUGIN_INSTALLATION = Kind(
    name="PluginInstallation",
    title="plugin installation",
    data="/api/v2/plugins/installations",
    factory="pluginInstallation",
    collection="pluginInstallations",
)
KNOWLEDGE_DOCUMENT = Kind(
    name="KnowledgeDocument",
    title="knowledge document",
    data="/api/v1/agentmemory",
    factory="documents",
    collection="knowledgeDocuments",
)
KNOWLEDGE_FOLDER = Kind(
    name="KnowledgeFolder",
    title="knowledge folder",
    data="/api/v1/agentmemory",
    factory="documents",  # Azure knows only what is in it
    collection="knowledgeFolders",
)
KNOWLEDGE_ITEM = Kind(
    name="KnowledgeItem",
    title="knowledge item",
    data="/api/v2/extendedAgent/connectors",
    envelope="KnowledgeItem",
    factory="knowledge",
    collection="knowledgeItems",
    stored_among=CONNECTOR,
)
SYNTHESIZED_KNOWLEDGE = Kind(
    name="SynthesizedKnowledge",
    title="synthesized knowledge",
    data="/api/v1/WorkspaceMemory",
    factory="archive",
    collection="synthesized-knowledge",
)
REPO_INSTRUCTIONS = Kind(
    name="RepoInstructions",
    title="instructions for repository",
    data="/api/v1/WorkspaceMemory",
    factory="archive",
    collection="repo-instructions",
)
CUSTOM_INSTRUCTIONS = Kind(
    name="CustomInstructions",
    title="custom instructions",
    data="/api/v2/agent/customInstructions",
    factory="instructions",
)
PLUGIN_CONFIG = Kind(
    name="PluginConfig",
    title="plugin configuration",
    control="pluginConfigs",
    data="/api/v2/extendedAgent/plugins",
    envelope="Plugin",
)
SCHEDULED_TASK = Kind(
    name="ScheduledTask",
    title="scheduled task",
    control="scheduledTasks",
    data="/api/v2/extendedAgent/scheduledtasks",
    envelope="ScheduledTask",
)
HOOK = Kind(
    name="Hook",
    title="hook",
    control="hooks",
    data="/api/v2/extendedAgent/hooks",
    envelope="GlobalHook",
    factory="hook",
)
SUBAGENT = Kind(
    name="Subagent",
    title="subagent",
    control="subagents",
    data="/api/v2/extendedAgent/agents",
    envelope="ExtendedAgent",
)
GLOBAL_TOOL_PERMISSIONS = Kind(
    name="GlobalToolPermissions",
    title="tool permissions",
    data="/api/v2/agent/settings/global",
    factory="globalSettings",
    collection="globalToolPermissions",
)
SUBAGENT_PERMISSIONS = Kind(
    name="SubagentPermissions",
    title="permissions of subagent",
    data="/api/v2/extendedAgent",
    factory="subagentPermissions",
    collection="subagentPermissions",
    readable=False,
)
TOOL_ENABLEMENT = Kind(
    name="ToolEnablement",
    title="tool enablement",
    data="/api/v2/agent/tools",
    factory="toolEnablement",
    collection="toolEnablement",
)
INCIDENT_FILTER = Kind(
    name="IncidentFilter",
    title="incident filter",
    control="incidentFilters",
    data="/api/v2/extendedAgent/incidentFilters",
    envelope="IncidentFilter",
    factory="incidentFilter",
)
INCIDENT_PLATFORM = Kind(
    name="IncidentPlatform",
    title="incident platform",
    control="",  # a member of the agent
    default_plane="control",
    factory="incidentPlatform",
    collection="incidentPlatform",
)
QUICKSTART_PLAN = Kind(
    name="QuickstartPlan",
    title="quickstart plan",
    data="/api/v1/incidentPlayground/filters",
    factory="quickstartPlan",
    collection="quickstartPlan",
)
INCIDENT_INDEXING = Kind(
    name="IncidentIndexing",
    title="indexing of incidents",
    data="/api/v2/incidents/indexing",
    factory="incidentIndexing",
    collection="incidentIndexing",
)
AGENT_POWER = Kind(
    name="AgentPower",
    title="power state",
    control="",  # a member of the agent
    default_plane="control",
    factory="power",
    collection="power",
)
HTTP_TRIGGER = Kind(
    name="HttpTrigger",
    title="HTTP trigger",
    data="/api/v1/httptriggers",
    factory="httpTrigger",
    collection="httpTriggers",
)
KINDS: tuple[Kind, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Kind))
"""Every kind under an agent, in the order of their rows."""

AGENT_SPACE_CONNECTOR = Kind(
    name="AgentSpaceConnector",
    title="connector",
    control="connectors",
    encoded=False,
    default_plane="control",
    factory="spaceConnector",
)
"""Not among the kinds of an agent: it lives under an agent space."""

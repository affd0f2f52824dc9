"""What an agent consists of: one row per kind, with its place on either plane.

See docs/reference/control-plane.md#sub-resources, docs/reference/data-plane.md#extended-agent-kinds.
"""

from dataclasses import dataclass

AGENT = "Microsoft.App/agents"
SPACE_CONNECTOR = "Microsoft.App/agentSpaces/connectors"


@dataclass(frozen=True)
class ItemKind:
    """One kind of thing below an agent; both planes write to the same store."""

    control: str
    """Collection segment in ARM."""
    data: str
    """Collection segment in `/api/v2/extendedAgent/…`."""
    envelopes: tuple[str, ...]
    """Accepted `type`s of the data plane's envelope; the first is the default."""
    names_itself: bool = False
    """Whether the data plane repeats the name inside `properties`.

    See docs/reference/data-plane.md#members-by-kind.
    """
    keeps_tags: bool = True
    """Whether it has its envelope's tags (docs/reference/data-plane.md#extended-agent-kinds)."""

    @property
    def type(self) -> str:
        return f"{AGENT}/{self.control}"


CONNECTORS = ItemKind("connectors", "connectors", ("AgentConnector", "KnowledgeItem"))
SKILLS = ItemKind("skills", "skills", ("Skill",), names_itself=True)
TOOLS = ItemKind("tools", "tools", ("ExtendedAgentTool", "Tool"))
SUBAGENTS = ItemKind("subagents", "agents", ("ExtendedAgent",))
HOOKS = ItemKind("hooks", "hooks", ("GlobalHook",))
INCIDENT_FILTERS = ItemKind("incidentFilters", "incidentFilters", ("IncidentFilter",), keeps_tags=False)
SCHEDULED_TASKS = ItemKind(
    "scheduledTasks", "scheduledtasks", ("ScheduledTask",), names_itself=True, keeps_tags=False
)

KINDS = (
    CONNECTORS,
    TOOLS,
    SUBAGENTS,
    HOOKS,
    INCIDENT_FILTERS,
    SKILLS,
    SCHEDULED_TASKS,
    ItemKind("commonPrompts", "commonprompts", ("CommonPrompt",)),
    ItemKind("pluginConfigs", "plugins", ("Plugin",)),
)

REPO_TYPE = f"{AGENT}/repos"
"""Repositories live on the data plane alone; the type is this server's own."""
CONNECTION_TYPE = f"{AGENT}/connectorV2Connections"
ACCESS_POLICY_TYPE = f"{CONNECTION_TYPE}/accessPolicies"
MCP_SERVER_TYPE = f"{AGENT}/connectorV2McpServers"
GITHUB_DOMAIN_TYPE = f"{AGENT}/githubDomains"
AZURE_DEVOPS_TYPE = f"{AGENT}/azureDevOpsLogins"
MARKETPLACE_TYPE = f"{AGENT}/pluginMarketplaces"
INSTALLATION_TYPE = f"{AGENT}/pluginInstallations"
DOCUMENT_TYPE = f"{AGENT}/documents"
MEMORY_TYPE = f"{AGENT}/workspaceMemory"
INSTRUCTIONS_TYPE = f"{AGENT}/customInstructions"
SETTINGS_TYPE = f"{AGENT}/settings"
SUBAGENT_PERMISSIONS_TYPE = f"{AGENT}/subagentPermissions"
TOOL_OVERRIDES_TYPE = f"{AGENT}/toolOverrides"
INCIDENT_HANDLER_TYPE = f"{AGENT}/incidentHandlers"
INDEXING_TYPE = f"{AGENT}/incidentIndexing"
HTTP_TRIGGER_TYPE = f"{AGENT}/httpTriggers"
"""Likewise."""

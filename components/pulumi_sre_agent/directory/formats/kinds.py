"""The directory's side of each kind: where its items lie and how their files differ from the wire."""

from pulumi_sre_agent.api import kinds
from pulumi_sre_agent.directory.formats import expanders
from pulumi_sre_agent.directory.formats.file_format import FileFormat

CONNECTOR = FileFormat(
    kind=kinds.CONNECTOR,
    types=("AgentConnector", "KnowledgeItem"),
    variables=True,
    dropped=frozenset({"provisioningState", "deploymentError", "source"}),
)

FILE_FORMATS: dict[str, FileFormat] = {
    "data/knowledge-items.json": FileFormat(
        kind=kinds.KNOWLEDGE_ITEM,
        types=("KnowledgeItem", "KnowledgeText"),
        literal_fields=frozenset({"content", "description"}),
        wrappers=(("properties",), ("properties", "extendedProperties")),
        dropped=CONNECTOR.dropped | {"dataSource", "identity", "fileContent"},
        aliases={(): {"dataConnectorType": "type", "sourceUrl": "url"}},
        blank_is_absent=True,
        expander=expanders.knowledge_item,
    ),
    "data/knowledge.json": FileFormat(
        kind=kinds.KNOWLEDGE_DOCUMENT,
        literal_fields=frozenset({"content"}),
        dropped=frozenset({"mimeType", "size", "lastModified", "isIndexed", "errorReason"}),
        aliases={(): {"filename": "name", "fileName": "name", "localPath": "path"}},
        blank_is_absent=True,
        expander=expanders.knowledge_document,
    ),
    "data/repo-instructions.json": FileFormat(
        kind=kinds.REPO_INSTRUCTIONS,
        key="repo",
        literal_fields=frozenset({"content"}),
        aliases={(): {"repo": "name"}},
        members=expanders.InstructionMembers,
        expander=expanders.repo_instructions,
    ),
    "tool-permissions.json": FileFormat(
        kind=kinds.GLOBAL_TOOL_PERMISSIONS,
        key="",
        wrappers=(("permissions",),),
        expander=expanders.tool_permissions,
    ),
}
"""Files beside agent.json and in `data/` that hold items, one or a list of them."""

SUBAGENT_TEXTS = ("instructions", "systemPrompt", "handoffDescription", "customReflectionNote")

FOLDER_FORMATS: tuple[FileFormat, ...] = (
    FileFormat(
        kind=kinds.INCIDENT_PLATFORM,
        folder="incident-platforms",
        key="",
        types=("IncidentPlatform",),
        variables=True,
        dropped=frozenset({"displayName", "description", "connectionName"}),
        aliases={(): {"platformType": "type", "incidentPlatform": "type"}},
        blank_is_absent=True,
        expander=expanders.incident_platform,
    ),
    FileFormat(
        kind=kinds.CONNECTOR_V2_CONNECTION,
        folder="connectorv2",
        types=("ConnectorV2",),
        variables=True,
        members=expanders.ManagedConnectorMembers,
        aliases={(): {"apiName": "connectorName"}},
        expander=expanders.managed_connector,
    ),
    FileFormat(
        kind=kinds.GITHUB_DOMAIN,
        folder="github-domains",
        types=("GitHubDomain",),
        key="domain",
        variables=True,
        aliases={(): {"AuthType": "authType", "Pat": "pat"}},
        blank_is_absent=True,
        expander=expanders.github_domain,
    ),
    FileFormat(
        kind=kinds.MARKETPLACE,
        folder="plugins/marketplaces",
        free_form="spec",
        types=("Marketplace",),
        variables=True,
    ),
    FileFormat(
        kind=kinds.PLUGIN_INSTALLATION,
        folder="plugins/installations",
        free_form="spec",
        types=("Installation",),
        variables=True,
        expander=expanders.plugin_installation,
    ),
    FileFormat(
        kind=kinds.PLUGIN_CONFIG,
        folder="plugin-configs",
        free_form="properties",
        types=("Plugin", "plugin"),
        variables=True,
    ),
    FileFormat(
        kind=kinds.TOOL,
        folder="tools",
        types=("ExtendedAgentTool", "Tool"),
        variables=True,
        literal_fields=frozenset({"description", "query", "template", "functionCode"}),
        contents=frozenset({"query", "functionCode"}),
    ),
    FileFormat(
        kind=kinds.SKILL,
        folder="skills",
        types=("Skill",),
        literal_fields=frozenset({"description", "skillContent", "skillMdContent", "content"}),
        contents=frozenset({"skillContent", "skillMdContent", "content"}),
        dropped=frozenset({"sourcePluginInstallation"}),
        aliases={
            (): {"skillMdContent": "skillContent"},
            ("additionalFiles",): {"name": "filePath", "path": "filePath"},
        },
    ),
    FileFormat(
        kind=kinds.COMMON_PROMPT,
        folder="common-prompts",
        types=("CommonPrompt",),
        literal_fields=frozenset({"description", "prompt", "content"}),
        contents=frozenset({"prompt", "content"}),
        aliases={(): {"content": "prompt"}},
    ),
    FileFormat(
        kind=kinds.SUBAGENT,
        folder="subagents",
        types=("ExtendedAgent", "AgentConfiguration"),
        literal_fields=frozenset({*SUBAGENT_TEXTS, "hooks"}),
        contents=frozenset({*SUBAGENT_TEXTS, "prompt", "script"}),
        aliases={
            (): {"system_prompt": "instructions"},
            ("hooks",): {"Stop": "stop", "PostToolUse": "postToolUse"},
        },
    ),
    FileFormat(
        kind=kinds.HOOK,
        folder="hooks",
        types=("GlobalHook", "HookV2"),
        literal_fields=frozenset({"description", "prompt", "command", "script"}),
        contents=frozenset({"prompt", "script"}),
    ),
    FileFormat(
        kind=kinds.REPO,
        folder="repos",
        types=("CodeRepo",),
        variables=True,
        dropped=frozenset({"cloneStatus", "latestCommit", "errorMessage"}),
        optional="url",
    ),
    FileFormat(
        kind=kinds.INCIDENT_FILTER,
        folder="incident-filters",
        types=("IncidentFilter",),
        literal_fields=frozenset({"description", "customInstructions"}),
        contents=frozenset({"customInstructions"}),
        aliases={(): {"platformType": "incidentPlatform", "enabled": "isEnabled", "mode": "agentMode"}},
        blank_is_absent=True,
        expander=expanders.incident_filter,
    ),
    FileFormat(
        kind=kinds.SCHEDULED_TASK,
        folder="scheduled-tasks",
        has_title=True,
        types=("ScheduledTask",),
        literal_fields=frozenset({"description", "prompt", "agentPrompt"}),
        contents=frozenset({"prompt", "agentPrompt"}),
        aliases={
            (): {
                "schedule": "cronExpression",
                "cron": "cronExpression",
                "prompt": "agentPrompt",
                "mode": "agentMode",
                "enabled": "isEnabled",
                "agentName": "agent",
                "handlingAgent": "agent",
            }
        },
        blank_is_absent=True,
        expander=expanders.scheduled_task,
    ),
    FileFormat(
        kind=kinds.HTTP_TRIGGER,
        folder="http-triggers",
        types=("HttpTrigger",),
        literal_fields=frozenset({"description", "prompt", "agentPrompt"}),
        contents=frozenset({"prompt", "agentPrompt"}),
        dropped=frozenset({"id", "triggerId", "triggerUrl"}),
        aliases={(): {"prompt": "agentPrompt", "handlingAgent": "agent", "enabled": "isEnabled"}},
        blank_is_absent=True,
    ),
)
"""The kinds that have a folder, in the order in which an agent takes them.

The incident platform comes first: an agent sees it half a minute later, for which filters wait.

See docs/reference/run-time.md#incident-platforms.
"""

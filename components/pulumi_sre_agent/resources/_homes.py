"""Which module each kind lives in: its class, its `<Kind>Args` and its `<Kind>Provider`."""

HOMES = {
    "Agent": "agent",
    "AgentSpace": "agent_space",
    "AgentSpaceConnector": "agent_space_connector",
    "AzureDevOpsAuthentication": "azure_devops_authentication",
    "CommonPrompt": "common_prompt",
    "Connector": "connector",
    "ConnectorV2Connection": "connector_v2_connection",
    "ConnectorV2McpServer": "connector_v2_mcp_server",
    "CustomInstructions": "custom_instructions",
    "GitHubDomain": "github_domain",
    "KnowledgeDocument": "knowledge_document",
    "KnowledgeFolder": "knowledge_folder",
    "KnowledgeItem": "knowledge_item",
    "Marketplace": "marketplace",
    "PluginInstallation": "plugin_installation",
    "Hook": "hook",
    "PluginConfig": "plugin_config",
    "Repo": "repo",
    "RepoInstructions": "repo_instructions",
    "RoleAssignment": "role_assignment",
    "ScheduledTask": "scheduled_task",
    "Skill": "skill",
    "SynthesizedKnowledge": "synthesized_knowledge",
    "Tool": "tool",
}
"""By the name of the kind. State holds the provider's import path: an entry never changes."""

"""Everything under `Microsoft.App/agents`, and role assignments, as Pulumi resources, one class per kind.

Each takes its arguments as keywords; the `<Kind>Args` type says what they mean, and a typo is a type error in
the editor and a sentence before anything is sent. An update changes in place where Azure can, a create never
overwrites (unless `adopt=True`), and a refresh brings in what somebody else changed.

Modules load when a name of theirs is first used: neither a program nor the provider's process pays for kinds
that it has nothing of.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._homes import HOMES

if TYPE_CHECKING:
    from pulumi_sre_agent.schema.check import Fault

    from . import connectors
    from ._item_args import AdoptableArgs
    from ._network import EgressArgs, SandboxConfigurationArgs, VnetConfigurationArgs
    from .agent import Agent, AgentArgs, AgentWishes
    from .agent_power import AgentPower, AgentPowerArgs
    from .agent_space import AgentSpace, AgentSpaceArgs
    from .agent_space_connector import AgentSpaceConnector, AgentSpaceConnectorArgs
    from .azure_devops_authentication import AzureDevOpsAuthentication, AzureDevOpsAuthenticationArgs
    from .common_prompt import CommonPrompt, CommonPromptArgs
    from .connector import Connector, ConnectorArgs
    from .connector_v2_connection import ConnectorV2Connection, ConnectorV2ConnectionArgs
    from .connector_v2_mcp_server import ConnectorV2McpServer, ConnectorV2McpServerArgs
    from .custom_instructions import CustomInstructions, CustomInstructionsArgs
    from .github_domain import GitHubDomain, GitHubDomainArgs
    from .global_tool_permissions import GlobalToolPermissions, GlobalToolPermissionsArgs
    from .hook import Hook, HookArgs
    from .http_trigger import HttpTrigger, HttpTriggerArgs, HttpTriggerWishes
    from .incident_filter import IncidentFilter, IncidentFilterArgs
    from .incident_indexing import IncidentIndexing, IncidentIndexingArgs
    from .incident_platform import IncidentPlatform, IncidentPlatformArgs, IncidentPlatformWishes
    from .knowledge_document import KnowledgeDocument, KnowledgeDocumentArgs
    from .knowledge_folder import KnowledgeFolder, KnowledgeFolderArgs
    from .knowledge_item import KnowledgeItem, KnowledgeItemArgs
    from .marketplace import Marketplace, MarketplaceArgs
    from .plugin_config import PluginConfig, PluginConfigArgs
    from .plugin_installation import PluginInstallation, PluginInstallationArgs
    from .quickstart_plan import QuickstartPlan, QuickstartPlanArgs
    from .repo import Repo, RepoArgs
    from .repo_instructions import RepoInstructions, RepoInstructionsArgs
    from .role_assignment import RoleAssignment, RoleAssignmentArgs
    from .scheduled_task import ScheduledTask, ScheduledTaskArgs
    from .skill import Skill, SkillArgs
    from .subagent import Subagent, SubagentArgs
    from .subagent_permissions import SubagentPermissions, SubagentPermissionsArgs
    from .synthesized_knowledge import SynthesizedKnowledge, SynthesizedKnowledgeArgs
    from .tool import Tool, ToolArgs
    from .tool_enablement import ToolEnablement, ToolEnablementArgs

__all__ = [
    "AdoptableArgs",
    "Agent",
    "AgentArgs",
    "AgentPower",
    "AgentPowerArgs",
    "AgentSpace",
    "AgentSpaceArgs",
    "AgentSpaceConnector",
    "AgentSpaceConnectorArgs",
    "AgentWishes",
    "AzureDevOpsAuthentication",
    "AzureDevOpsAuthenticationArgs",
    "CommonPrompt",
    "CommonPromptArgs",
    "Connector",
    "ConnectorArgs",
    "ConnectorV2Connection",
    "ConnectorV2ConnectionArgs",
    "ConnectorV2McpServer",
    "ConnectorV2McpServerArgs",
    "CustomInstructions",
    "CustomInstructionsArgs",
    "EgressArgs",
    "Fault",
    "GitHubDomain",
    "GitHubDomainArgs",
    "GlobalToolPermissions",
    "GlobalToolPermissionsArgs",
    "Hook",
    "HookArgs",
    "HttpTrigger",
    "HttpTriggerArgs",
    "HttpTriggerWishes",
    "IncidentFilter",
    "IncidentFilterArgs",
    "IncidentIndexing",
    "IncidentIndexingArgs",
    "IncidentPlatform",
    "IncidentPlatformArgs",
    "IncidentPlatformWishes",
    "KnowledgeDocument",
    "KnowledgeDocumentArgs",
    "KnowledgeFolder",
    "KnowledgeFolderArgs",
    "KnowledgeItem",
    "KnowledgeItemArgs",
    "Marketplace",
    "MarketplaceArgs",
    "PluginConfig",
    "PluginConfigArgs",
    "PluginInstallation",
    "PluginInstallationArgs",
    "QuickstartPlan",
    "QuickstartPlanArgs",
    "Repo",
    "RepoArgs",
    "RepoInstructions",
    "RepoInstructionsArgs",
    "RoleAssignment",
    "RoleAssignmentArgs",
    "SandboxConfigurationArgs",
    "ScheduledTask",
    "ScheduledTaskArgs",
    "Skill",
    "SkillArgs",
    "Subagent",
    "SubagentArgs",
    "SubagentPermissions",
    "SubagentPermissionsArgs",
    "SynthesizedKnowledge",
    "SynthesizedKnowledgeArgs",
    "Tool",
    "ToolArgs",
    "ToolEnablement",
    "ToolEnablementArgs",
    "VnetConfigurationArgs",
    "connectors",
    "faults",
]

_PARTS = {
    "AdoptableArgs": "_item_args",
    "EgressArgs": "_network",
    "SandboxConfigurationArgs": "_network",
    "VnetConfigurationArgs": "_network",
}
"""Which module those names live in that are of no kind of their own."""

KNOWN_LATER = {("agent_id",), ("location",)}
"""What the directory reader need not know."""


def faults(kind_name: str, args: Mapping[str, Any]) -> "list[Fault]":
    """Check the arguments of a kind, such as `Skill`, without an engine and asking nobody.

    `agent_id` may be missing, and so may an agent's `location`: both are usually known only to who deploys.
    Outputs among the arguments count as unknown.
    """
    from ._dynamic import model_of  # noqa: PLC0415 - brings in pulumi, which the registry alone does not need
    from ._model import Defaults  # noqa: PLC0415 - as above

    found = model_of(kind_name).check({}, args, Defaults())[1]
    return [fault for fault in found if fault.path not in KNOWN_LATER or fault.path[0] in args]


def __getattr__(name: str) -> Any:
    if name == "connectors":
        return import_module(f"{__name__}.{name}")
    home = _PARTS.get(name) or HOMES.get(name.removesuffix("Args").removesuffix("Wishes"))
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Which `Collection` speaks for a kind: by its row in the registry, and by plane."""

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.collections.archives import ArchiveCollection
from pulumi_sre_agent.api.collections.collection import ArmCollection, Collection, DataPlaneCollection
from pulumi_sre_agent.api.collections.connector_v2 import (
    ConnectorV2ConnectionCollection,
    ConnectorV2McpServerCollection,
)
from pulumi_sre_agent.api.collections.connectors import (
    ArmConnectorCollection,
    DataPlaneConnectorCollection,
    SpaceConnectorCollection,
)
from pulumi_sre_agent.api.collections.documents import DocumentCollection
from pulumi_sre_agent.api.collections.global_settings import GlobalSettingsCollection
from pulumi_sre_agent.api.collections.hooks import HookCollection
from pulumi_sre_agent.api.collections.http_triggers import HttpTriggerCollection
from pulumi_sre_agent.api.collections.incident_filters import IncidentFilterCollection
from pulumi_sre_agent.api.collections.incident_indexing import IncidentIndexingCollection
from pulumi_sre_agent.api.collections.incident_platform import (
    IncidentPlatformCollection,
    QuickstartPlanCollection,
)
from pulumi_sre_agent.api.collections.instructions import InstructionsCollection
from pulumi_sre_agent.api.collections.knowledge_items import KnowledgeItemCollection
from pulumi_sre_agent.api.collections.plugins import MarketplaceCollection, PluginInstallationCollection
from pulumi_sre_agent.api.collections.power import PowerCollection
from pulumi_sre_agent.api.collections.repositories import RepositoryCollection
from pulumi_sre_agent.api.collections.source_control import (
    AzureDevOpsAuthenticationCollection,
    GitHubDomainCollection,
)
from pulumi_sre_agent.api.collections.subagent_permissions import SubagentPermissionsCollection
from pulumi_sre_agent.api.collections.tool_enablement import ToolEnablementCollection
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import Kind, Plane
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane


@dataclass(frozen=True)
class AgentContext:
    """One agent, and what it is reached through."""

    agent_id: str
    control: ControlPlane
    data: Callable[[], DataPlane]
    """The agent's data plane, which the first call finds and waits for. Raises as `Client.data_plane`."""
    check_user_key: Callable[[str], None]
    """Raises `ConfigError` for a key that PagerDuty says is no user's."""


def _envelopes(kind: Kind, context: AgentContext, plane: Plane) -> Collection:
    if plane == "control":
        return ArmCollection(kind, context.agent_id, context.control)
    return DataPlaneCollection(kind, context.data())


def _connectors(kind: Kind, context: AgentContext, plane: Plane) -> Collection:
    if plane == "control":
        return ArmConnectorCollection(kind, context.agent_id, context.control, context.data)
    return DataPlaneConnectorCollection(kind, context.data())


def _space_connectors(kind: Kind, context: AgentContext, _plane: Plane) -> Collection:
    return SpaceConnectorCollection(kind, context.agent_id, context.control, versions.AGENT_GA)


def _on_the_data_plane(
    make: Callable[[Kind, DataPlane], Collection],
) -> Callable[[Kind, AgentContext, Plane], Collection]:
    return lambda kind, context, _plane: make(kind, context.data())


def _connections(kind: Kind, context: AgentContext, _plane: Plane) -> Collection:
    return ConnectorV2ConnectionCollection(kind, context.data(), context.agent_id, context.control)


def _hooks(kind: Kind, context: AgentContext, plane: Plane) -> Collection:
    return HookCollection(_envelopes(kind, context, plane))


def _incident_filters(kind: Kind, context: AgentContext, plane: Plane) -> Collection:
    filters = _envelopes(kind, context, plane)
    return IncidentFilterCollection(kind, filters, context.agent_id, context.control, context.data())


def _incident_platform(kind: Kind, context: AgentContext, _plane: Plane) -> Collection:
    return IncidentPlatformCollection(
        kind, context.agent_id, context.control, context.data, context.check_user_key
    )


def _power(kind: Kind, context: AgentContext, _plane: Plane) -> Collection:
    return PowerCollection(kind, context.agent_id, context.control)


FACTORIES: dict[str, Callable[[Kind, AgentContext, Plane], Collection]] = {
    "envelope": _envelopes,
    "connector": _connectors,
    "spaceConnector": _space_connectors,
    "connectorV2Connection": _connections,
    "connectorV2McpServer": _on_the_data_plane(ConnectorV2McpServerCollection),
    "githubDomain": _on_the_data_plane(GitHubDomainCollection),
    "azureDevOps": _on_the_data_plane(AzureDevOpsAuthenticationCollection),
    "plugin": _on_the_data_plane(MarketplaceCollection),
    "pluginInstallation": _on_the_data_plane(PluginInstallationCollection),
    "repository": _on_the_data_plane(RepositoryCollection),
    "documents": _on_the_data_plane(DocumentCollection),
    "knowledge": _on_the_data_plane(KnowledgeItemCollection),
    "archive": _on_the_data_plane(ArchiveCollection),
    "instructions": _on_the_data_plane(InstructionsCollection),
    "hook": _hooks,
    "globalSettings": _on_the_data_plane(GlobalSettingsCollection),
    "subagentPermissions": _on_the_data_plane(SubagentPermissionsCollection),
    "toolEnablement": _on_the_data_plane(ToolEnablementCollection),
    "incidentFilter": _incident_filters,
    "incidentPlatform": _incident_platform,
    "quickstartPlan": _on_the_data_plane(QuickstartPlanCollection),
    "incidentIndexing": _on_the_data_plane(IncidentIndexingCollection),
    "power": _power,
    "httpTrigger": _on_the_data_plane(HttpTriggerCollection),
}
"""By the name in the row: what makes the `Collection` of a kind under one agent, through one plane."""


def collection(kind: Kind, context: AgentContext, plane: Plane) -> Collection:
    """Return the items of a kind. Raises `ConfigError` for a plane that does not know it."""
    if plane not in kind.planes:
        raise ConfigError(
            f'A {kind.title} exists on the {kind.planes[0]} plane only: set plane="{kind.planes[0]}".'
        )
    return FACTORIES[kind.factory](kind, context, plane)

"""Which `Items` speaks for a kind: by its shape, as its row in the registry says, and by plane."""

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_sre_agent.api.collections.archives import ArchiveItems
from pulumi_sre_agent.api.collections.code_logins import AzureDevOpsLogins, GitHubDomains
from pulumi_sre_agent.api.collections.collection import ControlItems, DataItems, Items
from pulumi_sre_agent.api.collections.connector_v2 import Connections, McpServers
from pulumi_sre_agent.api.collections.connectors import ArmConnectors, ControlConnectors, DataConnectors
from pulumi_sre_agent.api.collections.documents import DocumentItems
from pulumi_sre_agent.api.collections.global_settings import GlobalSettings
from pulumi_sre_agent.api.collections.hooks import Hooks
from pulumi_sre_agent.api.collections.http_triggers import HttpTriggerItems
from pulumi_sre_agent.api.collections.incident_filters import IncidentFilterItems
from pulumi_sre_agent.api.collections.incident_indexing import IndexingItems
from pulumi_sre_agent.api.collections.incident_platform import IncidentPlatformItems, QuickstartPlanItems
from pulumi_sre_agent.api.collections.instructions import InstructionsItems
from pulumi_sre_agent.api.collections.knowledge_items import KnowledgeItems
from pulumi_sre_agent.api.collections.plugins import Installations, PluginItems
from pulumi_sre_agent.api.collections.power import PowerItems
from pulumi_sre_agent.api.collections.repositories import RepositoryItems
from pulumi_sre_agent.api.collections.subagent_permissions import SubagentPermissions
from pulumi_sre_agent.api.collections.tool_enablement import ToolSwitches
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import Kind, Plane
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane


@dataclass(frozen=True)
class Reach:
    """One agent, and what it is reached through."""

    agent_id: str
    control: ControlPlane
    data: Callable[[], DataPlane]
    """The agent's data plane, which the first call finds and waits for. Raises as `Azure.data_plane`."""
    refuse_general_key: Callable[[str], None]
    """Raises `ConfigError` for a key that PagerDuty says is no user's."""


def _envelopes(kind: Kind, reach: Reach, plane: Plane) -> Items:
    if plane == "control":
        return ControlItems(kind, reach.agent_id, reach.control)
    return DataItems(kind, reach.data())


def _connectors(kind: Kind, reach: Reach, plane: Plane) -> Items:
    if plane == "control":
        return ControlConnectors(kind, reach.agent_id, reach.control, reach.data)
    return DataConnectors(kind, reach.data())


def _space_connectors(kind: Kind, reach: Reach, _plane: Plane) -> Items:
    return ArmConnectors(kind, reach.agent_id, reach.control, "2026-01-01")


def _on_the_data_plane(make: Callable[[Kind, DataPlane], Items]) -> Callable[[Kind, Reach, Plane], Items]:
    return lambda kind, reach, _plane: make(kind, reach.data())


def _hooks(kind: Kind, reach: Reach, plane: Plane) -> Items:
    return Hooks(_envelopes(kind, reach, plane))


def _incident_filters(kind: Kind, reach: Reach, plane: Plane) -> Items:
    filters = _envelopes(kind, reach, plane)
    return IncidentFilterItems(kind, filters, reach.agent_id, reach.control, reach.data())


def _incident_platform(kind: Kind, reach: Reach, _plane: Plane) -> Items:
    return IncidentPlatformItems(kind, reach.agent_id, reach.control, reach.data, reach.refuse_general_key)


def _power(kind: Kind, reach: Reach, _plane: Plane) -> Items:
    return PowerItems(kind, reach.agent_id, reach.control)


SHAPES: dict[str, Callable[[Kind, Reach, Plane], Items]] = {
    "envelope": _envelopes,
    "connector": _connectors,
    "spaceConnector": _space_connectors,
    "connectorV2Connection": _on_the_data_plane(Connections),
    "connectorV2McpServer": _on_the_data_plane(McpServers),
    "githubDomain": _on_the_data_plane(GitHubDomains),
    "azureDevOps": _on_the_data_plane(AzureDevOpsLogins),
    "plugin": _on_the_data_plane(PluginItems),
    "pluginInstallation": _on_the_data_plane(Installations),
    "repository": _on_the_data_plane(RepositoryItems),
    "documents": _on_the_data_plane(DocumentItems),
    "knowledge": _on_the_data_plane(KnowledgeItems),
    "archive": _on_the_data_plane(ArchiveItems),
    "instructions": _on_the_data_plane(InstructionsItems),
    "hook": _hooks,
    "globalSettings": _on_the_data_plane(GlobalSettings),
    "subagentPermissions": _on_the_data_plane(SubagentPermissions),
    "toolSwitches": _on_the_data_plane(ToolSwitches),
    "incidentFilter": _incident_filters,
    "incidentPlatform": _incident_platform,
    "quickstartPlan": _on_the_data_plane(QuickstartPlanItems),
    "incidentIndexing": _on_the_data_plane(IndexingItems),
    "power": _power,
    "httpTrigger": _on_the_data_plane(HttpTriggerItems),
}
"""By the name in the row: what makes the `Items` of a kind under one agent, through one plane."""


def items(kind: Kind, reach: Reach, plane: Plane) -> Items:
    """Return the items of a kind. Raises `ConfigError` for a plane that does not know it."""
    if plane not in kind.planes:
        raise ConfigError(
            f'A {kind.title} exists on the {kind.planes[0]} plane only: set plane="{kind.planes[0]}".'
        )
    return SHAPES[kind.shape](kind, reach, plane)

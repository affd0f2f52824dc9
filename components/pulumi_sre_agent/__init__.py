"""Azure SRE Agents with Pulumi.

`sre.Agent` is an agent with everything around it, `sre.Fleet` many of them; the classes of `sre.resources`
are single Azure resources.
Parts load when they are first used, so importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_sre_agent import directory, resources
    from pulumi_sre_agent.access import (
        Access,
        AccessArgs,
        ExtraRoleArgs,
        PersonArgs,
        RoleAssignmentInterfaceArgs,
    )
    from pulumi_sre_agent.agent import Agent
    from pulumi_sre_agent.agent_args import (
        AgentAlertsArgs,
        AgentArgs,
        AgentDashboardArgs,
        AgentHttpTriggerArgs,
        AgentIncidentPlatformArgs,
        AgentSpendArgs,
        AgentWebhookBridgeArgs,
        ManagedIdentitiesArgs,
    )
    from pulumi_sre_agent.alerts import AlertRuleArgs, Alerts, AlertsArgs
    from pulumi_sre_agent.dashboard import Dashboard, DashboardArgs
    from pulumi_sre_agent.diagnostics import (
        DiagnosticSettingArgs,
        DiagnosticSettings,
        DiagnosticSettingsArgs,
    )
    from pulumi_sre_agent.extensions import Extensions, ExtensionsArgs
    from pulumi_sre_agent.federation import FederatedCredentialArgs, azure_pipelines, github_actions
    from pulumi_sre_agent.fleet import Fleet
    from pulumi_sre_agent.fleet_args import FleetArgs, FleetNetworkArgs, FleetWorkspaceArgs
    from pulumi_sre_agent.identity import Identity, IdentityArgs
    from pulumi_sre_agent.lock import Lock, LockArgs, LockInterfaceArgs
    from pulumi_sre_agent.lookups import (
        DailyUsage,
        FoundAgent,
        SupportedModel,
        Usage,
        get_agent,
        get_agent_locations,
        get_agent_locations_output,
        get_agent_output,
        get_connector_secrets_output,
        get_daily_usages,
        get_daily_usages_output,
        get_supported_models,
        get_supported_models_output,
        get_usages,
        get_usages_output,
    )
    from pulumi_sre_agent.network import Network, NetworkArgs
    from pulumi_sre_agent.shared_network import SharedNetwork, SharedNetworkArgs
    from pulumi_sre_agent.spend import Spend, SpendArgs
    from pulumi_sre_agent.telemetry import Telemetry, TelemetryArgs
    from pulumi_sre_agent.webhook_bridge import WebhookBridge, WebhookBridgeArgs

__all__ = [
    "Access",
    "AccessArgs",
    "Agent",
    "AgentAlertsArgs",
    "AgentArgs",
    "AgentDashboardArgs",
    "AgentHttpTriggerArgs",
    "AgentIncidentPlatformArgs",
    "AgentSpendArgs",
    "AgentWebhookBridgeArgs",
    "AlertRuleArgs",
    "Alerts",
    "AlertsArgs",
    "DailyUsage",
    "Dashboard",
    "DashboardArgs",
    "DiagnosticSettingArgs",
    "DiagnosticSettings",
    "DiagnosticSettingsArgs",
    "Extensions",
    "ExtensionsArgs",
    "ExtraRoleArgs",
    "FederatedCredentialArgs",
    "Fleet",
    "FleetArgs",
    "FleetNetworkArgs",
    "FleetWorkspaceArgs",
    "FoundAgent",
    "Identity",
    "IdentityArgs",
    "Lock",
    "LockArgs",
    "LockInterfaceArgs",
    "ManagedIdentitiesArgs",
    "Network",
    "NetworkArgs",
    "PersonArgs",
    "RoleAssignmentInterfaceArgs",
    "SharedNetwork",
    "SharedNetworkArgs",
    "Spend",
    "SpendArgs",
    "SupportedModel",
    "Telemetry",
    "TelemetryArgs",
    "Usage",
    "WebhookBridge",
    "WebhookBridgeArgs",
    "azure_pipelines",
    "directory",
    "get_agent",
    "get_agent_locations",
    "get_agent_locations_output",
    "get_agent_output",
    "get_connector_secrets_output",
    "get_daily_usages",
    "get_daily_usages_output",
    "get_supported_models",
    "get_supported_models_output",
    "get_usages",
    "get_usages_output",
    "github_actions",
    "resources",
]

_HOMES = {
    "access": ("Access", "AccessArgs", "ExtraRoleArgs", "PersonArgs", "RoleAssignmentInterfaceArgs"),
    "agent": ("Agent",),
    "agent_args": (
        *("AgentArgs", "ManagedIdentitiesArgs", "AgentIncidentPlatformArgs", "AgentHttpTriggerArgs"),
        *("AgentAlertsArgs", "AgentDashboardArgs", "AgentSpendArgs", "AgentWebhookBridgeArgs"),
    ),
    "alerts": ("AlertRuleArgs", "Alerts", "AlertsArgs"),
    "dashboard": ("Dashboard", "DashboardArgs"),
    "diagnostics": ("DiagnosticSettingArgs", "DiagnosticSettings", "DiagnosticSettingsArgs"),
    "extensions": ("Extensions", "ExtensionsArgs"),
    "federation": ("FederatedCredentialArgs", "azure_pipelines", "github_actions"),
    "fleet": ("Fleet",),
    "fleet_args": ("FleetArgs", "FleetNetworkArgs", "FleetWorkspaceArgs"),
    "identity": ("Identity", "IdentityArgs"),
    "lock": ("Lock", "LockArgs", "LockInterfaceArgs"),
    "network": ("Network", "NetworkArgs"),
    "lookups": (
        *("DailyUsage", "FoundAgent", "SupportedModel", "Usage"),
        *("get_agent", "get_agent_output", "get_connector_secrets_output"),
        *("get_agent_locations", "get_agent_locations_output"),
        *("get_daily_usages", "get_daily_usages_output", "get_usages", "get_usages_output"),
        *("get_supported_models", "get_supported_models_output"),
    ),
    "shared_network": ("SharedNetwork", "SharedNetworkArgs"),
    "spend": ("Spend", "SpendArgs"),
    "telemetry": ("Telemetry", "TelemetryArgs"),
    "webhook_bridge": ("WebhookBridge", "WebhookBridgeArgs"),
}
"""Which module each name lives in; the other public names are modules themselves."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((module for module, names in _HOMES.items() if name in names), None)
    found = (
        getattr(import_module(f"{__name__}.{home}"), name) if home else import_module(f"{__name__}.{name}")
    )
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Arguments of an agent, full and changed, for the tests of its provider."""

import copy
from collections.abc import Callable
from typing import Any

from pulumi_sre_agent.resources.agent import AgentProvider
from support.azure import SUBSCRIPTION, LocalAzure
from support.provider_process import ProviderProcess

Json = dict[str, Any]
Make = Callable[..., Json]
"""Makes arguments of an agent, with changes."""

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/agents"
PROVIDER = AgentProvider()
LOGS = {
    "application_insights_configuration": {
        "app_id": "app-1",
        "connection_string": "InstrumentationKey=s3cret",
    }
}


def arguments(name: str, identities: tuple[str, str], changes: Json) -> Json:
    """Return everything that the preview version knows, with changes; None takes a member away."""
    args = {
        "name": name,
        "resource_group_name": "rg-sre",
        "location": "Sweden Central",
        "tags": {"team": "payments", "env": "test"},
        "identity": {"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [identities[0]]},
        "knowledge_graph_configuration": {"identity": identities[0], "managed_resources": [GROUP]},
        "action_configuration": {"identity": identities[0], "mode": "Review", "access_level": "Low"},
        "log_configuration": copy.deepcopy(LOGS),
        "incident_management_configuration": {
            "type": "PagerDuty",
            "connection_name": "pagerduty",
            "connection_key": "s3cret-key",
        },
        "upgrade_channel": "Preview",
        "default_model": {"provider": "Anthropic", "name": "Automatic"},
        "sandbox_configuration": {
            "egress": {
                "mode": "Limited",
                "allowed_hosts": ["api.example.com", "*.example.org"],
                "allowed_registries": ["pypi"],
            },
            "packages": [{"name": "requests", "version": "2.*", "package_manager": "pip"}],
        },
        "monthly_agent_unit_limit": 10000,
        "mcp_servers": ["https://example.net/mcp"],
        "experimental_settings": {"EnableWorkspaceTools": True},
        "git_hub_configuration": {"repositories": [{"owner": "contoso", "name": "payments"}]},
    }
    return {key: value for key, value in (args | changes).items() if value is not None}


def changes(identities: tuple[str, str]) -> Json:
    """For each property that can change in place another value."""
    return {
        "tags": {"team": "ledger", "env": "test"},
        "identity": {"type": "UserAssigned", "user_assigned_identities": list(identities)},
        "knowledge_graph_configuration": {"identity": identities[0], "managed_resources": [GROUP, SUBNET]},
        "action_configuration": {"identity": identities[0], "mode": "Autonomous", "access_level": "High"},
        "log_configuration": {
            "application_insights_configuration": {
                **LOGS["application_insights_configuration"],
                "app_id": "app-2",
            }
        },
        "incident_management_configuration": {"type": "AzMonitor", "connection_name": "azmonitor"},
        "upgrade_channel": "Stable",
        "default_model": {"provider": "MicrosoftFoundry", "name": "gpt-5"},
        "sandbox_configuration": {"egress": {"mode": "Unrestricted"}},
        "monthly_agent_unit_limit": 20000,
        "mcp_servers": ["https://example.org/mcp"],
        "experimental_settings": {"EnableWorkspaceTools": False, "EnableHttpTriggers": True},
        "git_hub_configuration": {"repositories": [{"owner": "contoso", "name": "ledger"}]},
    }


def checked(providers: ProviderProcess, args: Json, olds: Json | None = None) -> Json:
    return providers.checked(PROVIDER, args, olds)


def patch_behind(cloud: LocalAzure, id_: str, body: Json) -> None:
    cloud.settle(cloud.arm("PATCH", id_, body))

"""Every argument of every component that surrounds an agent does something: none is taken and forgotten."""

from functools import cache
from typing import Any

import pytest

import pulumi_sre_agent as sre
from support.mocks import SUBSCRIPTION, run
from support.networks import NEW_NETWORK

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
INSIGHTS = f"{GROUP}/providers/microsoft.insights/components/appi"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log"
PEOPLE = f"{GROUP}/providers/microsoft.insights/actionGroups/ag"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/oncall"
TAGS = {"team": "a"}
RULE = {"threshold": 7}

Json = dict[str, Any]

COMPONENTS: dict[str, tuple[Json, Json]] = {
    "Network": (
        NEW_NETWORK,
        {
            "virtual_network_name": "other",
            "network_security_group_name": "other",
            "nat_gateway_name": "other",
            "public_ip_address_name": "other",
            "subnet_name": "other",
            "resource_group_name": "rg-other",
            "location": "uksouth",
            "address_prefix": "10.0.0.0/16",
            "subnet_prefix": "10.0.0.64/26",
            "outbound_ports": ["22"],
            "private_dns_zones": ["privatelink.vaultcore.azure.net"],
            "tags": TAGS,
        },
    ),
    "SharedNetwork": (
        NEW_NETWORK | {"address_prefix": "10.0.0.0/24", "agents": ["one", "two"]},
        {
            "virtual_network_name": "other",
            "network_security_group_name": "other",
            "nat_gateway_name": "other",
            "public_ip_address_name": "other",
            "resource_group_name": "rg-other",
            "location": "uksouth",
            "address_prefix": "10.1.0.0/24",
            "agents": ["one"],
            "subnet_prefixes": {"one": "10.0.0.128/27"},
            "outbound_ports": ["22"],
            "tags": TAGS,
        },
    ),
    "Telemetry": (
        {
            "resource_group_name": "rg",
            "location": "swedencentral",
            "workspace_name": "log",
            "app_insights_name": "appi",
        },
        {
            "resource_group_name": "rg-other",
            "location": "uksouth",
            "workspace_name": "other",
            "app_insights_name": "other",
            "retention_in_days": 60,
            "tags": TAGS,
        },
    ),
    "Dashboard": (
        {"resource_group_name": "rg", "app_insights_id": INSIGHTS},
        {
            "resource_group_name": "rg-other",
            "app_insights_id": f"{INSIGHTS}-2",
            "location": "uksouth",
            "display_name": "Nights",
            "tags": TAGS,
        },
    ),
    "Spend": (
        {
            "resource_group_name": "rg",
            "app_insights_id": INSIGHTS,
            "monthly_unit_limit": 1000,
            "budget": 500.0,
            "budget_scope": GROUP,
            "agent_id": AGENT,
            "action_group_id": PEOPLE,
        },
        {
            "resource_group_name": "rg-other",
            "app_insights_id": f"{INSIGHTS}-2",
            "monthly_unit_limit": 2000,
            "budget": 600.0,
            "budget_scope": f"{GROUP}-2",
            "agent_id": f"{AGENT}-2",
            "action_group_id": f"{PEOPLE}-2",
            "location": "uksouth",
            "severity": 1,
            "share": 0.5,
            "tags": TAGS,
        },
    ),
    "WebhookBridge": (
        {
            "resource_group_name": "rg",
            "agent_id": AGENT,
            "trigger_url": "https://a.azuresre.ai/1",
            "workflow_name": "logic",
        },
        {
            "resource_group_name": "rg-other",
            "agent_id": f"{AGENT}-2",
            "trigger_url": "https://a.azuresre.ai/2",
            "workflow_name": "other",
            "location": "uksouth",
            "tags": TAGS,
        },
    ),
    "Identity": (
        {"resource_group_name": "rg", "identity_name": "id", "location": "swedencentral"},
        {
            "resource_group_name": "rg-other",
            "identity_name": "other",
            "location": "uksouth",
            "federated_credentials": {"main": {"issuer": "https://issuer.contoso.com", "subject": "main"}},
            "tags": TAGS,
        },
    ),
    "Lock": (
        {"scope": AGENT, "kind": "CanNotDelete"},
        {"scope": f"{AGENT}-2", "kind": "ReadOnly", "name": "other", "notes": "Ask Ada."},
    ),
    "Alerts": (
        {"resource_group_name": "rg", "action_group_name": "ag", "app_insights": {"shop": INSIGHTS}},
        {
            "resource_group_name": "rg-other",
            "action_group_name": "other",
            "app_insights": {"till": INSIGHTS},
            "short_name": "other",
            "emails": {"duty": "duty@contoso.com"},
            "webhooks": {"bridge": "https://hooks.example/?sig=1"},
            "health_scopes": [GROUP],
            "exceptions": RULE,
            "failed_requests": RULE,
            "response_time": RULE,
            "tags": TAGS,
        },
    ),
    "DiagnosticSettings": (
        {"resource_id": AGENT, "settings": [{"workspace_resource_id": WORKSPACE}]},
        {"resource_id": f"{AGENT}-2", "settings": [{"workspace_resource_id": f"{WORKSPACE}-2"}]},
    ),
}
"""By component: arguments that it is happy with, and another value for each that goes with these."""
INSTEAD = {
    "Network": {"existing_subnet_id", "egress"},
    "Telemetry": {"existing_app_insights_id", "existing_workspace_id"},
    "Identity": {"existing_id"},
    "Alerts": {"existing_action_group_id"},
}
"""Arguments that stand in the place of others, or go to the agent: they have tests of their own."""


def registered(component: str, args: Json) -> Any:
    return run(lambda: getattr(sre, component)("it", args))


@cache
def unchanged(component: str) -> Any:
    return registered(component, COMPONENTS[component][0])


@pytest.mark.parametrize("component", COMPONENTS)
def test_no_argument_is_missing_here(component: str) -> None:
    base, changes = COMPONENTS[component]
    known = {*base, *changes, *INSTEAD.get(component, ())}

    assert known == getattr(sre, f"{component}Args").__annotations__.keys()


@pytest.mark.parametrize(
    ("component", "argument"),
    [(component, argument) for component, (_, changes) in COMPONENTS.items() for argument in changes],
)
def test_an_argument_changes_what_is_deployed(component: str, argument: str) -> None:
    base, changes = COMPONENTS[component]

    assert registered(component, base | {argument: changes[argument]}) != unchanged(component)

"""One of every kind, through each plane that knows it: those under an agent are what `items.json` says."""

import json
from pathlib import Path
from typing import Any

from pulumi import ResourceOptions
from pulumi_azure_native import managedidentity, resources

import pulumi_sre_agent as sre

GROUP = "rg-every-kind"
BEARER = {
    "type": "http",
    "endpoint": "https://mcp.example.com",
    "authType": "BearerToken",
    "bearerToken": "s3cret",
}

group = resources.ResourceGroup("group", resource_group_name=GROUP)
identity = managedidentity.UserAssignedIdentity(
    "identity", resource_name_="id-agents", resource_group_name=group.name
)
space = sre.resources.AgentSpace(
    "space",
    name="shared",
    resource_group_name=group.name,
    description="What the agents share.",
    max_agent_count=15,
    identity={"type": "SystemAssigned"},
    tags={"team": "payments"},
)
sre.resources.AgentSpaceConnector(
    "space-connector",
    space_id=space.id,
    name="metrics",
    data_connector_type="Mcp",
    data_source="s3cret",
    endpoint="https://mcp.example.com",
    identity="system",
    extended_properties=BEARER,
)


def make_agent(name: str, **args: Any) -> sre.resources.Agent:
    """Make an agent as this stack's agents are, with what else it is to be."""
    return sre.resources.Agent(
        name,
        name=name,
        resource_group_name=group.name,
        identity={"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [identity.id]},
        knowledge_graph_configuration={"identity": identity.id, "managed_resources": [group.id]},
        action_configuration={"identity": identity.id, "mode": "Review", "access_level": "Low"},
        **args,
    )


agents = {
    **{
        name: make_agent(name, incident_management_configuration={"type": "AzMonitor"})
        for name in ("items", "items-least")
    },
    **{name: make_agent(name) for name in ("incidents", "incidents-least", "stopped", "stopped-least")},
    "preview": make_agent(
        "preview",
        tags={"team": "payments"},
        log_configuration={
            "application_insights_configuration": {
                "app_id": "app",
                "connection_string": "InstrumentationKey=s3cret",
            }
        },
        upgrade_channel="Preview",
        default_model={"provider": "Anthropic", "name": "Automatic"},
        sandbox_configuration={
            "egress": {
                "mode": "Limited",
                "allowed_hosts": ["api.example.com"],
                "allowed_registries": ["pypi"],
            },
            "packages": [{"name": "requests", "version": "2.*", "package_manager": "pip"}],
        },
        monthly_agent_unit_limit=10_000,
        mcp_servers=["https://mcp.example.com"],
        experimental_settings={"EnableWorkspaceTools": True},
        git_hub_configuration={"repositories": [{"owner": "contoso", "name": "payments"}]},
    ),
    "general": make_agent("general", api_version="2026-01-01", agent_space_id=space.id),
}
sre.resources.RoleAssignment(
    "reader",
    scope=group.id,
    role="Reader",
    principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
    description="Sees what it watches.",
)
for item in json.loads(Path(__file__).with_name("items.json").read_text(encoding="utf-8")):
    agent = agents[item["agent"]]
    kind = getattr(sre.resources, item["kind"])
    kind(
        item["resource"],
        agent_id=agent.id,
        **item["args"],
        opts=ResourceOptions(parent=agent, deleted_with=agent),
    )

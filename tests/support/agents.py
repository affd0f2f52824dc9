"""An `sre.Agent` under mocks: the smallest one, its options, and what it registers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi_sre_agent as sre
from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.directory import AgentDirectory, Item
from pulumi_sre_agent.identity.roles import ALERTING
from support.mocks import (
    SUBSCRIPTION,
    Made,
    Registered,
    run,
)

RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
COMPONENT = "azure-native:applicationinsights:Component"
ASSIGNMENT = "pulumi-python:dynamic/sre:RoleAssignment"
AGENT = "pulumi-python:dynamic/sre:Agent"
ADA = "00000000-0000-0000-0000-00000000ada0"
HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-oncall"
AGENT_ID = f"{HOME}/providers/Microsoft.App/agents/oncall"
IDENTITY_ID = f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-oncall"
AZURE_MONITOR: sre.AgentIncidentPlatformArgs = {"type": "AzMonitor"}
MONITORING_CONTRIBUTOR = ALERTING["Monitoring Contributor"]
OPTIONS: dict[str, Any] = {
    "network": {},
    "lock": {"kind": "CanNotDelete"},
    "diagnostic_settings": [{}],
    "alerts": {"emails": {"duty": "duty@contoso.com"}},
    "webhook_bridge": {"trigger_url": "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/1"},
    "people": [{"principal_id": ADA, "role": "SRE Agent Reader"}],
    "role_assignments": [{"principal_id": ADA, "role_definition_id_or_name": "Owner"}],
    "extra_roles": {"pull": {"role": "AcrPull", "scope": HOME}},
    "federated_credentials": {"main": {"issuer": "https://issuer.contoso.com", "subject": "main"}},
    "settings": {"monthly_agent_unit_limit": 1000},
    "incident_platform": {"type": "PagerDuty", "connection_key": "u+of-ada", "obo_user": "ada@contoso.com"},
    "quickstart_plan": False,
    "http_triggers": {"look": {"agent_prompt": "Look at this."}},
}
SMALL: AgentArgs = {"name": "oncall", "resource_group_name": "rg-oncall", "location": "swedencentral"}


def deploy(args: AgentArgs, **config: str) -> Registered:
    return run(
        lambda: sre.Agent("it", args), {name.replace("__", ":"): value for name, value in config.items()}
    )


def with_items(folder: Path, *items: Item) -> AgentDirectory:
    read = sre.directory.read(folder)
    return replace(read, items=(*read.items, *items))


def names(seen: Registered) -> set[tuple[str, str]]:
    """Return what was registered, by the last word of its type and its name."""
    return {(made.type.rpartition(":")[2], made.name) for made in seen.made}


def deploy_agent(args: AgentArgs) -> Made:
    return deploy(args).one(AGENT)

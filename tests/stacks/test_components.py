"""A program of components without `sre.Agent`, deployed: a network, an agent with guards, what watches it."""

import json
from pathlib import Path

from support.azure import IDENTITIES, NETWORKS, SUBSCRIPTION, Json, LocalAzure
from support.engines import ops
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-it"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/it"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-it/subnets/agent"
ROLE = "2d84a65a-63b2-4343-bbb6-31105d857bc1"
"""SRE Agent Standard User."""
NEW: Json = {
    "resource_group_name": "rg-it",
    "virtual_network_name": "vnet-it",
    "network_security_group_name": "nsg-it",
    "nat_gateway_name": "ng-it",
    "public_ip_address_name": "pip-it",
    "private_dns_zones": ["contoso.internal"],
}
PROGRAM = """
import pulumi
from pulumi_azure_native.resources import ResourceGroup

import pulumi_sre_agent as sre

config, place = pulumi.Config(), "swedencentral"
OTHER, TAGS = config.require("other"), {"team": config.require("team")}

group = ResourceGroup("it", resource_group_name="rg-it", location=place, tags=TAGS)
inside = pulumi.ResourceOptions(depends_on=[group])
identity = sre.Identity(
    "it",
    {
        "identity_name": "id-it",
        "resource_group_name": group.name,
        "location": place,
        "federated_credentials": {
            "prod": sre.github_actions("contoso/payments", environment="prod"),
            "main": sre.github_actions("contoso/payments", branch="main"),
        },
    },
)
network = sre.Network("it", {"location": place, **config.require_object("network")}, inside)
agent = sre.resources.Agent(
    "it",
    name="it",
    resource_group_name=group.name,
    location=place,
    identity={"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [identity.identity_id]},
    knowledge_graph_configuration={"identity": identity.identity_id, "managed_resources": []},
    vnet_configuration=network.vnet_configuration,
    sandbox_configuration=network.sandbox_configuration,
)
storage = group.id.apply(lambda id: f"{id}/providers/Microsoft.Storage/storageAccounts/logs")
sent = {"storage_account_resource_id": storage}
settings = sre.DiagnosticSettings("it", {"resource_id": agent.id, "settings": [sent]})
after = pulumi.ResourceOptions(depends_on=[settings])  # and so the first to go
sre.Lock("it", {"scope": agent.id, "kind": "CanNotDelete"}, after)

telemetry = sre.Telemetry(
    "oncall",
    {"app_insights_name": "appi-oncall", "workspace_name": "log-oncall", "resource_group_name": group.name},
)
bridge = sre.WebhookBridge(
    "bridge",
    {
        "agent_id": OTHER,
        "trigger_url": "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/1",
        "resource_group_name": group.name,
        "workflow_name": "logic-oncall",
        "tags": TAGS,
    },
)
alerts = sre.Alerts(
    "alerts",
    {
        "resource_group_name": group.name,
        "action_group_name": "ag-oncall",
        "app_insights": {"shop": telemetry.app_insights_id},
        "health_scopes": [group.id],
        "emails": {"duty": "duty@contoso.com"},
        "webhooks": {"bridge": bridge.callback_url},
        "tags": TAGS,
    },
)
dashboard = sre.Dashboard(
    "dashboard",
    {
        "app_insights_id": telemetry.app_insights_id,
        "resource_group_name": group.name,
        "tags": TAGS,
    },
)
spend = sre.Spend(
    "spend",
    {
        "monthly_unit_limit": 3000,
        "app_insights_id": telemetry.app_insights_id,
        "resource_group_name": group.name,
        "action_group_id": alerts.action_group_id,
        "budget": 500.0,
        "budget_scope": group.id,
        "agent_id": OTHER,
        "tags": TAGS,
    },
)
pulumi.export("subnet", network.subnet_id)
pulumi.export("addresses", network.outbound_ip_addresses)
pulumi.export("callback_url", bridge.callback_url)
pulumi.export("dashboard", dashboard.portal_url)
pulumi.export("budget", spend.budget_id)
"""


def test_a_program_of_components_lives(tmp_path: Path, azure: LocalAzure) -> None:
    """A subnet that does not suit stops it; then it comes up, changes in place, and leaves nothing behind."""
    other, subnet = azure.agent(), azure.subnet(delegation="")
    before = azure.requests()[-1]["seq"]
    program = Program(
        tmp_path, azure, PROGRAM, network={"existing_subnet_id": subnet}, other=other, team="payments"
    )

    for command in ("preview", "up"):
        failed = program.fail(command)
        said = failed.stdout + failed.stderr
        assert f"The subnet {subnet} does not suit an agent: it is not delegated; delegate it to" in said
        assert "Traceback" not in said
    assert azure.arm("GET", AGENT).status_code == 404

    program.configure(network=NEW)
    program.succeed("up")

    outputs = program.outputs("--show-secrets")
    address = arm(azure, "Microsoft.Network/publicIPAddresses/pip-it", NETWORKS)
    assert outputs["addresses"] == [address["properties"]["ipAddress"]]
    assert outputs["subnet"] == SUBNET
    assert azure.arm("GET", AGENT).json()["properties"]["vnetConfiguration"] == {"subnetResourceId": SUBNET}
    credentials = "Microsoft.ManagedIdentity/userAssignedIdentities/id-it/federatedIdentityCredentials"
    assert {each["name"] for each in arm(azure, credentials, IDENTITIES)["value"]} == {"main", "prod"}
    assert azure.arm("DELETE", AGENT).json()["error"]["code"] == "ScopeLocked"
    assert standard_users(azure, other) == 1
    actions = arm(azure, "microsoft.insights/actionGroups/ag-oncall", "2024-10-01-preview")["properties"]
    assert actions["webhookReceivers"][0]["serviceUri"] == outputs["callback_url"]
    assert outputs["dashboard"].startswith(f"https://portal.azure.com/#resource{GROUP}/providers/")
    assert outputs["budget"] == f"{GROUP}/providers/Microsoft.Consumption/budgets/spend-budget"
    secret = outputs["callback_url"].rpartition("sig=")[2]
    assert secret not in program.state_file.read_text()
    assert changes(program) == {}

    program.configure(team="checkout")
    changed = changes(program)
    assert set(changed.values()) == {"update"}
    assert "bridge-role" not in changed  # its principal is known all the while
    program.succeed("up")

    program.succeed("refresh", "--expect-no-changes")
    assert changes(program) == {}

    program.succeed("destroy")
    assert program.resources() == {}
    assert left(azure) == ["rg-sre"]
    assert standard_users(azure, other) == 0
    assert [entry for entry in azure.requests(before) if entry["status"] >= 500] == []
    assert secret not in json.dumps(azure.requests(before))


def changes(program: Program) -> dict[str, str]:
    return {name: op for name, op in ops(program.preview()).items() if op != "same"}


def arm(azure: LocalAzure, path: str, version: str) -> Json:
    """Return what ARM has in the program's group."""
    found: Json = azure.arm("GET", f"{GROUP}/providers/{path}", api_version=version).json()
    return found


def standard_users(azure: LocalAzure, agent: str) -> int:
    """Return how many may run triggers of the agent."""
    path = f"{agent}/providers/Microsoft.Authorization/roleAssignments"
    found = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    return len([one for one in found if one["properties"]["roleDefinitionId"].endswith(ROLE)])


def left(azure: LocalAzure) -> list[str]:
    """Name the resource groups that there still are in the subscription."""
    groups = azure.arm("GET", f"/subscriptions/{SUBSCRIPTION}/resourceGroups", api_version="2024-03-01")
    return [each["name"] for each in groups.json()["value"]]

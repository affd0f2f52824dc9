"""Alerts, dashboard, webhook bridge and spend without `sre.Agent`: one small program, from first to last."""

import json
from pathlib import Path

from support.azure import SUBSCRIPTION, LocalAzure
from support.engines import ops
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-watch"
ROLE = "2d84a65a-63b2-4343-bbb6-31105d857bc1"
"""SRE Agent Standard User."""
PROGRAM = """
import pulumi
import pulumi_sre_agent as sre
from pulumi_azure_native import resources

config = pulumi.Config()
AGENT, TAGS = config.require("agent"), {"team": config.require("team")}

group = resources.ResourceGroup("watch", resource_group_name="rg-watch", tags=TAGS)
telemetry = sre.Telemetry(
    "oncall",
    {"app_insights_name": "appi-oncall", "workspace_name": "log-oncall", "resource_group_name": group.name},
)
bridge = sre.WebhookBridge(
    "bridge",
    {
        "agent_id": AGENT,
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
        "agent_id": AGENT,
        "tags": TAGS,
    },
)
pulumi.export("callback_url", bridge.callback_url)
pulumi.export("dashboard", dashboard.portal_url)
pulumi.export("budget", spend.budget_id)
"""


def changes(program: Program) -> dict[str, str]:
    return {name: op for name, op in ops(program.preview()).items() if op != "same"}


def standard_users(azure: LocalAzure, agent: str) -> int:
    """Return how many may run triggers of the agent."""
    path = f"{agent}/providers/Microsoft.Authorization/roleAssignments"
    found = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    return len([one for one in found if one["properties"]["roleDefinitionId"].endswith(ROLE)])


def test_a_program_of_the_four_lives(tmp_path: Path, azure: LocalAzure) -> None:
    """It comes up, stays as it is, changes in place, survives a refresh, and leaves nothing."""
    agent = azure.agent()
    before = azure.requests()[-1]["seq"]
    program = Program(tmp_path, azure, PROGRAM, agent=agent, team="payments")

    program.succeed("up")

    outputs = program.outputs("--show-secrets")
    assert standard_users(azure, agent) == 1
    receiver = azure.arm(
        "GET",
        f"{GROUP}/providers/microsoft.insights/actionGroups/ag-oncall",
        api_version="2024-10-01-preview",
    ).json()["properties"]["webhookReceivers"][0]
    assert receiver["serviceUri"] == outputs["callback_url"]
    assert outputs["dashboard"].startswith(f"https://portal.azure.com/#resource{GROUP}/providers/")
    assert outputs["budget"] == f"{GROUP}/providers/Microsoft.Consumption/budgets/spend-budget"
    assert changes(program) == {}

    secret = outputs["callback_url"].rpartition("sig=")[2]
    assert secret not in program.state_file.read_text()

    program.configure(team="checkout")
    changed = changes(program)
    assert set(changed.values()) == {"update"}
    assert "bridge-role" not in changed  # its principal is known all the while
    program.succeed("up")

    program.succeed("refresh")
    assert changes(program) == {}

    program.succeed("destroy")
    assert program.resources() == {}
    assert azure.arm("GET", GROUP, api_version="2024-03-01").status_code == 404
    assert standard_users(azure, agent) == 0
    assert [entry for entry in azure.requests(before) if entry["status"] >= 500] == []
    assert secret not in json.dumps(azure.requests(before))

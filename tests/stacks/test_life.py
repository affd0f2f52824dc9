"""One agent from its first deployment to its last, by either engine."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.access import READING
from support.azure import SUBSCRIPTION, LocalAzure
from support.deployments import AGENT, GROUP, Deployment
from support.engines import BOTH, Engine

ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"


@pytest.mark.parametrize("engine", BOTH)
def test_nothing_changes_until_something_does(tmp_path: Path, azure: LocalAzure, engine: Engine) -> None:
    """After `up`, preview, refresh and a second `up` change nothing, and `destroy` leaves nothing of it."""
    deployment = Deployment(tmp_path, azure, engine)

    deployment.succeed("up")
    outputs = deployment.outputs()
    before = azure.requests()[-1]["seq"]
    deployment.succeed("preview", "--expect-no-changes")
    deployment.succeed("refresh", "--expect-no-changes")
    deployment.succeed("up", "--expect-no-changes")

    assert deployment.writes(before) == []
    assert outputs["agentId"] == AGENT
    assert outputs["endpoint"] == azure.arm("GET", AGENT).json()["properties"]["agentEndpoint"]
    assert set(outputs) == {"agentId", "endpoint", "portalUrl", "principalId"}
    assert roles_on_the_workload(azure, outputs["principalId"]) == {*READING.values()}
    system = azure.arm("GET", AGENT).json()["identity"]["principalId"]
    assert roles_on_the_workload(azure, system) == {*READING.values()}

    deployment.succeed("destroy")

    assert azure.arm("GET", GROUP, api_version="2024-03-01").status_code == 404
    assert deployment.resources() == {}


def test_what_was_changed_behind_our_back_shows_and_is_put_back(deployment: Deployment) -> None:
    """Of each kind one property is changed: preview names exactly that property, and `up` reverts it."""
    azure = deployment.azure
    deployment.succeed("up")
    data = {
        "/api/v2/extendedAgent/tools/stuck-payments": ("description", "Changed in the portal."),
        "/api/v2/extendedAgent/skills/latency-regression": ("description", "Changed in the portal."),
        "/api/v2/extendedAgent/commonprompts/safety": ("prompt", "Changed in the portal."),
        "/api/v2/repos/payments-api": ("description", "Changed in the portal."),
    }
    before = {path: azure.data("GET", AGENT, path).json() for path in data}
    for path, (member, value) in data.items():
        body = before[path]
        _ok(azure.data("PUT", AGENT, path, {**body, "properties": {**body["properties"], member: value}}))
    connector = azure.arm("GET", f"{AGENT}/connectors/payments-events").json()
    moved = {
        **connector["properties"],
        "dataSource": "https://other.swedencentral.kusto.windows.net/payments",
    }
    azure.settle(azure.arm("PUT", f"{AGENT}/connectors/payments-events", {"properties": moved}))
    azure.settle(azure.arm("PATCH", AGENT, {"properties": {"monthlyAgentUnitLimit": 500}}))

    deployment.succeed("refresh")

    assert deployment.changes() == {
        "Agent payments-oncall": ("update", {"monthly_agent_unit_limit"}),
        "Tool payments-oncall-stuck-payments": ("update", {"description"}),
        "Skill payments-oncall-latency-regression": ("update", {"description"}),
        "CommonPrompt payments-oncall-safety": ("update", {"prompt"}),
        "Repo payments-oncall-payments-api": ("update", {"description"}),
        "Connector payments-oncall-payments-events": ("update", {"data_source"}),
    }

    deployment.succeed("up")

    for path, (member, _) in data.items():
        assert (
            azure.data("GET", AGENT, path).json()["properties"][member] == before[path]["properties"][member]
        )
    live = azure.arm("GET", f"{AGENT}/connectors/payments-events").json()["properties"]
    assert live["dataSource"] == connector["properties"]["dataSource"]
    assert azure.arm("GET", AGENT).json()["properties"]["monthlyAgentUnitLimit"] == 10000

    deployment.edit("agent.json", lambda text: text.replace('"tags": {', '"tags": {"changed": "yes", '))

    assert deployment.changes() == {
        f"{kind} payments-oncall{part}": ("update", {"tags.changed"})
        for kind, part in (
            ("Agent", ""),
            ("ResourceGroup", ""),
            ("ResourceGroup", "-rg-payments"),
            ("UserAssignedIdentity", "-identity"),
            ("Workspace", "-telemetry"),
            ("Component", "-telemetry"),
        )
    }  # and so no role: what the agent's system identity is called is known without the agent's outputs


def test_items_that_vanish_come_back_and_items_taken_out_vanish(deployment: Deployment) -> None:
    """Deleted behind our back: made again. Deleted from the directory: deleted in Azure."""
    azure = deployment.azure
    deployment.succeed("up")
    gone = {
        "/api/v2/extendedAgent/tools/stuck-payments": "Tool payments-oncall-stuck-payments",
        "/api/v2/extendedAgent/skills/latency-regression": "Skill payments-oncall-latency-regression",
        "/api/v2/extendedAgent/commonprompts/safety": "CommonPrompt payments-oncall-safety",
        "/api/v2/repos/payments-api": "Repo payments-oncall-payments-api",
    }
    for path in gone:
        _ok(azure.data("DELETE", AGENT, path))
    azure.settle(azure.arm("DELETE", f"{AGENT}/connectors/payments-events"))

    deployment.succeed("refresh")

    expected = {*gone.values(), "Connector payments-oncall-payments-events"}
    assert {name for name, (op, _) in deployment.changes().items() if op == "create"} == expected

    (deployment.agent_directory / "config" / "common-prompts" / "communication.yaml").unlink()
    (deployment.agent_directory / "config" / "repos" / "payments-infrastructure.yaml").unlink()
    deployment.succeed("up")

    for path in gone:
        assert azure.data("GET", AGENT, path).status_code == 200
    assert azure.arm("GET", f"{AGENT}/connectors/payments-events").status_code == 200
    assert azure.data("GET", AGENT, "/api/v2/extendedAgent/commonprompts/communication").status_code == 404
    assert azure.data("GET", AGENT, "/api/v2/repos/payments-infrastructure").status_code == 404
    deployment.succeed("preview", "--expect-no-changes")


def test_the_recipe_minimal_deploys_once_its_prompts_are_answered(deployment: Deployment) -> None:
    """Microsoft's smallest recipe, in its own form: placeholders in agent.json, one common prompt."""
    folder = deployment.folder / "stacks" / "agents" / "minimal"
    _write_minimal_recipe(folder)
    deployment.configure(
        {
            "sre-agent:agentDirectory": "agents/minimal",
            "sre-agent:variables": None,
            "sre-agent:answers": {"location": "swedencentral", "targetRGs": "rg-payments"},
        }
    )

    deployment.succeed("up")

    agent = deployment.outputs()["agentId"]
    assert agent.endswith("/resourceGroups/sre-agent-rg/providers/Microsoft.App/agents/my-sre-agent")
    found = deployment.azure.data("GET", agent, "/api/v2/extendedAgent/commonprompts/safety-rules")
    assert "Never delete" in found.json()["properties"]["prompt"]
    deployment.succeed("preview", "--expect-no-changes")


def roles_on_the_workload(azure: LocalAzure, principal: str) -> set[str]:
    """GUIDs of the roles that somebody has on rg-payments."""
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments{ASSIGNMENTS}"
    found = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    return {
        role["properties"]["roleDefinitionId"].rpartition("/")[2]
        for role in found
        if role["properties"]["principalId"] == principal
    }


def _write_minimal_recipe(folder: Path) -> None:
    (folder / "config" / "common-prompts").mkdir(parents=True)
    (folder / "agent.json").write_text(
        """{
  "_scenario": "minimal",
  "_prompts": {
    "agentName": {"ask": "Agent name", "default": "my-sre-agent"},
    "resourceGroup": {"ask": "Resource group", "default": "sre-agent-rg"},
    "location": {"ask": "Region", "options": ["eastus2", "swedencentral"], "required": true},
    "targetRGs": {"ask": "Resource groups to monitor (comma-separated)", "required": true},
    "existingUamiId": {"ask": "Existing identity", "default": ""},
    "modelProvider": {"ask": "Provider", "options": ["Anthropic", "Azure OpenAI"], "default": "Anthropic"}
  },
  "identity": {
    "agentName": "{{agentName}}",
    "resourceGroup": "{{resourceGroup}}",
    "subscription": "",
    "location": "{{location}}",
    "targetResourceGroups": "{{targetRGs}}"
  },
  "access": {"accessLevel": "Low", "actionMode": "Review"},
  "upgradeChannel": "Preview",
  "defaultModelProvider": "{{modelProvider}}",
  "monthlyAgentUnitLimit": 10000,
  "tags": {},
  "toggles": {"enableWebhookBridge": false, "webhookBridgeTriggerUrl": ""},
  "existingUamiId": "{{existingUamiId}}"
}
"""
    )
    (folder / "connectors.json").write_text(
        '{"toggles": {"enableAppInsightsConnector": false, "grafanaUrl": ""}, "connectors": []}\n'
    )
    (folder / "roles.yaml").write_text("roles:\n")
    (folder / "config" / "common-prompts" / "safety-rules.yaml").write_text(
        "metadata:\n  name: safety-rules\nspec:\n  prompt: 'Never delete resources without approval'\n"
    )


def _ok(answer: Any) -> None:
    assert answer.is_success, answer.text

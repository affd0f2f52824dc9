"""One agent from its first deployment to its last, by either engine."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.access import ALERTING, READING
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
    assert set(outputs) == {
        *("agentId", "endpoint", "portalUrl", "identityId", "principalId", "outboundIpAddresses"),
        "triggerUrls",
    }
    assert roles_on_the_workload(azure, outputs["principalId"]) == {*READING.values(), *ALERTING.values()}
    system = azure.arm("GET", AGENT).json()["identity"]["principalId"]
    assert roles_on_the_workload(azure, system) == {*READING.values()}

    deployment.succeed("destroy")

    assert azure.arm("GET", GROUP, api_version="2024-03-01").status_code == 404
    assert deployment.resources() == {}


def test_what_was_changed_behind_our_back_shows_and_is_put_back(deployment: Deployment) -> None:
    """Of each kind one item is changed and one deleted: preview says exactly that, and `up` puts both back.

    An item that was taken out of the directory is deleted by the same `up`.
    """
    azure = deployment.azure
    deployment.succeed("up")
    changed = {
        "/api/v2/extendedAgent/tools/stuck-payments": "description",
        "/api/v2/extendedAgent/skills/latency-regression": "description",
        "/api/v2/extendedAgent/commonprompts/safety": "prompt",
        "/api/v2/repos/payments-api": "description",
    }
    before = {path: azure.data("GET", AGENT, path).json() for path in changed}
    for path, member in changed.items():
        properties = {**before[path]["properties"], member: "Changed in the portal."}
        _ok(azure.data("PUT", AGENT, path, {**before[path], "properties": properties}))
    events = azure.arm("GET", f"{AGENT}/connectors/payments-events").json()["properties"]
    moved = {**events, "dataSource": "https://other.swedencentral.kusto.windows.net/payments"}
    azure.settle(azure.arm("PUT", f"{AGENT}/connectors/payments-events", {"properties": moved}))
    azure.settle(azure.arm("PATCH", AGENT, {"properties": {"monthlyAgentUnitLimit": 500}}))
    deleted = (
        "/api/v2/extendedAgent/tools/provider-status",
        "/api/v2/extendedAgent/skills/database-saturation",
        "/api/v2/extendedAgent/commonprompts/communication",
        "/api/v2/repos/payments-infrastructure",
    )
    for path in deleted:
        _ok(azure.data("DELETE", AGENT, path))
    azure.settle(azure.arm("DELETE", f"{AGENT}/connectors/app-insights"))

    deployment.succeed("refresh")

    assert deployment.changes() == {
        "Agent payments-oncall": ("update", {"monthly_agent_unit_limit"}),
        "Tool payments-oncall-stuck-payments": ("update", {"description"}),
        "Skill payments-oncall-latency-regression": ("update", {"description"}),
        "CommonPrompt payments-oncall-safety": ("update", {"prompt"}),
        "Repo payments-oncall-payments-api": ("update", {"description"}),
        "Connector payments-oncall-payments-events": ("update", {"data_source"}),
        "Tool payments-oncall-provider-status": ("create", set()),
        "Skill payments-oncall-database-saturation": ("create", set()),
        "CommonPrompt payments-oncall-communication": ("create", set()),
        "Repo payments-oncall-payments-infrastructure": ("create", set()),
        "Connector payments-oncall-app-insights": ("create", set()),
    }

    (deployment.agent_directory / "config" / "skills" / "post-incident-review.yaml").unlink()
    deployment.succeed("up")

    for path, member in changed.items():
        assert (
            azure.data("GET", AGENT, path).json()["properties"][member] == before[path]["properties"][member]
        )
    live = azure.arm("GET", f"{AGENT}/connectors/payments-events").json()["properties"]
    assert live["dataSource"] == events["dataSource"]
    assert azure.arm("GET", AGENT).json()["properties"]["monthlyAgentUnitLimit"] == 10000
    assert [azure.data("GET", AGENT, path).status_code for path in deleted] == [200, 200, 200, 200]
    assert azure.arm("GET", f"{AGENT}/connectors/app-insights").status_code == 200
    assert azure.data("GET", AGENT, "/api/v2/extendedAgent/skills/post-incident-review").status_code == 404

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

"""One agent from its first deployment to its last, by either engine."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_sre_agent.identity.roles import ALERTING, READING
from support.azure import SUBSCRIPTION, LocalAzure
from support.deployments import AGENT, GROUP, Deployment, short
from support.engines import BOTH, Engine, Result

TOKEN = "planted-7f3a9c-bearer"
NEXT_TOKEN = "planted-51d2e8-bearer"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"


@pytest.mark.parametrize("engine", BOTH)
def test_nothing_changes_until_something_does(tmp_path: Path, azure: LocalAzure, engine: Engine) -> None:
    """After `up`, preview, refresh and a second `up` change nothing, and `destroy` leaves nothing of it.

    A bearer token, its rotation, and the connection string that Azure makes, are in no log, output, preview,
    diff or plain part of the state, and hidden where Azure hides them.
    """
    deployment = Deployment(tmp_path, azure, engine)
    deployment.configure(variables(deployment, TOKEN))
    said = [deployment.succeed("up", "--diff")]
    deployment.configure(variables(deployment, NEXT_TOKEN))
    planned = deployment.succeed("preview", "--json")
    said += [planned, deployment.succeed("up", "--diff")]
    before = azure.requests()[-1]["seq"]
    output = deployment.succeed("stack", "output", "--json")
    said += [output, deployment.succeed("preview", "--expect-no-changes")]
    said += [deployment.succeed(verb, "--diff", "--expect-no-changes") for verb in ("refresh", "up")]
    said += [deployment.succeed("stack", "export")]

    rotated = [step["urn"] for step in planned.json()["steps"] if step["op"] != "same"]
    assert [short(urn) for urn in rotated] == ["Connector payments-oncall-payments-ops"]
    assert NEXT_TOKEN in azure.data("GET", AGENT, "/api/v2/extendedAgent/connectors/payments-ops").text
    assert plain_secrets(deployment, said) == []

    outputs = output.json()
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

    for file in ("post-incident-review.yaml", "post-incident-review/template.md"):
        (deployment.agent_directory / "config" / "skills" / file).unlink()
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

    refusal = azure.fault("status", path="/msi/token", status=401)["id"]
    told = deployment.fail("preview").stdout
    azure.clear_fault(refusal)
    assert ": The local Azure gives no token (401 Unauthorized): is it running?" in told
    assert "Traceback" not in told


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


def variables(deployment: Deployment, token: str) -> dict[str, object]:
    """Return the config that gives the agent another bearer token."""
    given = yaml.safe_load(deployment.stack_file.read_text())["config"]["sre-agent:variables"]
    return {"sre-agent:variables": {**given, "PAYMENTS_OPS_TOKEN": deployment.sealed(token)}}


def plain_secrets(deployment: Deployment, said: Iterable[Result]) -> list[str]:
    """Return those that can be read in what was said, in what ARM answers, in the state's folder or in a log.

    The local Azure's database is Azure's own.
    """
    azure = deployment.azure
    secrets = (TOKEN, NEXT_TOKEN, connection_string(azure))
    answers = [
        azure.arm("GET", f"{AGENT}{path}").text for path in ("", "/connectors", "/connectors/payments-ops")
    ]
    shown = [text for result in said for text in (result.stdout, result.stderr)]
    files = [path for path in deployment.state_folder.rglob("*") if path.is_file()]
    files += [path for path in azure.data_folder.rglob("*") if path.suffix in {".log", ".json"}]
    written = [path.read_text(errors="replace") for path in files]
    texts = [*answers, *shown, *written, json.dumps(azure.requests())]
    return [secret for text in texts for secret in secrets if secret in text]


def connection_string(azure: LocalAzure) -> str:
    path = f"{GROUP}/providers/Microsoft.Insights/components/appi-payments-oncall"
    found: str = azure.arm("GET", path, api_version="2020-02-02").json()["properties"]["ConnectionString"]
    return found


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

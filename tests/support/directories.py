"""Small agent directories for tests, written down as texts by path."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi_sre_agent.directory import AgentDirectory

Files = Mapping[str, Any]
"""Content by path below the directory: text as it is, anything else as JSON."""
Read = Callable[..., AgentDirectory]
Faults = Callable[..., list[str]]

AGENT: dict[str, Any] = {
    "identity": {"agentName": "oncall", "resourceGroup": "rg-oncall", "location": "swedencentral"},
    "access": {"accessLevel": "Low", "actionMode": "Review"},
}
"""The least that agent.json says."""

LONG = "Look at the dashboards first, then at the deployments of the last hours. "
"""Long enough for a skill."""

SKILL = f"metadata:\n  name: triage\n  description: When checkout fails.\nskillContent: {LONG}\n"


def write(root: Path, files: Files) -> Path:
    """Write a directory, with the least agent.json unless there is another."""
    for name, content in {"agent.json": AGENT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), "utf-8")
    return root


def agent(**members: Any) -> dict[str, Any]:
    """Return the least agent.json with more members, or with other values of its objects' members."""
    merged = dict(AGENT)
    for key, value in members.items():
        merged[key] = {**merged.get(key, {}), **value} if isinstance(value, dict) else value
    return merged


def described(name: str, **spec: Any) -> dict[str, Any]:
    """Return an item as recipes write it."""
    return {"metadata": {"name": name}, "spec": spec}


TOKEN = "ghp_of_the_tests"

EVERY_KIND: Files = {
    "connectors.secrets.env": f"GITHUB_PAT={TOKEN}\n",
    "connectors.json": [
        {
            "name": "events",
            "properties": {
                "dataConnectorType": "Kusto",
                "dataSource": "https://shop.swedencentral.kusto.windows.net/shop",
                "identity": "system",
            },
        }
    ],
    "config/connectorv2/tickets.yaml": described("tickets", apiName="jira", requireApprovalTools=["close"]),
    "config/github-domains/github-com.yaml": described("github.com", pat="${GITHUB_PAT}"),
    "config/plugins/marketplaces/shop.yaml": described("shop", source="contoso/plugins"),
    "config/plugins/installations/runbooks.yaml": described("runbooks", marketplace="shop"),
    "config/plugin-configs/runbooks.yaml": described("runbooks", folder="production"),
    "config/tools/trace.yaml": described("trace", type="LinkTool", template="https://traces.example.com"),
    "config/skills/triage.yaml": SKILL + "tools: [trace, jira_search]\n",
    "config/common-prompts/safety.yaml": described("safety", prompt="Change nothing unasked."),
    "config/subagents/lead.yaml": described(
        "lead",
        instructions=LONG,
        handoffs=["scribe"],
        tools=["trace"],
        enableSkills=True,
        allowedSkills=["triage"],
        commonPrompts=["safety"],
    ),
    "config/subagents/scribe.yaml": described("scribe", instructions=LONG, handoffs=[]),
    "config/hooks/no-deletes.yaml": {
        "name": "no-deletes",
        "type": "GlobalHook",
        "tags": [],
        "properties": {
            "eventType": "PreToolUse",
            "hook": {"type": "prompt", "prompt": "Is it harmless?", "matcher": "RunAzCliWriteCommands"},
            "permissionDecision": "deny",
            "enabled": True,
        },
    },
    "config/repos/shop.yaml": described("shop", url="contoso/shop", type="github"),
    "automations/incident-platforms/monitor.yaml": described("monitor", platformType="AzMonitor"),
    "automations/incident-filters/severe.yaml": described(
        "severe",
        priorities=["Sev0", "Sev1"],
        handlingAgent="lead",
        agentMode="Review",
        customInstructions="Say what customers notice.",
        tools=["trace"],
    ),
    "automations/scheduled-tasks/morning.yaml": described(
        "morning", schedule="0 7 * * 1-5", prompt="Sum up the night.", enabled=False, agent="scribe"
    ),
    "automations/http-triggers/deployed.yaml": described(
        "deployed", prompt="Look after {payload.version}.", handlingAgent="lead", agentMode="review"
    ),
    "data/map.md": "# What calls what\n\nThe shop calls the warehouse.\n",
    "data/knowledge.json": [{"filename": "contacts.md", "content": "# Who to call\n"}],
    "data/knowledge-items.json": [{"name": "glossary", "content": "# Words\n"}],
    "data/synthesized-knowledge/overview.md": "# Learned\n\nThe warehouse restarts on Mondays.\n",
    "data/repo-instructions.json": [
        {"repo": "shop", "files": [{"path": "AGENTS.md", "content": "Run make.\n"}]}
    ],
    "tool-permissions.json": {"allow": ["SearchMemory"], "ask": ["RunAzCliWriteCommands"], "deny": []},
    "roles.yaml": {"roles": [{"name": "Jira", "type": "manual", "instructions": "Consent in the portal."}]},
}
"""A directory that holds something of every kind; its one secret is `TOKEN`."""

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

"""An agent directory for tests of `sre.Agent`."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an agent directory with one common prompt."""
    settings = {
        "identity": {
            "agentName": "oncall",
            "resourceGroup": "rg-oncall",
            "location": "swedencentral",
            "targetResourceGroups": ["rg-payments"],
        },
        "access": {"accessLevel": "Low", "actionMode": "Review"},
        "upgradeChannel": "Stable",
        "monthlyAgentUnitLimit": 5000,
        "tags": {"team": "a"},
    }
    (tmp_path / "agent.json").write_text(json.dumps(settings))
    prompts = tmp_path / "config" / "common-prompts"
    prompts.mkdir(parents=True)
    (prompts / "safety.yaml").write_text("metadata: {name: safety}\nspec: {prompt: Be careful.}\n")
    return tmp_path

"""What an agent watches, who uses it and what it knows, written in another way: nothing changes."""

import json
from pathlib import Path

import pytest

from support.azure import SUBSCRIPTION, LocalAzure
from support.engines import BOTH, Engine
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-x"
ADA = "00000000-0000-0000-0000-00000000ada0"
AGENT_FILE = {
    "identity": {"agentName": "one-agent", "resourceGroup": "rg-one", "location": "swedencentral"},
    "access": {"accessLevel": "Low", "actionMode": "Review"},
}
PROGRAM = """
import pulumi
import pulumi_sre_agent as sre

OFF = {"enabled": False}
config = pulumi.Config()
agent = sre.Agent("ag", {
    "directory": "agent", "targets": config.require_object("targets"),
    "dashboard": OFF, "spend": OFF, "alerts": OFF,
    "people": [{"principal_id": config.require("person"), "role": "SRE Agent Reader"}],
    "http_triggers": {config.require("item"): {"agent_prompt": "Look."}},
})
pulumi.export("principalId", agent.principal_id)
"""


@pytest.mark.parametrize("engine", BOTH)
def test_nothing_changes_when_something_is_written_in_another_way(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    azure.group("rg-x")
    stack = Program(tmp_path, azure, PROGRAM, engine=engine)
    write(stack, "rg-x", ADA, "safety")
    stack.succeed("up")
    before = roles(azure)

    for target, person, item in (
        (GROUP, ADA.upper(), "Safety"),
        ("RG-X", ADA, "SAFETY"),
        ("rg-x", ADA.title(), "safety"),
    ):
        write(stack, target, person, item)
        stack.succeed("up", "--expect-no-changes")
        assert roles(azure) == before, target
    stack.succeed("refresh", "--expect-no-changes")

    assert len(before) == 6  # of both its identities


def write(stack: Program, target: str, person: str, item: str) -> None:
    """Say what the agent watches, who uses it, and what its prompt and its trigger are called."""
    stack.configure(targets=json.dumps([target]), person=person, item=item)
    folder = stack.program_folder / "agent" / "config" / "common-prompts"
    folder.mkdir(parents=True, exist_ok=True)
    (stack.program_folder / "agent" / "agent.json").write_text(json.dumps(AGENT_FILE))
    (folder / "prompt.yaml").write_text(f"metadata: {{name: {item}}}\nspec: {{prompt: Be careful.}}\n")


def roles(azure: LocalAzure) -> set[str]:
    """Ids of the role assignments on the group itself."""
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments"
    listed = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    return {each["id"].lower() for each in listed if each["properties"]["scope"].lower() == GROUP.lower()}

"""The stack's agent directory: refused before anything starts, and what follows from what it says."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.cli import FakePulumi, Folder, call

UP = "Resources:\n    + 1 created\n\nDuration: 1s\n\n"
AGENT = {
    "identity": {
        "agentName": "oncall",
        "resourceGroup": "rg-oncall",
        "location": "swedencentral",
        "targetResourceGroups": ["rg-one", "rg-two"],
    },
    "access": {"accessLevel": "Low", "actionMode": "Review"},
}
SKILL = """\
metadata:
  name: triage
  description: Looks at alerts.
skillContent: Look at the error rate first, then at the latest deployment, then at the database.
"""


@pytest.fixture
def configured(running: Folder) -> Iterator[Folder]:
    """Give the running project an agent directory."""
    skills = running.root / "stacks" / "agents" / "oncall" / "config" / "skills"
    skills.mkdir(parents=True, exist_ok=True)
    (skills / "triage.yaml").write_text(SKILL)
    (skills.parent.parent / "agent.json").write_text(json.dumps(AGENT))
    running.configure(agentDirectory="agents/oncall")
    call(running, "local", "reset", "--yes")
    yield running
    running.configure()
    call(running, "local", "reset", "--yes")


def requests(folder: Folder) -> list[str]:
    value = httpx.get(f"{folder.url}/_local/requests").json()["value"]
    return [f"{each['method']} {each['path']}" for each in value if "resourceGroups" in each["path"]]


def test_workload_is_made(configured: Folder, pulumi: FakePulumi) -> None:
    """The resource groups that the agent watches are created once, since nobody else would."""
    pulumi.answers("up", UP)
    pulumi.answers("stack output", json.dumps({"endpoint": "http://127.0.0.1:1/agents/a"}), as_json=True)
    first = call(configured, "local", "up", path=pulumi.path)
    second = call(configured, "local", "up", path=pulumi.path)

    said = "Created resource group {}: it stands for the workload that the agent watches.\n"
    assert first.code == second.code == 0
    assert said.format("rg-one") + said.format("rg-two") in first.err
    assert "Created resource group" not in second.err
    assert len([each for each in requests(configured) if each.startswith("PUT ")]) == 2


def test_program_that_makes_the_workload(configured: Folder, pulumi: FakePulumi) -> None:
    """Where the stack makes those groups itself, they are left to it."""
    configured.configure(agentDirectory="agents/oncall", makeTargets="true")
    pulumi.answers("up", UP)
    pulumi.answers("stack output", "{}", as_json=True)

    assert "Created resource group" not in call(configured, "local", "up", path=pulumi.path).err
    assert requests(configured) == []


@pytest.mark.parametrize("makefile", [True, False])
def test_hints(configured: Folder, pulumi: FakePulumi, makefile: bool) -> None:
    """After a first deployment there are three things to try, with this agent's own names."""
    (configured.root / "Makefile").unlink(missing_ok=True)
    if makefile:
        (configured.root / "Makefile").write_text("")
    pulumi.answers("up", UP)
    pulumi.answers("stack output", json.dumps({"endpoint": "http://127.0.0.1:1/agents/a"}), as_json=True)
    path = pulumi.path if makefile else f"{pulumi.path}:{Path(sys.executable).parent}"
    hints = call(configured, "local", "up", path=path).err.partition("\n\nTry next\n")[2].splitlines()
    url = "http://127.0.0.1:1/agents/a/api/v2/extendedAgent/skills"

    assert hints[1].strip() == ("make preview" if makefile else "sre-agent local preview")
    assert hints[3].strip().startswith('eval "$(')
    assert hints[4].strip() == f"agent_curl {url}"
    assert hints[6].strip() == (
        f"""agent_curl -X PATCH -d '{{"properties": {{"description": "Changed by hand"}}}}' {url}/triage"""
    )
    assert hints[7].strip() == (
        "make refresh preview up"
        if makefile
        else "sre-agent local refresh && sre-agent local preview && sre-agent local up"
    )


@pytest.mark.parametrize("verb", ["up", "preview"])
def test_faulty_directory(configured: Folder, pulumi: FakePulumi, verb: str) -> None:
    """All faults are told at once with file and line, and no engine is started."""
    agent = configured.root / "stacks" / "agents" / "oncall"
    (agent / "config" / "skills" / "triage.yaml").write_text("metadata:\n  name: triage\n")
    (agent / "agent.json").write_text(json.dumps({**AGENT, "access": {"actionMode": "Sometimes"}}))
    refused = call(configured, "local", verb, path=pulumi.path)
    first, *faults = refused.err.splitlines()

    assert (refused.code, refused.out) == (2, "")
    assert first.startswith(f"error: The agent directory {agent} has ")
    assert {fault.partition(": ")[0].strip() for fault in faults} == {
        "agent.json:1",
        "config/skills/triage.yaml:1",
    }
    assert pulumi.calls == []


def test_variables_that_are_no_mapping(configured: Folder, pulumi: FakePulumi) -> None:
    """A setting of the wrong shape is named."""
    configured.configure(agentDirectory="agents/oncall", variables="NAME=value")
    refused = call(configured, "local", "up", path=pulumi.path)

    assert (refused.code, refused.err) == (2, "error: toy:variables must be a mapping of names to values.\n")


def test_wrong_passphrase(configured: Folder, pulumi: FakePulumi) -> None:
    """Settings that cannot be decrypted are refused in one sentence."""
    configured.configure(agentDirectory="agents/oncall")
    text = configured.stack_file.read_text()
    secret = "v1:TJquWVyiEZzwya5f:dNoG3Y547JSzSziK8E0yaT8Bxlms9A=="
    configured.stack_file.write_text(f"{text}  toy:answers:\n    name:\n      secure: {secret}\n")
    refused = call(configured, "local", "up", path=pulumi.path, PULUMI_CONFIG_PASSPHRASE="wrong")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: ")
    assert refused.err.count("\n") == 1

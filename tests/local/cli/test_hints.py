"""What is suggested after a first deployment, with the names that it has put into the state."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli.azure import LocalAzure
from sre_agent_local.cli.hints import suggest_after_up
from support.cli import FakePulumi, Folder, call

UP = "Resources:\n    + 3 created\n\nDuration: 1s\n\n"
RESOURCES: list[dict[str, object]] = [
    {"type": "pulumi:pulumi:Stack", "outputs": {}},
    {"type": "pulumi-python:dynamic/sre:Skill", "inputs": {"name": "triage"}},
    {"type": "pulumi-python:dynamic/sre:Skill", "inputs": {"name": "rollback"}},
]


@pytest.fixture
def deployed(running: Folder, pulumi: FakePulumi) -> Iterator[Folder]:
    """A project whose `up` creates something, and whose agent has an endpoint."""
    pulumi.answers("up", UP)
    pulumi.answers("stack output", json.dumps({"endpoint": "http://127.0.0.1:1/agents/a"}), as_json=True)
    yield running
    find(running.root, "local").checkpoint.unlink()


def store(folder: Folder, resources: list[dict[str, object]] | None) -> None:
    """Write the state that the deployment leaves; None: of a stack that never held anything."""
    file = find(folder.root, "local").checkpoint
    file.parent.mkdir(parents=True, exist_ok=True)
    latest = None if resources is None else {"resources": resources}
    file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))


@pytest.mark.parametrize("makefile", [True, False])
def test_three_things_to_try(deployed: Folder, pulumi: FakePulumi, makefile: bool) -> None:
    """After a first deployment there are three things to try, with this agent's own names."""
    store(deployed, RESOURCES)
    (deployed.root / "Makefile").unlink(missing_ok=True)
    if makefile:
        (deployed.root / "Makefile").write_text("")
    path = pulumi.path if makefile else f"{pulumi.path}:{Path(sys.executable).parent}"
    hints = call(deployed, "local", "up", path=path).err.partition("\n\nTry next\n")[2].splitlines()
    url = "http://127.0.0.1:1/agents/a/api/v2/extendedAgent/skills"

    assert hints[1].strip() == ("make preview" if makefile else "sre-agent local preview")
    assert hints[3].strip().startswith('eval "$(')
    assert hints[4].strip() == f"agent_curl {url}"
    assert hints[6].strip() == (
        f"""agent_curl -X PATCH -d '{{"properties": {{"description": "Changed by hand"}}}}' {url}/rollback"""
    )
    assert hints[7].strip().endswith("sre-agent drift -s local --revert")


def test_commands_name_a_stack_that_is_not_the_default(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is pasted works on the stack that was deployed, which no Makefile knows."""
    (folder.root / "Makefile").write_text("")
    project = replace(find(folder.root, "local"), stack="demo")
    latest = {"resources": RESOURCES[1:]}
    project.checkpoint.parent.mkdir(parents=True)
    project.checkpoint.write_text(json.dumps({"checkpoint": {"latest": latest}}))
    suggest_after_up(project, {"endpoint": "http://127.0.0.1:1/agents/a"})
    hints = capsys.readouterr().err

    assert "sre-agent local preview -s demo\n" in hints
    assert 'sre-agent local env -s demo)"\n' in hints
    assert "sre-agent drift -s demo --revert\n" in hints
    with pytest.raises(Unavailable, match="start it with `sre-agent local start -s demo`"):
        LocalAzure(project).require()


@pytest.mark.parametrize("resources", [None, [], RESOURCES[:1]])
def test_nothing_without_a_skill(
    deployed: Folder, pulumi: FakePulumi, resources: list[dict[str, object]] | None
) -> None:
    """An agent without a skill has nothing to be changed behind its back."""
    store(deployed, resources)

    assert "Try next" not in call(deployed, "local", "up", path=pulumi.path).err

"""`sre-agent explain`: where agents are read from, and what is refused."""

import json
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call
from support.directories import agent, described, write

STATE = {
    "version": 3,
    "deployment": {
        "resources": [
            {
                "urn": "urn:pulumi:prod::toy::pulumi-python:dynamic/sre:Agent::shop",
                "type": "pulumi-python:dynamic/sre:Agent",
                "custom": True,
                "inputs": {"name": "shop", "action_configuration": {"mode": "Autonomous"}},
            }
        ]
    },
}


@pytest.fixture
def directory(folder: Folder) -> Path:
    task = described("nightly", schedule="0 6 * * *", mode="Autonomous", prompt="Look at ${SERVICE}.")
    return write(folder.root / "oncall", {"automations/scheduled-tasks/nightly.yaml": task})


def test_a_directory(folder: Folder, directory: Path) -> None:
    shown = call(folder, "explain", "permissions", "oncall")

    assert (shown.code, shown.err) == (0, "")
    assert "scheduled task nightly: mode Autonomous (its own)\n" in shown.out


@pytest.mark.parametrize(
    "words",
    [["explain", "permissions"], ["explain", "alerts"], ["graph"], ["lint"], ["verify", "--agent", "shop"]],
    ids=" ".join,
)
def test_each_command_takes_variables_and_answers(folder: Folder, words: list[str]) -> None:
    """A recipe is read with both; the live agent that `verify` looks for after that is not there."""
    prompts = {"team": {"ask": "Whose?", "required": True}}
    settings = agent(_prompts=prompts, tags={"team": "{{team}}"})
    write(folder.root / "recipe", {"agent.json": settings})
    given = ["--answer", "team=payments", "--var", "SERVICE=shop"]
    without, read = call(folder, *words, "recipe"), call(folder, *words, "recipe", *given)
    bad = call(folder, *words, "recipe", "--answer", "team")

    assert "team" in without.err
    assert "team" not in read.err
    assert read.code == 0 or words[0] == "verify"
    assert (bad.code, "'team' is no NAME=VALUE." in bad.err) == (2, True)


def test_the_state_of_a_stack(folder: Folder, pulumi: FakePulumi) -> None:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    pulumi.answers("stack export", json.dumps(STATE))
    shown = call(folder, "explain", "permissions", "-s", "prod", "--json", path=pulumi.path)

    assert shown.code == 0, shown.err
    assert [line.split(" -C ")[0] for line in pulumi.lines] == ["stack export"]
    (agent,) = shown.json["agents"]
    assert (agent["name"], agent["actors"][0]["mode"]) == ("shop", "Autonomous")


def test_alerts_of_a_directory(folder: Folder) -> None:
    plan = {"incidentPlatform": "AzMonitor", "priorities": ["Sev0", "Sev1"], "agentMode": "review"}
    text = json.dumps({"metadata": {"name": "grave"}, "spec": plan})
    write(folder.root / "oncall", {"automations/incident-filters/grave.yaml": text})
    shown = call(folder, "explain", "alerts", "oncall")

    assert (shown.code, shown.err) == (0, "")
    assert "    Sev0, Sev1: grave, by the agent itself, in Review\n    Sev2 to Sev4: no plan\n" in shown.out
    (agent,) = call(folder, "explain", "alerts", "oncall", "--json").json["agents"]
    assert [sample["route"]["outcome"] for sample in agent["samples"]] == ["taken", "untaken"]


@pytest.mark.parametrize(
    "words",
    [
        ["explain", "permissions", "-s", "local", "--var", "A=1"],
        ["explain", "alerts", "--agent", "shop", "--answer", "a=1"],
        ["graph", "--preview", "p.json", "--var", "A=1"],
        ["graph", "-s", "local", "--answer", "a=1"],
        ["verify", "--agent", "shop", "--var", "A=1"],
    ],
    ids=" ".join,
)
def test_values_are_refused_where_no_directory_takes_them(folder: Folder, words: list[str]) -> None:
    shown = call(folder, *words)

    assert (shown.code, shown.out) == (2, "")
    assert f"{words[-2]} is for an agent directory, and none is read here: leave it out." in shown.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say where the agent is to be read from: a directory, --stack"),
        (["oncall", "-s", "local"], "Say where the agent is to be read from: a directory, --stack"),
        (["oncall", "--var", "SERVICE"], "'SERVICE' is no NAME=VALUE."),
        (["nowhere"], "there is no such directory"),
        (["-s", "nowhere"], "There is no stack 'nowhere'"),
    ],
)
def test_what_is_no_source_is_refused(
    folder: Folder, directory: Path, words: list[str], sentence: str
) -> None:
    shown = call(folder, "explain", "permissions", *words)

    assert (shown.code, shown.out) == (2, "")
    assert sentence in shown.err

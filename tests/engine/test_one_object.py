"""A program whose resources change their names: what it still has stays in Azure, by either engine."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.azure import LocalAzure
from support.engines import BOTH, PULUMI, Engine, needs_pulumi
from support.one_object.drivers import CommandDriver, Driver
from support.one_object.machine import Edits, play
from support.programs import Program

TEXT = "Do all of the steps in order, then report what you did and found."
PROGRAM = """
import json, pathlib, pulumi, pulumi_sre_agent as sre

agent_id = pulumi.Config().require("agentId")
for name, (kind, args) in json.loads(pathlib.Path("items.json").read_text()).items():
    getattr(sre.resources, kind)(name, agent_id=pulumi.Output.from_input(agent_id), **args)
"""
GROUP = """
import pulumi, pulumi_azure_native as azure

name = pulumi.Config().require("name")
azure.resources.ResourceGroup(name, resource_group_name="rg-zz", location="swedencentral")
"""
ITEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "skill": ("Skill", {"name": "sk-eight", "description": "mine", "skill_content": TEXT, "tools": []}),
    "task": ("ScheduledTask", {"name": "t-eight", "cron_expression": "0 8 * * *", "agent_prompt": "look"}),
    "document": ("KnowledgeDocument", {"name": "doc.md", "content": "# hello"}),
    "hook": (
        "Hook",
        {"name": "h-eight", "event_type": "Stop", "hook": {"type": "prompt", "prompt": "Done?"}},
    ),
    "prompt": ("CommonPrompt", {"name": "cp-eight", "prompt": TEXT}),
}


class Items(Program):
    """Items of one agent, by their names in Pulumi."""

    def __init__(self, folder: Path, azure: LocalAzure, engine: Engine) -> None:
        self.agent_id = azure.agent("names")
        super().__init__(folder, azure, PROGRAM, engine=engine, agentId=self.agent_id)

    def say(self, items: dict[str, tuple[str, dict[str, Any]]]) -> "Items":
        (self.program_folder / "items.json").write_text(json.dumps(items))
        return self

    def assert_nothing_is_found(self) -> None:
        self.succeed("refresh", "--expect-no-changes")
        self.succeed("preview", "--expect-no-changes")


@pytest.mark.parametrize("engine", BOTH)
def test_items_stay_when_only_their_names_in_pulumi_change(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    stack = Items(tmp_path, azure, engine).say(ITEMS)
    stack.succeed("up")
    stack.say({f"{name}-renamed": item for name, item in ITEMS.items()})
    stack.succeed("up")

    assert {name for name in stack.resources() if name.endswith("-renamed")} == {
        f"{n}-renamed" for n in ITEMS
    }
    stack.assert_nothing_is_found()
    stack.succeed("destroy")

    assert stack.resources() == {}
    assert azure.data("GET", stack.agent_id, "/api/v2/extendedAgent/skills").json()["value"] == []


@pytest.mark.parametrize("engine", BOTH)
def test_a_group_under_another_name_in_pulumi_is_refused(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    """As azure-native does, which takes over nothing: the group stays, and in the state, too."""
    stack = Program(tmp_path, azure, GROUP, engine=engine, name="old")
    stack.succeed("up")
    stack.configure(name="new")
    result = stack.fail("up")

    id_ = stack.resources()["old"]["id"]
    assert f"cannot create already existing resource '{id_}'" in result.stdout + result.stderr
    assert "new" not in stack.resources()
    assert azure.arm("GET", id_, api_version="2024-03-01").status_code == 200


@pytest.mark.parametrize("engine", BOTH)
def test_an_item_that_is_declared_twice_is_refused_with_both_names(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    stack = Items(tmp_path, azure, engine).say({"skill": ITEMS["skill"], "other": ITEMS["skill"]})

    result = stack.fail("preview")

    assert "'skill' and 'other' are the same skill in Azure" in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


@needs_pulumi
def test_what_the_engine_is_asked_to_replace_is_deleted_first(tmp_path: Path, azure: LocalAzure) -> None:
    """`--replace`, a taint and a renamed state leave each item there once."""
    stack = Items(tmp_path, azure, PULUMI).say(ITEMS)
    stack.succeed("up")
    urns = {name: resource["urn"] for name, resource in stack.resources().items()}
    azure.forget_requests()
    stack.succeed("up", "--replace", urns["skill"])
    deletes = [entry for entry in azure.requests() if entry["method"] == "DELETE"]
    assert len(deletes) == 1
    stack.assert_nothing_is_found()
    stack.succeed("state", "taint", urns["prompt"], "--yes")
    stack.succeed("up")
    stack.assert_nothing_is_found()
    stack.succeed("state", "rename", urns["hook"], "another", "--yes")
    stack.succeed("up")
    stack.assert_nothing_is_found()
    stack.succeed("up", "--target", urns["task"])

    stack.assert_nothing_is_found()


@needs_pulumi
def test_green_is_true_on_the_real_engine_whatever_is_edited(azure: LocalAzure) -> None:
    """The sequences of tests/resources, of which SEQUENCES plays more."""

    class OnCommandLine(Edits):
        def driver(self, folder: Path) -> Driver:
            return CommandDriver(folder, azure, PULUMI)

    OnCommandLine.azure = azure
    counts = play(OnCommandLine, sequences=int(os.environ.get("SEQUENCES", "1")), steps=5)

    assert counts["green"] > counts["red"]

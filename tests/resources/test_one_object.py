"""Two logical resources that are one thing in Azure: whatever a program does to names, green is true.

After every run that reports success each resource of the state exists in Azure, once, as the program says,
nothing else does, and a refresh finds nothing. The engine's core runs in this process.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from support.azure import LocalAzure
from support.kind_plugins import KindPlugins, goal
from support.one_object.drivers import Driver, InlineDriver
from support.one_object.machine import Edits, play
from support.provider_process import ProviderProcess
from support.rig import Outcome, Rig

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
TEXT = "Do all of the steps in order, then report what you did and found. Part "
KINDS = {
    "Skill": ("/api/v2/extendedAgent/skills", "skill_content"),
    "CommonPrompt": ("/api/v2/extendedAgent/commonprompts", "prompt"),
}
"""Where a kind's items are listed, and the argument that is their content."""


class Program:
    """Resources by their names in Pulumi, each an item of a kind, deployed to an agent of its own."""

    _numbers: ClassVar[Iterator[int]] = itertools.count()

    def __init__(self, folder: Path, azure: LocalAzure) -> None:
        self.azure, self.agent_id = azure, azure.agent(f"one-object-{next(self._numbers)}")
        self.plugins = KindPlugins(azure)
        self.rig = Rig(folder, plugins=self.plugins)
        self.resources: dict[str, tuple[str, str, int]] = {}
        """Kind, name of the item and number of its content."""

    def up(self, **options: dict[str, Any]) -> Outcome:
        """Deploy; `options` are those of single resources."""
        return self.rig.up(
            *(
                goal(
                    kind,
                    resource,
                    {"agent_id": self.agent_id, "name": name, KINDS[kind][1]: f"{TEXT}{part}"},
                    **options.get(resource, {}),
                )
                for resource, (kind, name, part) in self.resources.items()
            )
        )

    def assert_green_is_true(self, outcome: Outcome) -> None:
        """Compare program, state and Azure, unless the run said that it failed."""
        if outcome.has_failed:
            return
        for kind, (path, _) in KINDS.items():
            listed = self.azure.data("GET", self.agent_id, path).json()["value"]
            wanted = {name.lower() for each, name, _ in self.resources.values() if each == kind}
            assert sorted(item["name"].lower() for item in listed) == sorted(wanted), kind
        refreshed = self.rig.refresh()
        assert not refreshed.has_failed, refreshed.errors
        assert refreshed.steps == [], "a refresh finds something"
        assert set(self.rig.state()) - {"toy-dev", "default"} == set(self.resources)


@pytest.fixture
def program(tmp_path: Path, azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Program:
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    return Program(tmp_path, azure)


def test_a_renamed_resource_keeps_its_item(program: Program) -> None:
    program.resources = {"a": ("Skill", "mine", 1)}
    program.up()
    program.resources = {"b": ("Skill", "mine", 1)}
    outcome = program.up()

    assert outcome.steps == ["create b", "delete a"]
    assert not outcome.has_failed
    program.assert_green_is_true(outcome)


def test_an_items_name_in_other_case_is_the_same_item(program: Program) -> None:
    program.resources = {"a": ("Skill", "mine", 1)}
    program.up()
    program.resources = {"A": ("Skill", "Mine", 1)}
    outcome = program.up()

    assert not outcome.has_failed
    program.assert_green_is_true(outcome)


def test_of_two_resources_of_one_item_one_can_go(program: Program) -> None:
    program.resources = {"a": ("Skill", "mine", 1), "b": ("Skill", "mine", 1)}
    program.up()
    del program.resources["b"]
    outcome = program.up()

    assert outcome.steps == ["delete b"]
    program.assert_green_is_true(outcome)


def test_a_replacement_that_the_engine_asks_for_makes_the_item_anew(program: Program) -> None:
    program.resources = {"a": ("Skill", "mine", 1)}
    program.up()
    program.resources = {"a": ("Skill", "mine", 2)}
    program.azure.forget_requests()
    outcome = program.up(a={"replace_on_changes": ("skill_content",)})

    deletes = [entry for entry in program.azure.requests() if entry["method"] == "DELETE"]
    assert not outcome.has_failed
    assert len(deletes) == 1
    program.assert_green_is_true(outcome)


def test_a_role_that_two_resources_share_outlives_one_of_them(program: Program) -> None:
    """As of two agents of a fleet with one identity, of which one leaves."""
    scope = program.azure.group("rg-shared")
    args = {
        "scope": scope,
        "role": READER,
        "principal_id": program.azure.identity("id-shared", "rg-shared")["properties"]["principalId"],
        "principal_type": "ServicePrincipal",
    }
    same = args | {"scope": scope.replace("rg-shared", "RG-SHARED")}
    rig = program.rig
    both = rig.up(goal("RoleAssignment", "a", args), goal("RoleAssignment", "b", same))
    one = rig.up(goal("RoleAssignment", "b", same))

    assert (both.has_failed, one.has_failed) == (False, False)
    assert one.steps == ["delete a"]
    assert rig.refresh().steps == []
    rig.destroy()
    assert program.azure.arm("GET", both.step("a").new.id, api_version="2022-04-01").status_code == 404


@pytest.mark.parametrize("writes", [1, 2])
def test_a_role_that_one_of_two_gives_up_is_still_there_after_a_kill(program: Program, writes: int) -> None:
    """As of two agents with one identity, of which one gets another: it gives its role up last."""
    scope = program.azure.group("rg-shared")
    mine, other = (
        {
            "scope": scope,
            "role": READER,
            "principal_id": program.azure.identity(name)["properties"]["principalId"],
            "principal_type": "ServicePrincipal",
        }
        for name in ("id-mine", "id-other")
    )
    rig = program.rig
    rig.up(goal("RoleAssignment", "a", mine), goal("RoleAssignment", "b", mine))
    goals = goal("RoleAssignment", "a", other), goal("RoleAssignment", "b", mine)
    program.plugins.writes_until_kill = writes
    with pytest.raises(BaseException):  # noqa: B017, PT011 - whatever a kill comes to
        rig.up(*goals)
    program.plugins.writes_until_kill = None
    outcome = rig.up(*goals)

    assert not outcome.has_failed
    assert rig.refresh().steps == []


def test_a_kill_between_create_and_delete_loses_nothing(program: Program) -> None:
    program.resources = {"a": ("Skill", "mine", 1)}
    program.up()
    program.resources = {"b": ("Skill", "mine", 1)}
    program.plugins.writes_until_kill = 1
    with pytest.raises(BaseException):  # noqa: B017, PT011 - whatever a kill comes to
        program.up()
    program.plugins.writes_until_kill = None
    outcome = program.up()

    assert not outcome.has_failed
    program.assert_green_is_true(outcome)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_green_is_true_whatever_is_edited(
    cloud: LocalAzure, providers: ProviderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole programs, edited at random; SEQUENCES=500 plays more of them."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)

    class Inline(Edits):
        def driver(self, folder: Path) -> Driver:
            return InlineDriver(folder, cloud, providers)

    Inline.azure = cloud
    counts = play(Inline, sequences=int(os.environ.get("SEQUENCES", "3")), steps=8)

    assert counts["green"] > counts["red"]

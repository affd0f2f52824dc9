"""Two logical resources that are one thing in Azure: whatever a program does to names, green is true.

After every run that reports success each resource of the state exists in Azure, once, as the program says,
nothing else does, and a refresh finds nothing. The engine's core and the providers run in one process.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.azure import LocalAzure
from support.kind_plugins import PACKAGE, KindPlugins, goal
from support.rig import Outcome, Rig, alias, urn

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


NAMES = st.sampled_from(("one", "ONE", "two", "three"))
RESOURCES = st.sampled_from(("a", "b", "c", "d"))


class Edits(RuleBasedStateMachine):
    """A program that somebody edits at random, deployed after every edit."""

    azure: ClassVar[LocalAzure]

    @initialize()
    def begin(self) -> None:
        self._folder = TemporaryDirectory()
        self.program = Program(Path(self._folder.name), self.azure)

    def teardown(self) -> None:
        self._folder.cleanup()

    @rule(resource=RESOURCES, kind=st.sampled_from(sorted(KINDS)), name=NAMES, part=st.integers(1, 2))
    def say(self, resource: str, kind: str, name: str, part: int) -> None:
        """Add a resource, or make another of one: another kind, item, letter case or content."""
        self.program.resources[resource] = (kind, name, part)
        self.deploy()

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        del self.program.resources[self.one_of(data)]
        self.deploy()

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data(), resource=RESOURCES, with_alias=st.booleans())
    def rename(self, data: st.DataObject, resource: str, with_alias: bool) -> None:
        old = self.one_of(data)
        kind, name, part = self.program.resources.pop(old)
        taken = resource in self.program.resources
        self.program.resources[resource] = (kind, name, part)
        aliases = (
            (alias(urn(old, f"{PACKAGE}{kind}")),) if with_alias and not taken and old != resource else ()
        )
        self.deploy(**({resource: {"aliases": aliases}} if aliases else {}))

    @precondition(lambda self: len(self.program.resources) > 1)
    @rule(data=st.data())
    def swap(self, data: st.DataObject) -> None:
        """Let two resources change places: with their contents, or only by name."""
        one, other = self.one_of(data), self.one_of(data)
        resources = self.program.resources
        resources[one], resources[other] = resources[other], resources[one]
        self.deploy()

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data(), part=st.integers(1, 2))
    def replace(self, data: st.DataObject, part: int) -> None:
        """Have the engine replace what the provider would update."""
        resource = self.one_of(data)
        kind, name, _ = self.program.resources[resource]
        self.program.resources[resource] = (kind, name, part)
        self.deploy(**{resource: {"replace_on_changes": ("*",)}})

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data(), writes=st.integers(1, 3), part=st.integers(1, 2))
    def kill(self, data: st.DataObject, writes: int, part: int) -> None:
        """Kill the engine in the middle of a run; the next one goes on."""
        resource = self.one_of(data)
        kind, name, _ = self.program.resources.pop(resource)
        self.program.resources[f"{resource}2"[-2:]] = (kind, name, part)
        self.program.plugins.writes_until_kill = writes
        items = [(kind, name.lower()) for kind, name, _ in self.program.resources.values()]
        if len(items) == len(set(items)):
            with suppress(BaseException):
                self.program.up()
        self.program.plugins.writes_until_kill = None
        self.deploy()

    def one_of(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.program.resources)))

    def deploy(self, **options: dict[str, Any]) -> None:
        items = [(kind, name.lower()) for kind, name, _ in self.program.resources.values()]
        if len(items) != len(set(items)):
            return  # a program says that it will not, before anything is sent
        outcome = self.program.up(**options)
        event("green" if not outcome.has_failed else "red")
        self.program.assert_green_is_true(outcome)


def test_green_is_true_whatever_is_edited(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    Edits.azure = azure
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=int(os.environ.get("SEQUENCES", "25")),
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            print_blob=True,
            database=None,
        ),
    )

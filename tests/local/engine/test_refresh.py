"""What a refresh finds, and what it leaves in state."""

import pytest

from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.responses import ProviderError
from support.rig import ROOT, THING, Rig, resting_on, thing, urn


def test_nothing_new(rig: Rig) -> None:
    """What is as it was stays the same, but for empty lists of dependencies, which Pulumi drops here."""
    rig.up(thing("a", property_dependencies={"size": ()}))
    before = rig.state()["a"]
    outcome = rig.refresh()

    assert outcome.steps == []
    assert "a" in outcome.sames
    assert before.pop("propertyDependencies") == {"size": []}
    assert rig.state()["a"] == before


def test_what_was_changed_behind_our_back(rig: Rig) -> None:
    """Found inputs and outputs are taken over; the diff tells what was done, not what an `up` would do."""
    rig.up(thing("a", inputs={"size": 1, "gone": 1}))
    rig.cloud.things["a"] = {"size": 2, "new": 1}
    outcome = rig.refresh()
    rows = outcome.step("a").detailed_diff

    assert outcome.steps == ["update a"]
    assert {path: row.kind for path, row in rows.items()} == {
        "size": "update",
        "gone": "delete",
        "new": "add",
    }
    assert rig.state()["a"]["inputs"] == {"size": 2, "new": 1}


def test_what_was_deleted_behind_our_back(rig: Rig) -> None:
    """It goes, and so does every reference to it."""
    rig.up(
        thing("a"),
        resting_on("b", "a", deleted_with=urn("a")),
        thing("child", parent=urn("a")),
    )
    del rig.cloud.things["a"]
    rig.refresh()
    state = rig.state()

    assert rig.names() == ["b", "child"]
    assert not {"dependencies", "propertyDependencies", "deletedWith"} & state["b"].keys()
    assert "parent" not in state["child"]


def test_what_is_not_healthy(rig: Rig) -> None:
    """A resource in a bad way is warned of and kept."""
    rig.up(thing("a"))
    rig.cloud.half_made = frozenset("a")
    outcome = rig.refresh()

    assert outcome.errors == ["Refreshed resource is in an unhealthy state:\n* not healthy"]
    assert not outcome.has_failed
    assert rig.state()["a"]["initErrors"] == ["not healthy"]


def test_a_read_that_fails_changes_nothing(rig: Rig) -> None:
    """The resource stays as it was, the run fails, and what was not read yet stays, too."""
    rig.up(thing("a"), thing("b"))
    rig.parallel = 1
    rig.cloud.things["b"] = {"size": 2}
    rig.cloud.errors["read a"] = ProviderError("no answer")
    outcome = rig.refresh()

    assert outcome.has_failed
    assert outcome.errors == ["no answer"]
    assert rig.names() == ["a", "b"]
    assert rig.state()["b"]["inputs"] == {"size": 1}


@pytest.mark.parametrize(("size", "steps"), [(7, []), (8, ["update a"])])
def test_somebody_elses_is_compared_by_outputs(rig: Rig, size: int, steps: list[str]) -> None:
    rig.cloud.things["a"] = {"size": 7}
    rig.up(Goal(type=THING, name="a", custom=True, parent=ROOT, read_id="a"))
    rig.cloud.things["a"] = {"size": size}

    assert rig.refresh().steps == steps
    assert "diff a" not in rig.cloud.calls


def test_what_waits_for_its_replacement_is_not_read(rig: Rig) -> None:
    rig.up(thing("a"))
    rig.cloud.errors["create a"] = ProviderError("no room")
    rig.up(thing("a", inputs={"zone": "z", "before": True}))
    rig.cloud.calls.clear()
    rig.refresh()

    assert "read a" not in rig.cloud.calls
    assert rig.names() == ["a (pending)"]

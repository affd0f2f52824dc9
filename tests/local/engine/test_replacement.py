"""Replacements with what depends on them, and the order of deletes."""

import pytest

from sre_agent_local.engine.goals import Goal
from support.rig import BOX, ROOT, THING, Rig, changed, resting_on, thing, urn


class TestReplacementWithDependents:
    replaced = thing("a", inputs={"zone": "z", "before": True})

    def test_dependents_that_would_be_replaced_go_first(self, rig: Rig) -> None:
        """Direct and indirect dependents are deleted in reverse order, then everything is made anew."""
        rest = (resting_on("b", "a"), resting_on("c", "b"))
        rig.up(thing("a"), *rest)
        outcome = rig.up(self.replaced, *rest)

        assert outcome.steps == [
            "delete-replaced c",
            "delete-replaced b",
            "delete-replaced a",
            "replace a",
            "create-replacement a",
            "replace b",
            "create-replacement b",
            "replace c",
            "create-replacement c",
        ]
        assert rig.names() == ["a", "b", "c"]
        keys = [outcome.step("b", op).keys for op in ("replace", "create-replacement")]
        assert keys == [(), ("zone",)], "the reason is another resource's"

    @pytest.mark.parametrize(
        "dependent",
        [
            pytest.param(resting_on("b", "a", key="size"), id="what it takes is not its identity"),
            pytest.param(thing("b", dependencies=(urn("a"),)), id="it only depends_on"),
            pytest.param(
                Goal(type=BOX, name="b", custom=False, parent=ROOT, dependencies=(urn("a"),)),
                id="a component",
            ),
            pytest.param(
                Goal(type=THING, name="b", custom=True, parent=ROOT, dependencies=(urn("a"),), read_id="b"),
                id="somebody else's",
            ),
        ],
    )
    def test_other_dependents_stay(self, rig: Rig, dependent: Goal) -> None:
        rig.cloud.things["b"] = {}
        rig.up(thing("a"), dependent)
        outcome = rig.up(self.replaced, dependent)

        assert "delete b" not in rig.cloud.calls
        assert "delete-replaced b" not in outcome.steps

    def test_what_has_registered_already_is_left_alone(self, rig: Rig) -> None:
        """A resource that no longer rests on the replaced one, and registers before it, stays."""
        rig.up(thing("a"), resting_on("b", "a"))
        outcome = rig.up(thing("b", inputs={"zone": "a"}), self.replaced)

        assert outcome.steps == ["delete-replaced a", "replace a", "create-replacement a"]

    def test_dependent_that_the_program_has_no_more_is_just_gone(self, rig: Rig) -> None:
        rig.up(thing("a"), resting_on("b", "a"))
        outcome = rig.up(self.replaced)

        assert outcome.steps.count("delete-replaced b") == 1
        assert "delete b" not in outcome.steps
        assert rig.names() == ["a"]

    def test_dependent_of_two_replaced_resources_is_deleted_once(self, rig: Rig) -> None:
        rest = resting_on("c", "a", "b")
        rig.up(thing("a"), thing("b"), rest)
        outcome = rig.up(self.replaced, changed(self.replaced, name="b"), rest)

        assert outcome.steps.count("delete-replaced c") == 1
        assert rig.cloud.calls.count("delete c") == 1

    def test_deleted_with_follows_its_host_without_a_call(self, rig: Rig) -> None:
        """What is deleted with its host needs no delete of its own, and is made anew with it."""
        guest = thing("guest", deleted_with=urn("a"), dependencies=(urn("a"),))
        rig.up(thing("a"), guest)
        rig.cloud.calls.clear()
        outcome = rig.up(self.replaced, guest)

        assert outcome.steps[:2] == ["delete-replaced guest", "delete-replaced a"]
        assert outcome.steps[-1] == "create-replacement guest"
        assert "delete guest" not in rig.cloud.calls

    def test_deleted_with_follows_a_host_that_is_created_first(self, rig: Rig) -> None:
        guest = thing("guest", deleted_with=urn("a"))
        rig.up(thing("a"), guest)
        outcome = rig.up(thing("a", inputs={"zone": "z"}), guest)

        assert "replace guest" in outcome.steps
        assert outcome.step("guest", "replace").keys == ("deletedWith",)
        assert "delete guest" not in rig.cloud.calls

    def test_deleted_with_follows_a_host_that_goes_with_another(self, rig: Rig) -> None:
        """Its host is replaced only because of what that rests on: the guest goes before, and comes after."""
        guest = thing("guest", deleted_with=urn("host"), dependencies=(urn("host"),))
        rest = (resting_on("host", "a"), guest)
        rig.up(thing("a"), *rest)
        outcome = rig.up(self.replaced, *rest)

        assert outcome.steps[:3] == ["delete-replaced guest", "delete-replaced host", "delete-replaced a"]
        assert outcome.steps[-1] == "create-replacement guest"
        assert "delete guest" not in rig.cloud.calls
        assert rig.names() == ["a", "host", "guest"]


class TestDeletes:
    def test_dependents_go_before_what_they_rest_on(self, rig: Rig) -> None:
        box = Goal(type=BOX, name="box", custom=False, parent=ROOT)
        rig.up(thing("a"), box, resting_on("b", "a", parent=urn("box", BOX)), resting_on("c", "a"))
        outcome = rig.destroy()

        assert set(outcome.steps[:2]) == {"delete b", "delete c"}
        assert set(outcome.steps[2:]) == {"delete a", "delete box"}
        assert rig.state() == {}

    @pytest.mark.parametrize(
        "goal",
        [
            pytest.param(thing("a", retain_on_delete=True), id="retained"),
            pytest.param(Goal(type=BOX, name="a", custom=False, parent=ROOT), id="a component"),
            pytest.param(
                Goal(type=THING, name="a", custom=True, parent=ROOT, read_id="a"),
                id="somebody else's",
            ),
        ],
    )
    def test_no_call_where_there_is_nothing_to_delete(self, rig: Rig, goal: Goal) -> None:
        rig.cloud.things["a"] = {}
        rig.up(goal)
        rig.destroy()

        assert "delete a" not in rig.cloud.calls
        assert rig.state() == {}

"""What a failed or interrupted step leaves in state, and what protection keeps from it."""

import pytest

from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.responses import ProviderError
from support.rig import BOX, ROOT, Rig, resting_on, thing, urn


class TestFailures:
    def test_failed_create_leaves_nothing(self, rig: Rig) -> None:
        """A create that failed is neither in state nor pending, and what comes after does not start."""
        rig.cloud.errors["create b"] = ProviderError("no room")
        outcome = rig.up(thing("a"), thing("b"), thing("c"))

        assert (outcome.steps, outcome.errors) == (["create a"], ["no room"])
        assert rig.names() == ["a"]
        assert "pending_operations" not in (rig.backend.read() or {})

    def test_failed_update_keeps_the_old_state(self, rig: Rig) -> None:
        rig.up(thing("a"))
        rig.cloud.errors["update a"] = ProviderError("not today")
        rig.up(thing("a", inputs={"size": 2}))

        assert rig.state()["a"]["inputs"] == {"size": 1}

    def test_failed_delete_keeps_the_resource_and_stops_the_rest(self, rig: Rig) -> None:
        rig.up(thing("a"), resting_on("b", "a"))
        rig.cloud.errors["delete b"] = ProviderError("in use")
        outcome = rig.up()

        assert outcome.errors == ["in use"]
        assert rig.names() == ["a", "b"]

    def test_replacement_that_fails_is_made_by_the_next_run(self, rig: Rig) -> None:
        """Deleted first and then not created: the state remembers, and the next run only creates."""
        rig.up(thing("a"))
        rig.cloud.errors["create a"] = ProviderError("no room")
        replaced = thing("a", inputs={"zone": "z", "before": True})
        rig.up(replaced)
        between = rig.names()
        rig.cloud.errors.clear()
        outcome = rig.up(replaced)

        assert between == ["a (pending)"]
        assert outcome.steps == ["replace a", "create-replacement a"]
        assert rig.names() == ["a"]

    def test_replacement_that_was_never_made_is_forgotten_silently(self, rig: Rig) -> None:
        """Deleted first, not created, and then dropped from the program: nothing is left to do."""
        rig.up(thing("a"))
        rig.cloud.errors["create a"] = ProviderError("no room")
        rig.up(thing("a", inputs={"zone": "z", "before": True}))
        outcome = rig.up()

        assert (outcome.steps, rig.names()) == ([], [])

    def test_old_half_of_a_replacement_is_deleted_by_the_next_run(self, rig: Rig) -> None:
        """Created first, and the delete failed: the old one waits in state and goes with the next run."""
        rig.up(thing("a"))
        rig.cloud.errors["delete a"] = ProviderError("in use")
        replaced = thing("a", inputs={"zone": "z"})
        rig.up(replaced)
        between = rig.names()
        rig.cloud.errors.clear()

        assert sorted(between) == ["a", "a (deleted)"]
        assert rig.up(replaced).steps == ["delete-replaced a"]
        assert rig.names() == ["a"]

    def test_what_runs_is_finished_and_what_is_queued_is_not_begun(self, rig: Rig) -> None:
        """Deletes that go side by side with a failing one are finished; the next wave is not begun."""
        rig.up(thing("root"), resting_on("a", "root"), resting_on("b", "root"))
        rig.cloud.errors["delete a"] = ProviderError("in use")
        rig.parallel = 1
        rig.up()

        assert "root" in rig.names()
        assert "delete root" not in rig.cloud.calls


class TestProtection:
    def test_protected_is_not_deleted_but_the_rest_is(self, rig: Rig) -> None:
        """What a protected resource rests on stays with it; everything else goes."""
        rig.up(thing("base"), resting_on("kept", "base", protect=True), thing("other"))
        outcome = rig.destroy()

        assert outcome.has_failed
        assert "because it is protected" in outcome.errors[0]
        assert outcome.steps == ["delete other"]
        assert rig.names() == ["base", "kept"]

    @pytest.mark.parametrize("preview", [True, False])
    def test_protected_is_not_replaced(self, rig: Rig, preview: bool) -> None:
        """A run refuses to replace a protected resource; a preview says so and shows the rest."""
        rig.up(thing("a", protect=True))
        outcome = rig.up(thing("a", protect=True, inputs={"zone": "z"}), thing("b"), preview=preview)

        assert outcome.has_failed
        assert "currently marked for protection" in outcome.errors[0]
        assert ("create b" in outcome.steps) is preview
        assert rig.names() == ["a"]

    def test_unprotected_in_the_same_run_is_replaced(self, rig: Rig) -> None:
        rig.up(thing("a", protect=True))

        assert "replace a" in rig.up(thing("a", inputs={"zone": "z"})).steps

    def test_protected_dependent_stops_a_replacement(self, rig: Rig) -> None:
        rig.up(thing("a"), resting_on("b", "a", protect=True))
        replaced = thing("a", inputs={"zone": "z", "before": True})
        outcome = rig.up(replaced, resting_on("b", "a", protect=True))

        assert f'as part of replacing "{urn("a")}"' in outcome.errors[0]
        assert outcome.steps == []

    def test_children_inherit_protection_retention_and_deleted_with(self, rig: Rig) -> None:
        """What a child has not said itself it takes over from its parent."""
        box = Goal(type=BOX, name="box", custom=False, parent=ROOT, protect=True, retain_on_delete=True)
        rig.up(box, thing("in", parent=urn("box", BOX)), thing("free", parent=urn("box", BOX), protect=False))
        state = rig.state()

        assert (state["in"]["protect"], state["in"]["retainOnDelete"]) == (True, True)
        assert "protect" not in state["free"]

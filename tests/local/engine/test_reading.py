"""Resources that are read, and not made."""

from sre_agent_local.engine.goals import Goal
from support.rig import ROOT, THING, Rig, changed, thing


class TestReading:
    found = Goal(type=THING, name="a", custom=True, parent=ROOT, read_id="a")

    def test_is_read_in_every_run_and_never_deleted(self, rig: Rig) -> None:
        rig.cloud.things["a"] = {"size": 7}
        outcome = rig.up(self.found)
        again = rig.up(self.found)
        last = rig.up()

        assert outcome.steps == ["read a"]
        assert again.steps == ["read a"]
        assert last.steps == ["discard a"]
        assert "delete a" not in rig.cloud.calls

    def test_what_changed_is_dated(self, rig: Rig) -> None:
        """The state says when something read has changed, not when it was read."""
        rig.cloud.things["a"] = {"size": 7}
        rig.up(self.found)
        rig.up(self.found)
        before = rig.state()["a"].get("modified")
        rig.cloud.things["a"] = {"size": 8}
        rig.up(self.found)

        assert before is None
        assert rig.state()["a"]["modified"]

    def test_what_is_not_there_fails(self, rig: Rig) -> None:
        assert rig.up(self.found).errors == ["resource 'a' does not exist"]

    def test_own_resource_read_under_another_id_is_replaced(self, rig: Rig) -> None:
        """Giving up a resource for somebody else's of another id deletes the old one."""
        rig.up(thing("a"))
        outcome = rig.up(self.found)

        assert outcome.steps == ["read-replacement a", "replace a", "delete-replaced a"]

    def test_own_resource_read_under_its_id_is_given_up(self, rig: Rig) -> None:
        rig.up(thing("a"))
        outcome = rig.up(changed(self.found, read_id="id-a"))

        assert outcome.steps == ["read a"]
        assert rig.state()["a"]["external"] is True

    def test_somebody_elses_taken_over_is_created(self, rig: Rig) -> None:
        """A resource that was only read and is now registered is created beside it."""
        rig.cloud.things["a"] = {}
        rig.up(self.found)
        outcome = rig.up(thing("a"))

        assert outcome.steps == ["create-replacement a", "replace a", "delete-replaced a"]
        assert "delete a" not in rig.cloud.calls

"""What the engine decides to do about a resource, and what it leaves in state."""

from pathlib import Path
from typing import Any

import pytest

from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.responses import ProviderError
from sre_agent_local.engine.values import UNKNOWN, Secret
from sre_agent_local.protocol import alias_pb2
from support.rig import BOX, ROOT, THING, Rig, alias, changed, resting_on, thing, urn


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


class TestOneResource:
    def test_is_created_once_and_then_the_same(self, rig: Rig) -> None:
        """A resource is created by the first run, and left alone by the second."""
        first = rig.up(thing("a"))
        second = rig.up(thing("a"))

        assert first.steps == ["create a"]
        assert (second.steps, second.sames) == ([], ["a"])
        assert rig.state()["a"]["outputs"] == {"endpoint": "a", "size": 1}

    def test_only_a_change_needs_permission(self, rig: Rig) -> None:
        """What stays the same is asked for nothing; what is refused leaves no trace."""
        rig.up(thing("a"))
        state, answers = rig.backend.read(), iter([False] * 3)
        rig.may_change = lambda: next(answers)
        same = rig.up(thing("a"))
        refused = [rig.up(thing("a", inputs={"size": 2})), rig.up(thing("a"), thing("b")), rig.up()]

        assert (same.has_failed, same.sames) == (False, ["a"])
        assert [outcome.steps for outcome in refused] == [[], [], []]
        assert next(answers, None) is None
        assert rig.backend.read() == state

    @pytest.mark.parametrize(
        ("after", "steps"),
        [
            pytest.param({"inputs": {"size": 2}}, ["update a"], id="a change updates"),
            pytest.param(
                {"inputs": {"size": 1, "zone": "z"}},
                ["create-replacement a", "replace a", "delete-replaced a"],
                id="a change of identity replaces, creating first",
            ),
            pytest.param(
                {"inputs": {"size": 1, "zone": "z", "before": True}},
                ["delete-replaced a", "replace a", "create-replacement a"],
                id="the provider may ask to delete first",
            ),
            pytest.param(
                {"inputs": {"size": 1, "zone": "z"}, "delete_before_replace": True},
                ["delete-replaced a", "replace a", "create-replacement a"],
                id="the program may ask to delete first",
            ),
            pytest.param(
                {"inputs": {"size": 1, "zone": "z", "before": True}, "delete_before_replace": False},
                ["create-replacement a", "replace a", "delete-replaced a"],
                id="the program's word beats the provider's",
            ),
            pytest.param({"inputs": {"size": 2}, "ignore_changes": ("size",)}, [], id="ignored changes"),
            pytest.param({"inputs": {"size": 2}, "ignore_changes": ("*",)}, [], id="all changes ignored"),
            pytest.param(
                {"inputs": {"size": 2}, "replace_on_changes": ("size",)},
                ["create-replacement a", "replace a", "delete-replaced a"],
                id="replace_on_changes",
            ),
            pytest.param(
                {"inputs": {"size": 2}, "replace_on_changes": ("other",)},
                ["update a"],
                id="replace_on_changes of something else",
            ),
            pytest.param({"protect": True}, [], id="an option alone"),
        ],
    )
    def test_changes(self, rig: Rig, after: dict[str, Any], steps: list[str]) -> None:
        """What the provider and the options say decides between same, update and replacement."""
        rig.up(thing("a"))

        assert rig.up(thing("a", **after)).steps == steps
        assert rig.names() == ["a"]

    def test_option_changes_are_written_without_a_call(self, rig: Rig) -> None:
        """An option that changes reaches the state although nothing is done."""
        rig.up(thing("a"))
        rig.cloud.calls.clear()
        rig.up(thing("a", protect=True))

        assert rig.state()["a"]["protect"] is True
        assert not {"update a", "create a"} & set(rig.cloud.calls)

    def test_is_deleted_when_the_program_has_it_no_more(self, rig: Rig) -> None:
        rig.up(thing("a"), thing("b"))

        assert rig.up(thing("a")).steps == ["delete b"]
        assert rig.names() == ["a"]

    def test_check_failures_stop_the_run(self, rig: Rig) -> None:
        """Every fault is told in Pulumi's words, and nothing later starts."""
        outcome = rig.up(thing("a", inputs={"size": -1}), thing("b"))

        assert outcome.errors == [
            "toy:index:Thing resource 'a': property size value {-1} has a problem: must not be negative",
            "toy:index:Thing resource 'a' has a problem: makes no sense",
        ]
        assert outcome.steps == []
        assert outcome.has_failed

    @pytest.mark.parametrize(
        ("value", "spelt"),
        [
            (None, "{null}"),
            (True, "{true}"),
            ("a", "{a}"),
            ({"k": [2]}, '{{"k": [2]}}'),
            (Secret("hush"), "{[secret]}"),
        ],
    )
    def test_check_failures_spell_values(self, rig: Rig, value: object, spelt: str) -> None:
        """A fault shows the value, and never a secret."""
        outcome = rig.up(thing("a", inputs={"size": -1, "odd": value}))

        assert outcome.errors[-1] == f"{THING} resource 'a': property odd value {spelt} has a problem: is odd"

    def test_a_warning_of_the_provider_is_passed_on(self, rig: Rig) -> None:
        rig.up(thing("a"))

        assert rig.up(thing("a", inputs={"size": 1, "warn": True})).errors == ["cannot tell"]

    def test_impossible_ignore_changes_are_told(self, rig: Rig) -> None:
        """A path through something that was added cannot be ignored; the run says so and goes on."""
        rig.up(thing("a"))
        outcome = rig.up(thing("a", inputs={"size": 1, "tags": {"x": 1}}, ignore_changes=("tags.x",)))

        assert outcome.errors == ['cannot ignore changes in added or removed elements of the path: "tags.x"']
        assert outcome.steps == ["update a"]

    def test_half_made_is_kept_and_updated_next_time(self, rig: Rig) -> None:
        """What exists but did not come up is in state, fails the run, and is updated by the next."""
        rig.cloud.half_made = frozenset("a")
        first = rig.up(thing("a"))
        rig.cloud.half_made = frozenset()
        second = rig.up(thing("a"))

        assert first.has_failed
        assert first.errors == [
            f"resource {urn('a')} exists, but did not come up as it should:\n* not healthy"
        ]
        assert second.steps == ["update a"]
        assert "initErrors" not in rig.state()["a"]


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


class TestAliases:
    def test_renamed_resource_is_the_same(self, rig: Rig) -> None:
        """A new name with an alias keeps the resource, and every reference to the old name is turned."""
        rig.up(thing("old"), resting_on("b", "old", inputs={"size": 1}))
        outcome = rig.up(thing("new", aliases=(alias(name="old"),)))

        assert outcome.steps == ["delete b"]
        assert outcome.sames == ["new"]
        assert rig.names() == ["new"]

    def test_references_of_what_is_not_registered_yet_are_turned(self, rig: Rig) -> None:
        """While the run is under way, the state refers to the new name only."""
        rig.up(thing("old"), resting_on("b", "old"))
        rig.cloud.errors["diff b"] = ProviderError("no answer")
        rig.up(thing("new", aliases=(alias(name="old"),), inputs={"size": 2}), resting_on("b", "new"))

        assert rig.state()["b"]["dependencies"] == [urn("new")]
        assert rig.state()["b"]["propertyDependencies"] == {"zone": [urn("new")]}

    @pytest.mark.parametrize(
        ("before", "old"),
        [
            pytest.param(
                {"type": "toy:index:Old"}, alias(name="a", type="toy:index:Old", parentUrn=ROOT), id="type"
            ),
            pytest.param({"parent": ""}, alias(name="a", noParent=True), id="no parent"),
            pytest.param({}, alias(urn=urn("a")), id="whole URN"),
            pytest.param({}, alias(name="a", parentUrn=ROOT), id="parent that is the stack"),
            pytest.param(
                {}, alias(name="a", parentUrn=ROOT, stack="dev", project="toy"), id="stack and project"
            ),
        ],
    )
    def test_kinds_of_alias(self, rig: Rig, before: dict[str, Any], old: alias_pb2.Alias) -> None:
        """Whatever was different before, an alias that says so finds the resource again."""
        rig.up(changed(thing("a"), **before))
        box = Goal(type=BOX, name="box", custom=False, parent=ROOT)
        outcome = rig.up(box, thing("b", parent=urn("box", BOX), aliases=(old,)))

        assert outcome.steps == ["create box"]
        assert outcome.sames == ["b"]

    def test_children_of_a_renamed_parent_keep_their_past(self, rig: Rig) -> None:
        """A child is found under its parent's old name; a name that begins with it is turned too."""

        def family(name: str, *aliases: alias_pb2.Alias) -> tuple[Goal, ...]:
            box = Goal(type=BOX, name=name, custom=False, parent=ROOT, aliases=aliases)
            return box, thing(f"{name}-in", parent=urn(name, BOX)), thing("plain", parent=urn(name, BOX))

        rig.up(*family("old"))
        outcome = rig.up(*family("new", alias(name="old")))

        assert outcome.steps == []
        assert rig.state()["new-in"]["urn"] == f"urn:pulumi:dev::toy::{BOX}${THING}::new-in"

    def test_child_with_an_alias_of_its_own_under_a_renamed_parent(self, rig: Rig) -> None:
        """Both may have had another name, and the parent another type too."""

        def family(kind: str, name: str, child: str, *aliases: alias_pb2.Alias) -> tuple[Goal, ...]:
            own = (alias(name="first"),) if aliases else ()
            box = Goal(type=kind, name=name, custom=False, parent=ROOT, aliases=aliases)
            return box, thing(child, parent=urn(name, kind), aliases=own)

        rig.up(*family("toy:index:Crate", "old", "first"))
        rename_references = family(BOX, "new", "second", alias(name="old", type="toy:index:Crate"))

        assert rig.up(*rename_references).steps == []

    def test_an_alias_of_a_name_in_use_is_refused(self, rig: Rig) -> None:
        rig.up(thing("a"))
        outcome = rig.up(thing("a"), thing("b", aliases=(alias(name="a"),)))

        assert outcome.errors == [
            f"Duplicate resource alias '{urn('a')}' applied to resource with URN '{urn('b')}'"
        ]

    def test_a_name_that_an_alias_has_taken_is_refused(self, rig: Rig) -> None:
        rig.up(thing("a"))
        outcome = rig.up(thing("b", aliases=(alias(name="a"),)), thing("a"))

        assert outcome.errors == [
            f"Duplicate resource URN '{urn('a')}' conflicting with alias on another resource"
        ]


class TestNames:
    def test_one_name_twice_is_refused(self, rig: Rig) -> None:
        outcome = rig.up(thing("a"), thing("a"))

        assert outcome.errors == [f"Duplicate resource URN '{urn('a')}'; try giving it a unique name"]

    def test_unknown_parent_is_refused(self, rig: Rig) -> None:
        outcome = rig.up(thing("a", parent=urn("nobody")))

        assert outcome.errors == [f"could not find parent resource {urn('nobody')} of {THING} resource 'a'"]


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


class TestSecrets:
    def test_outputs_are_marked(self, rig: Rig) -> None:
        """Outputs that options name, and those that repeat a secret input, are encrypted in state."""
        rig.up(thing("a", inputs={"pw": Secret("hush"), "size": 1}, additional_secret_outputs=("endpoint",)))
        outputs = rig.state()["a"]["outputs"]

        assert outputs["endpoint"]["ciphertext"] == 'sealed "a"'
        assert outputs["pw"]["ciphertext"] == 'sealed "hsuh"'
        assert outputs["size"] == 1

    def test_events_never_show_them(self, rig: Rig) -> None:
        outcome = rig.up(thing("a", inputs={"pw": Secret("hush")}))

        assert "hush" not in repr(outcome)
        assert outcome.step("a").new.to_display()["inputs"] == {"pw": "[secret]"}


class TestPreview:
    def test_changes_nothing(self, rig: Rig) -> None:
        """A preview says what would be done, does nothing, writes nothing."""
        rig.up(thing("a"), thing("b"))
        before = rig.backend.file.read_bytes()
        rig.cloud.calls.clear()
        outcome = rig.up(thing("a", inputs={"size": 2}), thing("c", inputs={"size": UNKNOWN}), preview=True)

        assert outcome.steps == ["update a", "create c", "delete b"]
        assert not {"create", "update", "delete"} & {call.split()[0] for call in rig.cloud.calls}
        assert rig.backend.file.read_bytes() == before

    def test_a_provider_not_there_yet_has_an_unknown_id(self, rig: Rig) -> None:
        outcome = rig.up(thing("a"), preview=True)

        assert outcome.made["a"].provider.endswith("::04da6b54-80e4-46f7-96ec-b56ff0331ba9")
        assert outcome.made["a"].id == ""

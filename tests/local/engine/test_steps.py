"""What the engine decides to do about a resource, and what it leaves in state."""

from typing import Any

import pytest

from sre_agent_local.engine.values import UNKNOWN, Secret
from support.rig import THING, Rig, thing, urn


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

"""Provider resources and the functions that they serve, defaults and explicit ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from sre_agent_local.engine.config import Config
from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.responses import ProviderError
from support.rig import BOX, ROOT, Parts, Rig, alias, changed, thing, urn

OWN = "pulumi:providers:toy"


def own(name: str = "own", **inputs: Any) -> Goal:
    return Goal(type=OWN, name=name, custom=True, parent=ROOT, inputs=inputs)


def reference(rig: Rig, name: str = "own") -> str:
    spelt = rig.state()[name]
    return f"{spelt['urn']}::{spelt['id']}"


def on(rig: Rig, goal: Goal, provider: str = "own") -> Goal:
    return changed(goal, provider=reference(rig, provider))


class TestDefaults:
    def test_get_the_settings_of_their_package(self, rig: Rig) -> None:
        """A default provider has the package's settings, short; no parent, and one process."""
        rig.up(thing("a"), thing("b"))
        stored = rig.state()["default"]

        assert stored["inputs"] == stored["outputs"] == {"region": "here"}
        assert "parent" not in stored
        assert rig.cloud.calls.count("start toy") == 1
        assert rig.state()["a"]["provider"] == f"{stored['urn']}::{stored['id']}"

    def test_of_dynamic_resources_get_all_settings(self, rig: Rig) -> None:
        """Under their full keys, secrets kept secret."""
        rig.config = Config(values={"toy:region": "here", "a:pw": "hush"}, secret_keys=frozenset(["a:pw"]))
        dynamic = Goal(type="pulumi-python:dynamic/toy:Thing", name="d", custom=True, parent=ROOT)
        rig.up(dynamic)
        inputs = rig.state()["default"]["inputs"]

        assert inputs["toy:region"] == "here"
        assert inputs["a:pw"]["ciphertext"] == 'sealed "hsuh"'

    def test_are_one_for_each_version(self, rig: Rig) -> None:
        rig.up(thing("a", version="1.2.3-x"), thing("b", version="2.0.0"), thing("c"))
        state = rig.state()

        assert {name for name in state if name.startswith("default")} == {
            "default",
            "default_1_2_3_x",
            "default_2_0_0",
        }
        assert state["default_2_0_0"]["inputs"] == {"region": "here", "version": "2.0.0", "__internal": {}}
        assert state["default_2_0_0"]["outputs"] == {"region": "here", "version": "2.0.0"}

    def test_follow_the_settings(self, rig: Rig) -> None:
        """A changed setting updates the provider and keeps its id, whoever can tell the difference."""
        rig.up(thing("a"))
        before = reference(rig, "default")
        rig.cloud.vague = True
        unchanged = rig.up(thing("a"))
        rig.config = Config(values={"toy:region": "there"}, secret_keys=frozenset())
        outcome = rig.up(thing("a"))

        assert unchanged.steps == outcome.steps == []
        assert outcome.step("default").op == "update"
        assert reference(rig, "default") == before

    def test_that_replace_take_everything_along(self, rig: Rig) -> None:
        """A provider that must be replaced gets a new id, and its resources are replaced too."""
        rig.up(thing("a"))
        rig.config = Config(values={"toy:region": "there"}, secret_keys=frozenset())
        outcome = rig.up(thing("a"))

        assert outcome.step("a").op == "delete-replaced"
        assert "replace a" in outcome.steps
        assert rig.names() == ["a"]

    def test_a_new_version_is_not_a_replacement(self, rig: Rig) -> None:
        rig.up(thing("a", version="1.0.0"))
        outcome = rig.up(thing("a", version="2.0.0"))

        assert outcome.sames == ["a"]
        assert "delete default_1_0_0" in outcome.steps


class TestExplicit:
    def test_serve_what_names_them(self, rig: Rig) -> None:
        rig.up(own(region="x"))
        outcome = rig.up(own(region="x"), on(rig, thing("a")))

        assert outcome.made["a"].provider == reference(rig)
        assert "default" not in rig.state()

    def test_are_checked_by_themselves(self, rig: Rig) -> None:
        assert rig.up(own(region="mars")).errors == [
            f"{OWN} resource 'own': property region value {{mars}} has a problem: is unheard of"
        ]

    def test_changes_are_updates_unless_they_say_otherwise(self, rig: Rig) -> None:
        rig.up(own(region="x"))

        assert rig.up(own(region="x", colour="red")).steps == ["update own"]
        assert "replace own" in rig.up(own(region="y")).steps

    @pytest.mark.parametrize(
        ("region", "steps"),
        [
            pytest.param("x", [], id="to the same place"),
            pytest.param("y", ["create-replacement a", "replace a", "delete-replaced a"], id="elsewhere"),
        ],
    )
    def test_moving_to_another(self, rig: Rig, region: str, steps: list[str]) -> None:
        """A resource that changes its provider is replaced if the providers' settings call for it."""
        two = (own(region="x"), own("other", region=region))
        rig.up(*two)
        rig.up(*two, on(rig, thing("a")))

        assert rig.up(*two, on(rig, thing("a"), "other")).steps == steps

    def test_moving_from_one_that_was_renamed_is_no_move(self, rig: Rig) -> None:
        rig.up(own(region="x"))
        rig.up(own(region="x"), on(rig, thing("a")))
        rename_references = changed(own("new", region="x"), aliases=(alias(name="own"),))
        new = reference(rig).replace("::own::", "::new::")

        assert rig.up(rename_references, thing("a", provider=new)).steps == []
        assert rig.state()["a"]["provider"] == new

    def test_turning_a_component_into_a_resource_replaces_it(self, rig: Rig) -> None:
        rig.up(Goal(type=BOX, name="a", custom=False, parent=ROOT))
        outcome = rig.up(Goal(type=BOX, name="a", custom=True, parent=ROOT))

        assert outcome.step("a", "replace").keys == ("provider",)

    def test_moving_from_one_that_waits_to_be_deleted_replaces(self, rig: Rig) -> None:
        """Settings of a provider that only waits for its end cannot be compared any more."""
        rig.up(own(region="x"))
        rig.up(own(region="x"), on(rig, thing("a")))
        deployment = rig.backend.read() or {}
        (stored,) = [spelt for spelt in deployment["resources"] if spelt["type"] == OWN]
        stored["delete"] = True
        rig.backend.write(deployment)
        outcome = rig.up(thing("a"))

        assert outcome.step("a", "replace").keys == ("provider",)
        assert outcome.steps[-2:] == ["delete-replaced a", "delete-replaced own"]

    def test_children_of_a_resource_use_its_provider(self, rig: Rig) -> None:
        """The same package: the parent's provider. Another package: its own default."""
        rig.up(own(region="x"))
        parent = on(rig, thing("a"))
        other = Goal(type="other:index:T", name="c", custom=True, parent=urn("a"))
        outcome = rig.up(own(region="x"), parent, thing("b", parent=urn("a")), other)

        assert outcome.made["b"].provider == reference(rig)
        assert "providers:other::default" in outcome.made["c"].provider

    def test_dependents_of_a_replaced_provider_are_replaced(self, rig: Rig) -> None:
        """A provider deleted first takes with it, first, everything that lives on it."""
        before = changed(own(region="x"), delete_before_replace=True)
        rig.up(before)
        rig.up(before, on(rig, thing("a")))
        outcome = rig.up(changed(before, inputs={"region": "y"}))

        assert outcome.steps[:3] == ["delete-replaced a", "delete-replaced own", "replace own"]

    def test_provider_that_takes_its_settings_from_a_replaced_resource(self, rig: Rig) -> None:
        """Its own DiffConfig says whether it has to go, too."""
        rests = changed(
            own(region="x"), dependencies=(urn("a"),), property_dependencies={"region": (urn("a"),)}
        )
        rig.up(thing("a"), rests)
        outcome = rig.up(thing("a", inputs={"zone": "z", "before": True}), rests)

        assert outcome.steps[:2] == ["delete-replaced own", "delete-replaced a"]


class TestProcesses:
    def test_only_what_is_needed_is_started(self, rig: Rig) -> None:
        """Deleting what a provider of the old state made starts that provider, from its stored settings."""
        rig.up(own(region="x"))
        rig.up(own(region="x"), on(rig, thing("a")))
        rig.cloud.calls.clear()
        rig.up()

        assert rig.cloud.calls.count("start toy") == 1
        assert rig.state() == {k: v for k, v in rig.state().items() if k == "toy-dev"}

    def test_all_are_ended(self, rig: Rig) -> None:
        rig.up(thing("a"), own(region="x"))

        assert rig.cloud.calls[-2:] == ["close toy", "close toy"]

    def test_a_provider_nobody_knows_is_named(self, rig: Rig) -> None:
        assert rig.up(thing("a", provider=f"{urn('p', OWN)}::id")).errors == [
            f"unknown provider '{urn('p', OWN)}::id'"
        ]

    def test_a_provider_that_does_not_start_ends_the_run(self, rig: Rig) -> None:
        rig.cloud.errors["start toy"] = ProviderError("no plugin")

        assert rig.up(thing("a")).errors == ["no plugin"]


@pytest.fixture
def parts(rig: Rig) -> Iterator[Parts]:
    with rig._parts() as parts:
        yield parts


class TestInvokes:
    def test_go_to_the_default_provider(self, parts: Parts) -> None:
        result, _ = parts.deployment.invoke("toy:index:f", {"a": 1}, provider="", version="", parent="")

        assert result == {"token": "toy:index:f", "a": 1, "region": "here"}

    def test_go_to_the_provider_that_is_named(self, parts: Parts) -> None:
        parts.deployment.register(changed(own(region="x"), parent=""))
        made = parts.deployment.snapshot.finished(urn("own", OWN))
        assert isinstance(made, Resource)
        result, _ = parts.deployment.invoke(
            "toy:index:f", {}, provider=f"{made.urn}::{made.id}", version="", parent=""
        )

        assert result["region"] == "x"


def test_outputs_of_what_is_not_pending_are_refused(parts: Parts) -> None:
    with pytest.raises(ProviderError, match="whose registration isn't pending"):
        parts.deployment.outputs(urn("a"), {})

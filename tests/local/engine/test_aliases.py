"""Resources that were called otherwise before."""

from typing import Any

import pytest

from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.responses import ProviderError
from sre_agent_local.protocol import alias_pb2
from support.rig import BOX, ROOT, THING, Rig, alias, changed, resting_on, thing, urn


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

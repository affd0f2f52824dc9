"""A program that somebody edits at random, deployed after each edit, and what every green run must leave.

Every resource of the state exists in Azure, once, as the program says; a refresh right after finds nothing;
and nothing was deleted that a resource of the new state stands for.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

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
from support.one_object import azure_objects
from support.one_object.drivers import Driver, Ran, urn_of
from support.one_object.world import Item, Member, Program, Role, World, data_path

NAMES = st.sampled_from(("one", "ONE", "two", "three"))
RESOURCES = st.sampled_from(("a", "b", "c", "d"))
KINDS = st.sampled_from(sorted(azure_objects.KINDS))
PARTS = st.integers(1, 2)
WHO = st.sampled_from(("one", "two"))
GROUPS = ("rg-x", "RG-X", "rg-y")
MEMBERS = st.sampled_from(("m", "n"))


TARGETS = st.lists(
    st.sampled_from((*GROUPS, "/rg-x", "/rg-y")),
    max_size=2,
    unique_by=lambda target: target.lower().strip("/"),
).map(tuple)


class Edits(RuleBasedStateMachine):
    """The edits; a subclass says on what they are deployed."""

    azure: ClassVar[LocalAzure]
    counts: ClassVar[Counter[str]]
    """How many runs went which way, over all sequences."""

    def driver(self, folder: Path) -> Driver:
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self._folder = TemporaryDirectory()
        self.world = World(self.azure)
        self.stack = self.driver(Path(self._folder.name))
        self.program = self.deployed = Program({}, {})
        self.seen = 0
        self.is_clean = True
        """Whether no run of this sequence has failed so far, so that nothing may be left over."""
        self.counts["sequences"] += 1

    def teardown(self) -> None:
        self._folder.cleanup()

    # edits of resources

    @rule(resource=RESOURCES, kind=KINDS, name=NAMES, part=PARTS)
    def say(self, resource: str, kind: str, name: str, part: int) -> None:
        """Add a resource, or make another of one: another kind, item, letter case or content."""
        self.program = self.program.with_resources(**{resource: Item(kind, name, part)})
        self.deploy()

    @rule(resource=RESOURCES, who=WHO, group=st.sampled_from(GROUPS), is_shouted=st.booleans())
    def grant(self, resource: str, who: str, group: str, is_shouted: bool) -> None:
        """Give a role, perhaps one that another resource gives, too."""
        self.program = self.program.with_resources(**{resource: Role(who, group, is_shouted)})
        self.deploy()

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.program = self.program.with_resources(**{self.one_of(data): None})
        self.deploy()

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data(), resource=RESOURCES, with_alias=st.booleans())
    def rename(self, data: st.DataObject, resource: str, with_alias: bool) -> None:
        old = self.one_of(data)
        can_be_aliased = resource not in self.program.resources
        self.program = self.renamed(old, resource)
        self.deploy(aliases={resource: old} if with_alias and can_be_aliased else {})

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data())
    def change_case(self, data: st.DataObject) -> None:
        """Write the same item, or role, in other letter case."""
        resource = self.one_of(data)
        old = self.program.resources[resource]
        new = (
            replace(old, name=old.name.swapcase())
            if isinstance(old, Item)
            else replace(old, is_shouted=not old.is_shouted)
        )
        self.program = self.program.with_resources(**{resource: new})
        self.deploy()

    @precondition(lambda self: len(self.program.resources) > 1)
    @rule(data=st.data())
    def swap(self, data: st.DataObject) -> None:
        """Let two resources change places."""
        one, other = self.one_of(data), self.one_of(data)
        resources = self.program.resources
        self.program = self.program.with_resources(**{one: resources[other], other: resources[one]})
        self.deploy()

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data(), resource=RESOURCES)
    def duplicate(self, data: st.DataObject, resource: str) -> None:
        self.program = self.program.with_resources(**{resource: self.program.resources[self.one_of(data)]})
        self.deploy()

    # edits of the fleet

    @rule(member=MEMBERS, identity=st.sampled_from(("own", "one", "two")), watched=TARGETS)
    def join(self, member: str, identity: str, watched: tuple[str, ...]) -> None:
        """Let an agent join the fleet, or change its identity and targets."""
        name = self.program.members[member].name if member in self.program.members else self.free_name()
        self.program = self.program.with_members(**{member: Member(name, identity, watched)})
        self.deploy()

    @precondition(lambda self: self.program.members)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        self.program = self.program.with_members(**{data.draw(self.a_member()): None})
        self.deploy()

    @precondition(lambda self: self.program.members)
    @rule(data=st.data(), watched=TARGETS)
    def aim(self, data: st.DataObject, watched: tuple[str, ...]) -> None:
        """Change what an agent watches, or only how it is written."""
        member = data.draw(self.a_member())
        self.program = self.program.with_members(
            **{member: replace(self.program.members[member], targets=watched)}
        )
        self.deploy()

    @precondition(lambda self: self.program.members)
    @rule(data=st.data(), name=st.sampled_from(("m", "n", "o")))
    def rename_member(self, data: st.DataObject, name: str) -> None:
        """Call an agent otherwise in Pulumi, which in Azure stays what it is."""
        member = data.draw(self.a_member())
        if name not in self.program.members:
            moved = self.program.members[member]
            self.program = self.program.with_members(**{member: None, name: moved})
            self.deploy()

    # what is done to the stack

    @precondition(lambda self: self.stack_names())
    @rule(data=st.data(), part=PARTS, is_taint=st.booleans())
    def replace_one(self, data: st.DataObject, part: int, is_taint: bool) -> None:
        """Have the engine replace what the provider would leave or update."""
        resource = data.draw(st.sampled_from(self.stack_names()))
        each = self.program.resources[resource]
        if isinstance(each, Item):
            self.program = self.program.with_resources(**{resource: replace(each, part=part)})
        urn = urn_of(each.kind, resource)
        if is_taint:
            self.stack.taint(urn)
        self.deploy(replaced=[urn], flags=[] if is_taint else [urn])

    @precondition(lambda self: self.stack_names())
    @rule(data=st.data())
    def rename_in_state(self, data: st.DataObject) -> None:
        """Rename what the state has, so that the program's resource is new and the state's is gone."""
        resource = data.draw(st.sampled_from(self.stack_names()))
        self.stack.rename_in_state(urn_of(self.program.resources[resource].kind, resource), f"{resource}-old")
        self.deploy()

    @precondition(lambda self: self.stack.has_targets and self.program.resources)
    @rule(data=st.data(), item=st.builds(Item, KINDS, NAMES, PARTS), resource=RESOURCES)
    def target(self, data: st.DataObject, item: Item, resource: str) -> None:
        """Edit one resource, take another out, and deploy only one."""
        gone = self.one_of(data)
        self.program = self.program.with_resources(**{gone: None}).with_resources(**{resource: item})
        there = [urn for urn in self.ids() if "dynamic/sre:" in urn and "Fleet" not in urn]
        urn = data.draw(st.sampled_from(sorted({*there, urn_of(item.kind, resource)})))
        self.deploy(target=[urn])

    @precondition(lambda self: self.program.resources)
    @rule(data=st.data(), writes=st.integers(1, 4), resource=RESOURCES)
    def kill(self, data: st.DataObject, writes: int, resource: str) -> None:
        """Kill the engine in the middle of a run that gives a resource another name; the next one goes on."""
        self.program = self.renamed(self.one_of(data), resource)
        if not self.program.doubled():
            self.stack.killed_up(self.world.declared(self.program, {}), writes)
        self.deploy()

    @rule(member=MEMBERS, writes=st.integers(1, 6), who=WHO, watched=TARGETS)
    def kill_join(self, member: str, writes: int, who: str, watched: tuple[str, ...]) -> None:
        """Kill the engine while an agent joins the fleet, or changes identity and targets."""
        name = self.program.members[member].name if member in self.program.members else self.free_name()
        self.program = self.program.with_members(**{member: Member(name, who, watched)})
        self.stack.killed_up(self.world.declared(self.program, {}), writes)
        self.deploy()

    # what helps the rules

    def one_of(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.program.resources)))

    def a_member(self) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(self.program.members))

    def free_name(self) -> str:
        taken = {member.name for member in self.program.members.values()}
        return next(name for name in ("sre-p", "sre-q", "sre-r") if name not in taken)

    def renamed(self, old: str, new: str) -> Program:
        return self.program.with_resources(**{old: None}).with_resources(**{new: self.program.resources[old]})

    def stack_names(self) -> list[str]:
        """Name the program's resources that the state has under their own names."""
        urns = self.ids()
        resources = self.program.resources.items()
        return sorted(name for name, each in resources if urn_of(each.kind, name) in urns)

    def ids(self) -> dict[str, str]:
        """Map what the state has of Azure, and the program has made, to ids there."""
        return {
            resource["urn"]: resource["id"].lower()
            for resource in self.stack.state()
            if resource["custom"] and resource.get("id") and not resource.get("external")
            if "pulumi:providers:" not in resource["urn"]
        }

    # deploying, and what must hold then

    def deploy(
        self,
        *,
        aliases: Mapping[str, str] | None = None,
        replaced: Collection[str] = (),
        flags: Collection[str] = (),
        target: Collection[str] = (),
    ) -> None:
        """Deploy the program; take the edit back where it is refused."""
        declared = self.world.declared(self.program, aliases or {})
        before, since = self.ids(), self.last_request()
        ran = self.stack.up(declared, replace=flags, target=target)
        if doubled := self.program.doubled():
            self.assert_refused(ran, doubled)
            self.program = self.deployed
            self.count("refused")
            return
        if ran.is_green:
            self.assert_nothing_kept_was_deleted(before, replaced, since)
            self.assert_state_is_true(None if target else self.program, ran)
            if not target:
                self.deployed = self.program
            self.count("green")
            return
        self.count("red", ran.text)
        self.is_clean = False
        if self.program != self.deployed:
            self.program = self.deployed
            self.deploy()

    def count(self, what: str, why: str = "") -> None:
        event(what)
        self.counts[what] += 1
        if why:
            self.counts[f"{what}: {why[-300:]}"] += 1

    def last_request(self) -> int:
        """Return the number of the last request so far."""
        self.seen = max((entry["seq"] for entry in self.azure.requests(self.seen)), default=self.seen)
        return self.seen

    def assert_refused(self, ran: Ran, doubled: Sequence[str]) -> None:
        assert not ran.is_green, f"{doubled} are one item, and nobody said so"
        named = [name for name in doubled if f"'{name}'" in ran.text]
        assert len(named) > 1, ran.text

    def assert_nothing_kept_was_deleted(
        self, before: Mapping[str, str], replaced: Collection[str], since: int
    ) -> None:
        after = self.ids()
        given_up = {id_ for urn, id_ in before.items() if urn in replaced or after.get(urn, id_) != id_}
        kept = {*before.values()} & {*after.values()} - given_up
        deleted = [
            entry["path"].lower()
            for entry in self.azure.requests(since, method="DELETE")
            if entry["status"] < 300
        ]
        for id_ in kept:
            ending = data_path(id_) or id_
            assert not [path for path in deleted if path.endswith(ending)], f"{id_} was deleted"

    def assert_state_is_true(self, program: Program | None, ran: Ran) -> None:
        """Compare Azure with the state and, after a whole run, the state with the program."""
        ids = self.ids()
        items = [*azure_objects.items(self.azure, self.world.agent_id)]
        roles = [id_ for id_ in azure_objects.roles(self.azure) if id_ not in self.world.roles]
        there = [*(id_ for id_, _ in items), *roles, *azure_objects.agents(self.azure, self.world.home)]
        assert len(there) == len(set(there)), f"something is there twice: {there}"
        ours = {id_ for urn, id_ in ids.items() if "dynamic/sre:" in urn}
        assert ours <= {*there}, f"{ours - {*there}} is gone\n{ran.text}"
        if self.is_clean:
            assert {*there} <= ours, f"{ {*there} - ours } is left over\n{ran.text}"
        if program is not None:
            names = {urn_of(each.kind, name) for name, each in program.resources.items()}
            assert names == {urn for urn in ids if "Fleet" not in urn}, ran.text
            contents = dict(items)
            for name, each in program.resources.items():
                if isinstance(each, Item):
                    text = contents[ids[urn_of(each.kind, name)]]
                    assert azure_objects.content(each.part) in text, f"{name} is not as the program says"
                    assert json.dumps(each.name.lower()) in text.lower()
        found = self.stack.refresh()
        assert found.is_green, f"a refresh finds something:\n{found.text}\nafter\n{ran.text}"


def play(machine: type[Edits], *, sequences: int, steps: int) -> Counter[str]:
    """Play so many sequences, of up to so many edits; return how many runs went which way, and print it."""
    machine.counts = Counter()
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=sequences,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
                print_blob=True,
                database=None,
            ),
        )
    finally:
        print(*(f"{count} {what}" for what, count in machine.counts.most_common()), sep="\n")
    return machine.counts

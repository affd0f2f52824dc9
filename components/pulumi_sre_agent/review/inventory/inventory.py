"""The shape of an inventory, and which item belongs to which agent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.directory.item import Source
from pulumi_sre_agent.review.changes import is_known
from pulumi_sre_agent.schema.validation import FieldPath, get_path

Values = Mapping[str, Any]
AGENT = "Agent"
ITEM_KINDS = frozenset(kind.name for kind in KINDS)
"""Kinds that live under an agent."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One resource, or what is to become one."""

    kind: str
    """Such as `Skill`; of what is not this toolkit's, Pulumi's type."""
    name: str
    """In Azure; empty for what an agent has only one of."""
    properties: Values
    """As the arguments of its resource have them, without `None`. `[secret]` stands for a secret, and
    `changes.UNKNOWN` for what only a deployment will know."""
    urn: str = ""
    """Where it is a stack's."""
    id: str = ""
    """Its ARM id, where it is there already and that is known."""
    source: Source | None = None
    """Where it is a directory's."""
    lines: Mapping[FieldPath, int] = field(default_factory=dict, compare=False, repr=False)
    """Where its properties are written in that file."""

    def value(self, *path: str, default: Any = None) -> Any:
        """Return a property, or `default` where it is not there or not known yet."""
        value = get_path(self.properties, *path)
        return value if is_known(value) else default

    def entries(self, *path: str) -> list[Any]:
        """Return the entries of a list that are known; none where there is no list."""
        value = self.value(*path)
        return [each for each in value if is_known(each)] if isinstance(value, list | tuple) else []

    def place(self, *path: str | int) -> Source | None:
        """Return where a property is written, or the nearest thing around it; None outside directories."""
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
        return self.source and replace(self.source, line=self.lines.get(known or (), self.source.line))


@dataclass(frozen=True, kw_only=True)
class Agent(Item):
    """One agent with what lives under it."""

    kind: str = AGENT
    items: tuple[Item, ...] = ()
    is_whole: bool = True
    """Whether `properties` are known: a preview may show an item whose agent it leaves out."""

    def of(self, *kinds: str) -> Iterator[Item]:
        """Yield the items of some kinds, such as `Skill`."""
        return (item for item in self.items if item.kind in kinds)

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of each kind, in their order."""
        return {kind: tuple(self.of(kind)) for kind in dict.fromkeys(item.kind for item in self.items)}

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """The names of the items of each kind."""
        return {kind: frozenset(item.name for item in items) for kind, items in self.by_kind.items()}


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Agents, and what is deployed around them."""

    agents: tuple[Agent, ...]
    surroundings: tuple[Item, ...] = ()
    """Role assignments, alert rules, networks and all else that is no agent and lives under none."""
    is_whole: bool = True
    """False for a preview that leaves out what stays the same."""

    def around(self, *kinds: str) -> Iterator[Item]:
        """Yield what of the surroundings has one of these kinds, such as `RoleAssignment`."""
        return (item for item in self.surroundings if item.kind in kinds)


@dataclass(frozen=True)
class Resource:
    """One resource of a stack, and the URNs that say whose it is."""

    item: Item
    dependencies: tuple[str, ...] = ()
    """What its agent's id comes from, else all that it depends on."""


def assemble(resources: Iterable[Resource], *, is_whole: bool = True) -> Inventory:
    """Put each resource of a stack with its agent.

    That is the one whose ARM id its `agent_id` is; where either is not known, the one it depends on. An
    item whose agent is not among the resources gets one that is not whole.
    """
    resources = [*resources]
    agents = {each.item.urn: each.item for each in resources if each.item.kind == AGENT}
    urns_by_id = {agent.id.lower(): urn for urn, agent in agents.items() if agent.id}
    owned: dict[str, list[Item]] = {urn: [] for urn in agents}
    for each in resources:
        if each.item.kind in ITEM_KINDS:
            owner = _owner(each, agents, urns_by_id)
            owned.setdefault(owner, []).append(each.item)
    return Inventory(
        agents=tuple(_agent(key, agents.get(key), items) for key, items in owned.items()),
        surroundings=tuple(
            each.item for each in resources if each.item.kind not in ITEM_KINDS and each.item.kind != AGENT
        ),
        is_whole=is_whole,
    )


def _owner(resource: Resource, agents: Mapping[str, Item], urns_by_id: Mapping[str, str]) -> str:
    """Return the URN of the agent that a resource lives under, else the agent's ARM id, else nothing."""
    agent_id = str(resource.item.value("agent_id", default="")).lower()
    if agent_id in urns_by_id:
        return urns_by_id[agent_id]
    named = [urn for urn in resource.dependencies if urn in agents]
    if len(named) == 1 and not (agent_id and agents[named[0]].id):
        return named[0]
    return agent_id or (next(iter(agents)) if len(agents) == 1 else "")


def _agent(key: str, item: Item | None, items: list[Item]) -> Agent:
    if item is None:
        return Agent(name=key.rpartition("/")[2], id=key, properties={}, items=tuple(items), is_whole=False)
    return Agent(name=item.name, id=item.id, urn=item.urn, properties=item.properties, items=tuple(items))

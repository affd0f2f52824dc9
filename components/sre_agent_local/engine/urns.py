"""Names of resources: URNs, and which resource of the old state a registration means."""

from collections.abc import Iterable, Iterator, Sequence

from sre_agent_local.protocol import alias_pb2

from .errors import EngineError
from .goals import Goal
from .resource import STACK, Resource, make_urn, qualified_type, urn_name, urn_type


class UrnResolver:
    """The URNs of one run and their past."""

    def __init__(self, project: str, stack: str, base: Sequence[Resource]) -> None:
        self._project, self._stack = project, stack
        self.base = base
        self._olds = {resource.urn: resource for resource in base if not resource.delete}
        self._registered: set[str] = set()
        self._before: dict[str, str] = {}
        """New URN to the old one, where an alias matched."""
        self.taken: set[str] = set()
        """Old URNs that an alias has matched."""

    def old(self, urn: str) -> Resource | None:
        """Find a resource of the old state that is not waiting to be deleted."""
        return self._olds.get(urn)

    def olds(self) -> Iterable[Resource]:
        return self._olds.values()

    def register(self, goal: Goal) -> str:
        """Make the URN of a new registration. Raises EngineError where that cannot be."""
        if goal.parent and goal.parent not in self._registered:
            raise EngineError(f"could not find parent resource {goal.parent} of {goal.label}")
        urn = make_urn(self._stack, self._project, goal.parent, goal.type, goal.name)
        if urn in self._registered:
            raise EngineError(f"Duplicate resource URN '{urn}'; try giving it a unique name")
        self._registered.add(urn)
        return urn

    def find_old(self, urn: str, goal: Goal) -> Resource | None:
        """Find the resource's old state, by its URN or else by an alias; EngineError for one taken twice."""
        if urn in self.taken:
            raise EngineError(f"Duplicate resource URN '{urn}' conflicting with alias on another resource")
        if urn in self._olds:
            return self._olds[urn]
        for alias in self._aliases(goal):
            if alias in self._olds:
                if alias in self._registered or alias in self.taken:
                    raise EngineError(
                        f"Duplicate resource alias '{alias}' applied to resource with URN '{urn}'"
                    )
                self.taken.add(alias)
                self._before[urn] = alias
                return self._olds[alias]
        return None

    def same_provider(self, old: str, new: str) -> bool:
        """Whether a provider's new URN is an old one under another name."""
        return self._before.get(new) == old

    def _aliases(self, goal: Goal) -> Iterator[str]:
        own = [self._alias(goal, alias) for alias in goal.aliases]
        yield from own
        if before := self._before.get(goal.parent):
            yield self._inherited(goal.type, goal.name, goal.parent, before)
            for alias in own:
                yield self._inherited(urn_type(alias), urn_name(alias), goal.parent, before)

    def _alias(self, goal: Goal, alias: alias_pb2.Alias) -> str:
        """Spell the URN that an alias means: whole as it is, else with what was different then."""
        if alias.urn:
            return alias.urn
        spec = alias.spec
        parent = self._before.get(spec.parentUrn, spec.parentUrn) or goal.parent
        if spec.noParent or (parent and qualified_type(parent) == STACK):
            parent = ""
        return make_urn(
            spec.stack or self._stack,
            spec.project or self._project,
            parent,
            spec.type or goal.type,
            spec.name or goal.name,
        )

    def _inherited(self, type_: str, name: str, parent: str, before: str) -> str:
        """Spell a child's URN under its parent's old name, with which the child's own name may begin."""
        new_name = urn_name(parent)
        if name.startswith(new_name):
            name = urn_name(before) + name.removeprefix(new_name)
        return make_urn(self._stack, self._project, before, type_, name)

"""What a change makes possible, or no longer: the permissions of both sides, and only where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.permissions.actors import TITLES
from pulumi_sre_agent.review.permissions.decision import Action, Result
from pulumi_sre_agent.review.permissions.explain import AgentPermissions, explain
from pulumi_sre_agent.review.permissions.model import ActorPermissions, Permission
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.role_names import ASSIGNMENTS
from pulumi_sre_agent.review.text import code

Key = tuple[str, str, str]
"""An actor: its agent, kind and name."""
RELEVANT = frozenset(
    {
        *("Agent", "Subagent", "IncidentFilter", "ScheduledTask", "HttpTrigger", "Hook", "Skill", "Tool"),
        *("GlobalToolPermissions", "SubagentPermissions", "ToolEnablement", "Connector"),
        *("ConnectorV2McpServer", "IncidentPlatform", "QuickstartPlan"),
        *ASSIGNMENTS,
    }
)
"""Kinds that permissions follow from."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Tools of one actor whose results change alike."""

    kind: str
    """Of the actor, such as `IncidentFilter`."""
    name: str
    before: Result | None
    """None: it could not use them, or was not there."""
    after: Result | None
    """None: it cannot use them any more, or is not there."""
    tools: tuple[Permission, ...]
    """As they are after, else as they were before; what matters most first."""

    @property
    def actor(self) -> str:
        """Whom it is about, such as ``The response plan `down` ``."""
        return f"The {TITLES[self.kind]} {code(self.name)}"

    @property
    def names(self) -> list[str]:
        """What the tools are called, those that can do more than read."""
        return [each.tool.name for each in self.tools if each.tool.action is not Action.READ]

    @property
    def reads(self) -> str:
        """How many of the tools only read, in words; empty where none does."""
        count = len(self.tools) - len(self.names)
        return f"{count} {'tool that reads' if count == 1 else 'tools that read'}" if count else ""

    @property
    def is_more(self) -> bool:
        """Whether more becomes possible, not less."""
        return _RANK[self.after] > _RANK[self.before]


@dataclass(frozen=True)
class RightsDifference:
    """An agent whose identity could change something in Azure, and could not before, or the other way round.

    What its roles do not let it do, an Administrator lends (docs/reference/product.md#whose-rights-count).
    """

    agent: str
    is_more: bool
    """Whether it could after the change."""


@dataclass(frozen=True)
class Comparison:
    """What becomes possible by a change, or no longer."""

    rights: tuple[RightsDifference, ...] = ()
    tools: tuple[Difference, ...] = ()


_RANK: Mapping[Result | None, int] = {
    None: 0,
    Result.BLOCKED: 0,
    Result.ASKS: 1,
    Result.UNPUBLISHED: 2,
    Result.RUNS: 3,
}
_ORDER = (Action.WRITE, Action.CODE, Action.OTHER, Action.SEND, Action.READ)


def compare(preview: Preview) -> Comparison:
    """Return what a preview makes possible, the most of it first; nothing where it says too little."""
    if not preview.is_whole:
        return Comparison()
    before, after = (explain(of_preview(preview, side)) for side in ("before", "after"))
    actors = _by_actor(before), _by_actor(after)
    tools = [
        difference
        for key in dict.fromkeys([*actors[1], *actors[0]])
        for difference in _of_actor(*(side.get(key) for side in actors))
    ]
    return Comparison(
        tuple(_rights(before, after)),
        tuple(sorted(tools, key=lambda each: (not each.is_more, -_RANK[each.after]))),
    )


def says_too_little(preview: Preview) -> bool:
    """Whether something that permissions follow from changes, and the preview leaves out the rest."""
    return not preview.is_whole and any(change.kind in RELEVANT for change in preview.real_changes)


def _by_actor(agents: Sequence[AgentPermissions]) -> dict[Key, ActorPermissions]:
    return {
        (each.agent.name, actor.actor.kind, actor.actor.name): actor
        for each in agents
        for actor in each.actors
    }


def _rights(
    before: Sequence[AgentPermissions], after: Sequence[AgentPermissions]
) -> Iterator[RightsDifference]:
    earlier = {each.agent.name: each.only_reads for each in before}
    for each in after:
        sides = earlier.get(each.agent.name), each.only_reads
        if None not in sides and sides[0] != sides[1]:
            yield RightsDifference(each.agent.name, is_more=not each.only_reads)


def _of_actor(before: ActorPermissions | None, after: ActorPermissions | None) -> Iterator[Difference]:
    shown = after or before
    if shown is None:
        return
    old, new = _permissions(before), _permissions(after)
    groups: dict[tuple[Result | None, Result | None], list[Permission]] = {}
    for tool, pattern in {**new, **old}:
        was, becomes = (side.get((tool, pattern)) or side.get((tool, "")) for side in (old, new))
        results = (was.result if was else None, becomes.result if becomes else None)
        if _RANK[results[0]] != _RANK[results[1]] and (either := becomes or was):
            named = replace(either, tool=replace(either.tool, name=pattern)) if pattern else either
            groups.setdefault(results, []).append(named)
    for (earlier, later), tools in groups.items():
        yield Difference(
            kind=shown.actor.kind,
            name=shown.actor.name,
            before=earlier,
            after=later,
            tools=tuple(sorted(tools, key=_weight)),
        )


def _permissions(each: ActorPermissions | None) -> dict[tuple[str, str], Permission]:
    """Return the permissions by tool and pattern of arguments, which is empty for all else."""
    found: dict[tuple[str, str], Permission] = {}
    for permission in each.permissions if each else ():
        found[permission.tool.name, ""] = permission
        for pattern, result in permission.exceptions:
            found[permission.tool.name, pattern] = replace(permission, result=result)
    return found


def _weight(permission: Permission) -> tuple[int, str]:
    return _ORDER.index(permission.tool.action), permission.tool.name

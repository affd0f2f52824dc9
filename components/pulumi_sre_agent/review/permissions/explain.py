"""What each actor of an agent may do with which tool, why, and what nobody has published of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

from pulumi_sre_agent.review.changes import logical_name_of
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from pulumi_sre_agent.review.permissions.actors import Actor, actors_of
from pulumi_sre_agent.review.permissions.decision import Hook, Mode, Result, decide
from pulumi_sre_agent.review.permissions.gates import Entry, Gates, gates_of
from pulumi_sre_agent.review.permissions.model import ActorPermissions, Permission, Role
from pulumi_sre_agent.review.permissions.notes import notes
from pulumi_sre_agent.review.permissions.tools import Tool
from pulumi_sre_agent.review.role_names import (
    ASSIGNMENTS,
    principal_of,
    principal_type_of,
    role_name,
    scope_name,
)


@dataclass(frozen=True, kw_only=True)
class AgentPermissions:
    """One agent, its actors, and what Azure lets its identity and people do."""

    agent: Agent
    actors: tuple[ActorPermissions, ...]
    roles: tuple[Role, ...]
    """Of its identity, as far as it is known who gave them."""
    people: tuple[Role, ...]
    """Roles of people on the agent itself."""
    only_reads: bool | None
    """Whether Azure lets its identity only read; None where not all of its roles are known."""
    notes: tuple[str, ...]
    """What is documented in contradiction, or not at all, and bears on the above."""


def explain(inventory: Inventory) -> list[AgentPermissions]:
    """Return what the actors of each agent may do."""
    return [_explain(agent, inventory) for agent in inventory.agents]


def _explain(agent: Agent, inventory: Inventory) -> AgentPermissions:
    gates = gates_of(agent)
    permission = cache(partial(_permission, gates))  # many actors are allowed the same
    actors = tuple(
        ActorPermissions(
            actor=actor, permissions=tuple(permission(tool, actor.mode, subagents) for tool in actor.tools)
        )
        for actor in actors_of(agent)
        for subagents in [_subagents(actor, gates)]
    )
    assigned = [*dict.fromkeys(_role(item) for item in _assignments(agent, inventory))]
    roles = tuple(role for role in assigned if not role.is_of_people)
    people = tuple(role for role in assigned if role.is_of_people)
    only_reads = all(role.only_reads for role in roles) if inventory.is_whole and roles else None
    return AgentPermissions(
        agent=agent,
        actors=actors,
        roles=roles,
        people=people,
        only_reads=only_reads,
        notes=tuple(
            notes(
                agent, actors, gates, only_reads=bool(only_reads), people=people if inventory.is_whole else ()
            )
        ),
    )


def _subagents(actor: Actor, gates: Gates) -> tuple[str, ...]:
    """Return the subagents that act, those with a list of their own."""
    names = [actor.name, *actor.handlers] if actor.kind == "Subagent" else actor.handlers
    return tuple(name for name in names if name.lower() in gates.allowed)


def _permission(gates: Gates, tool: Tool, mode: Mode, subagents: tuple[str, ...]) -> Permission:
    entry = gates.entry(tool.name, subagents)
    opening = gates.hooks_on(tool.name, "allow")
    hook: Hook | None = "allow" if opening else None
    decision = decide(hook, entry.list if entry else None, tool.wants_approval, mode, tool.action)
    exceptions = [
        (each.pattern.text, decide(None, each.list, tool.wants_approval, mode, tool.action).result)
        for each in gates.exceptions(tool.name, subagents)
    ]
    stopping = [name for name in gates.hooks_on(tool.name) if name not in opening]
    return Permission(
        tool=tool,
        result=decision.result,
        rows=decision.rows,
        because=f"hook {opening[0]} says allow" if opening else _because(entry),
        unless=tuple(stopping) if decision.result is not Result.BLOCKED else (),
        exceptions=tuple((text, result) for text, result in exceptions if result is not decision.result),
    )


def _because(entry: Entry | None) -> str:
    return f"{entry.list} {entry.pattern.text}" if entry else ""


def _assignments(agent: Agent, inventory: Inventory) -> Iterator[Item]:
    """Yield the role assignments of an agent: of several, those that Pulumi knows under its name."""
    prefix = logical_name_of(agent.urn)
    for item in inventory.around(*ASSIGNMENTS):
        name = logical_name_of(item.urn)
        if len(inventory.agents) == 1 or (prefix and name.startswith(f"{prefix}-")):
            yield item


def _role(item: Item) -> Role:
    principal = principal_of(item.properties) or "the agent's identity"
    return Role(
        role=role_name(item.properties),
        scope=scope_name(item.properties.get("scope")),
        principal=str(principal),
        principal_type=principal_type_of(item.properties),
    )

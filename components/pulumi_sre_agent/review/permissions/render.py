"""Permissions as text for people and as JSON for programs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pulumi_sre_agent.review.permissions.decision import Action, Result
from pulumi_sre_agent.review.permissions.explain import AgentPermissions
from pulumi_sre_agent.review.permissions.model import WORDS, ActorPermissions, Permission, Role
from pulumi_sre_agent.review.text import wrapped

SCHEMA_VERSION = 1
"""Of the JSON form; it rises where something that was there changes its meaning or goes."""
ORDER = (Result.RUNS, Result.UNPUBLISHED, Result.ASKS, Result.BLOCKED)
INDENT = "  "


def as_text(agents: Iterable[AgentPermissions], width: int = 80) -> str:
    """Write who may do what, in lines of at most `width` characters."""
    return "\n\n".join("\n".join(_agent(each, width)) for each in agents) + "\n"


def as_json(agents: Iterable[AgentPermissions]) -> dict[str, Any]:
    """Return the same for programs (docs/how-to/permissions.md#json)."""
    return {"schemaVersion": SCHEMA_VERSION, "agents": [_agent_json(each) for each in agents]}


def _agent(each: AgentPermissions, width: int) -> Iterator[str]:
    agent = each.agent
    level = agent.value("action_configuration", "access_level")
    yield f"{agent.name}{f': access level {level}' if level else ''}"
    for heading, roles in (("Its identity has", each.roles), ("People have", each.people)):
        for role, scopes in _by_role(roles).items():
            yield from _wrapped(f"{heading} {role} on {', '.join(scopes)}", width, INDENT)
    for actor in each.actors:
        yield ""
        yield from _actor(actor, width)
    if each.notes:
        yield ""
        for note in each.notes:
            yield from _wrapped(f"note: {note}", width, "")


def _by_role(roles: Sequence[Role]) -> Mapping[str, list[str]]:
    scopes: dict[str, list[str]] = {}
    for role in roles:
        scopes.setdefault(role.role, [])
        if (scope := role.scope.replace("`", "")) not in scopes[role.role]:
            scopes[role.role].append(scope)
    return scopes


def _actor(each: ActorPermissions, width: int) -> Iterator[str]:
    actor = each.actor
    by = f", by {', '.join(actor.handlers)}" if actor.handlers else ""
    yield from _wrapped(f"{actor.title}{by}: mode {actor.mode} ({actor.mode_source})", width, "")
    for result in ORDER:
        for group in _groups(each.of(result)):
            yield from _wrapped(f"{WORDS[result]}: {group}", width, INDENT)
    for permission in each.permissions:
        for pattern, result in permission.exceptions:
            yield from _wrapped(f"{pattern}: {WORDS[result]}", width, INDENT)


def _groups(permissions: list[Permission]) -> Iterator[str]:
    """Yield tools with the same reason together; what only reads is counted where it is much."""
    groups: dict[tuple[str, tuple[str, ...]], list[Permission]] = {}
    for each in permissions:
        groups.setdefault((each.because, each.unless), []).append(each)
    for (because, unless), members in groups.items():
        reads = [each.tool.name for each in members if each.tool.action is Action.READ]
        others = [each.tool.name for each in members if each.tool.action is not Action.READ]
        names = [*others, *(reads if len(reads) <= MANY else [f"{len(reads)} tools that read"])]
        reason = f" ({because})" if because else ""
        hooks = f", unless the hook {' or '.join(unless)} stops it" if unless else ""
        yield f"{', '.join(names)}{reason}{hooks}"


MANY = 8
"""Tools that only read, from which on they are counted."""


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return wrapped(text, width, indent, INDENT)


def _agent_json(each: AgentPermissions) -> dict[str, Any]:
    return {
        "name": each.agent.name,
        "id": each.agent.id or None,
        "accessLevel": each.agent.value("action_configuration", "access_level"),
        "roles": [_role_json(role) for role in each.roles],
        "people": [_role_json(role) for role in each.people],
        "actors": [_actor_json(actor) for actor in each.actors],
        "notes": list(each.notes),
    }


def _role_json(each: Role) -> dict[str, Any]:
    return {
        "role": each.role,
        "scope": each.scope.replace("`", ""),
        "principal": each.principal,
        "principalType": each.principal_type,
    }


def _actor_json(each: ActorPermissions) -> dict[str, Any]:
    actor = each.actor
    return {
        "kind": actor.kind,
        "name": actor.name,
        "handlers": list(actor.handlers),
        "mode": actor.mode,
        "modeSource": actor.mode_source,
        "tools": [
            {
                "name": permission.tool.name,
                "action": permission.tool.action.value,
                "result": permission.result.value,
                "rows": list(permission.rows),
                "because": permission.because,
                "unless": list(permission.unless),
                "exceptions": [{"pattern": text, "result": result} for text, result in permission.exceptions],
            }
            for permission in each.permissions
        ],
    }

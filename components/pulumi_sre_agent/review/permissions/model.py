"""The shape of permissions: what an actor may do with which tool, and why."""

from dataclasses import dataclass

from pulumi_sre_agent.identity.roles import ALERTING, PEOPLES_ROLES, READING
from pulumi_sre_agent.review.permissions.actors import Actor
from pulumi_sre_agent.review.permissions.decision import Result
from pulumi_sre_agent.review.permissions.tools import Tool

WORDS = {
    Result.RUNS: "at once",
    Result.ASKS: "asks first",
    Result.UNPUBLISHED: "at once or asks: unpublished",
    Result.BLOCKED: "never",
}
"""How each result is written."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What an actor may do with one tool."""

    tool: Tool
    result: Result
    rows: tuple[int, ...]
    """Of the table that decided (docs/reference/product.md#tool-calls)."""
    because: str
    """What decided, in a few words; empty where nothing but the mode did."""
    unless: tuple[str, ...] = ()
    """Hooks that may stop it. None counts as a protection: no page describes hooks before a tool."""
    exceptions: tuple[tuple[str, Result], ...] = ()
    """Patterns with arguments, and what holds where they match."""


@dataclass(frozen=True, kw_only=True)
class ActorPermissions:
    """An actor with all that it may do."""

    actor: Actor
    permissions: tuple[Permission, ...]

    def of(self, result: Result) -> list[Permission]:
        return [each for each in self.permissions if each.result is result]


@dataclass(frozen=True, kw_only=True)
class Role:
    """An Azure role that somebody has."""

    role: str
    scope: str
    """In words."""
    principal: str
    principal_type: str | None = None
    """Such as `ServicePrincipal`."""

    @property
    def is_of_people(self) -> bool:
        """Whether people have it: a role on an agent, or one of a user or a group."""
        return self.role in PEOPLES_ROLES or self.principal_type in ("User", "Group")

    @property
    def only_reads(self) -> bool:
        """Whether it lets nothing be changed in Azure, but for alerts."""
        return self.role in READING or self.role in ALERTING

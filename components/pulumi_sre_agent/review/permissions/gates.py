"""What stands between an agent's tools and their use: its tool policies and its hooks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pulumi_sre_agent.review.inventory.inventory import Agent, Item
from pulumi_sre_agent.review.permissions.decision import PolicyList
from pulumi_sre_agent.review.permissions.patterns import Pattern

LISTS: Final[tuple[PolicyList, ...]] = ("deny", "allow", "ask")
"""In the order in which they hold."""


@dataclass(frozen=True)
class Entry:
    """A pattern and the list that it stands in."""

    list: PolicyList
    pattern: Pattern


@dataclass(frozen=True)
class Gates:
    """The policies and hooks of one agent."""

    entries: tuple[Entry, ...]
    """Of the agent as a whole."""
    allowed: dict[str, tuple[Pattern, ...]]
    """What a subagent may use besides, by its name in lower case."""
    hooks: tuple[Item, ...]
    """Those that are on and look at tools before their use."""

    def entry(self, tool: str, subagents: Iterable[str] = ()) -> Entry | None:
        """Return what holds of a tool whatever its arguments are; None where no pattern matches."""
        return self._first(each for each in self._about(tool, subagents) if each.pattern.arguments is None)

    def exceptions(self, tool: str, subagents: Iterable[str] = ()) -> list[Entry]:
        """Return what holds of a tool with certain arguments only, and would count there."""
        about = self._about(tool, subagents)
        whole = self._first(each for each in about if each.pattern.arguments is None)
        rank = LISTS.index(whole.list) if whole else len(LISTS)
        return [
            each for each in about if each.pattern.arguments is not None and LISTS.index(each.list) < rank
        ]

    def hooks_on(self, tool: str, decision: str | None = None) -> list[str]:
        """Return the names of the hooks that look at a tool, those that decide `decision` if it is given."""
        return [
            hook.name
            for hook in self.hooks
            if _matches(str(hook.value("hook", "matcher", default="")), tool)
            and decision in (None, hook.value("permission_decision"))
        ]

    def _about(self, tool: str, subagents: Iterable[str]) -> list[Entry]:
        further = (
            Entry("allow", pattern) for name in subagents for pattern in self.allowed.get(name.lower(), ())
        )
        return [each for each in (*self.entries, *further) if each.pattern.covers(tool)]

    def _first(self, entries: Iterable[Entry]) -> Entry | None:
        return min(entries, key=lambda each: LISTS.index(each.list), default=None)


def gates_of(agent: Agent) -> Gates:
    """Return the gates of an agent."""
    entries = [
        Entry(name, Pattern.parse(str(text)))
        for item in agent.of("GlobalToolPermissions")
        for name in LISTS
        for text in item.entries(name)
    ]
    allowed = {
        item.name.lower(): tuple(Pattern.parse(str(text)) for text in item.entries("allow"))
        for item in agent.of("SubagentPermissions")
    }
    hooks = [item for item in agent.of("Hook") if _looks_before(item)]
    return Gates(tuple(entries), allowed, tuple(hooks))


def _looks_before(hook: Item) -> bool:
    is_on = (
        hook.value("enabled", default=True) and hook.value("activation_mode", default="always") == "always"
    )
    return bool(is_on) and hook.value("event_type") == "PreToolUse"


def _matches(matcher: str, tool: str) -> bool:
    if matcher == "*":
        return True
    try:
        return bool(re.fullmatch(matcher, tool))
    except re.error:
        return False

"""Who acts in an agent, in which mode, with which tools (docs/reference/product.md#which-mode-counts)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.review.inventory.inventory import Agent, Item
from pulumi_sre_agent.review.permissions.decision import Mode
from pulumi_sre_agent.review.permissions.tools import Tool, named, platform_of, tools_of

TITLES = {
    "Agent": "agent",
    "Subagent": "subagent",
    "IncidentFilter": "response plan",
    "ScheduledTask": "scheduled task",
    "HttpTrigger": "HTTP trigger",
    "QuickstartPlan": "quickstart plan",
}
"""The kinds that act, in the order in which they are told of."""
AUTOMATIONS = ("IncidentFilter", "ScheduledTask", "HttpTrigger")
ITSELF = ("default", "meta_agent", "")
"""Names of the agent among those that handle something."""
DEFAULT_MODE: Mode = "Review"
AUTOMATIONS_MODE: Mode = "Autonomous"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One that acts."""

    kind: str
    name: str
    handlers: tuple[str, ...] = ()
    """Subagents that work for it, first those it names, then those that they hand work to."""
    mode: Mode
    mode_source: str
    """Why it is that mode, in a few words."""
    tools: tuple[Tool, ...]
    item: Item

    @property
    def title(self) -> str:
        """Such as `response plan checkout-down`."""
        return f"{TITLES[self.kind]} {self.name}"


def actors_of(agent: Agent) -> Iterator[Actor]:
    """Yield the agent as people chat with it, its subagents, and what runs by itself and is on."""
    tools = tools_of(agent)
    subagents = {item.name.lower(): item for item in agent.of("Subagent")}
    mode = mode_of(agent.value("action_configuration", "mode", default=DEFAULT_MODE))
    yield Actor(
        kind="Agent",
        name=agent.name,
        mode=mode,
        mode_source="as the agent says, in chats",
        tools=tuple(tools.values()),
        item=agent,
    )
    for item in agent.of("Subagent"):
        yield Actor(
            kind=item.kind,
            name=item.name,
            handlers=tuple(_reached([item.name], subagents))[1:],
            mode=mode,
            mode_source="as who calls it: here in chats",
            tools=_tools([item.name], agent, subagents, tools),
            item=item,
        )
    for kind in AUTOMATIONS:
        for item in agent.of(kind):
            if item.value("is_enabled", default=True):
                yield _automation(item, agent, subagents, tools)
    if has_quickstart_plan(agent):
        yield Actor(
            kind="QuickstartPlan",
            name=agent.name,
            mode=AUTOMATIONS_MODE,
            mode_source="the service makes it with the platform, unless that is switched off",
            tools=tuple(tools.values()),
            item=agent,
        )


def has_quickstart_plan(agent: Agent) -> bool:
    """Whether the service's own plan is there, and not listed among the others, as a live agent's is.

    See docs/reference/product.md#quickstart-plans.
    """
    managed = next(agent.of("QuickstartPlan"), None)
    is_listed = any(item.name.startswith("quickstart") for item in agent.of("IncidentFilter"))
    is_there = managed.value("present", default=True) if managed else platform_of(agent) is not None
    return bool(is_there) and not is_listed


def mode_of(value: Any) -> Mode:
    """Return a mode in the words of the data plane, whatever its case; `Automatic` is `Autonomous`."""
    modes: Mapping[str, Mode] = {"readonly": "ReadOnly", "review": "Review"}
    return modes.get(str(value).lower(), "Autonomous")


def _automation(item: Item, agent: Agent, subagents: Mapping[str, Item], tools: Mapping[str, Tool]) -> Actor:
    names = item.entries("handling_agents") or [item.value("handling_agent") or item.value("agent") or ""]
    own = item.value("agent_mode")
    handled = [str(name) for name in names]
    extra = tuple(named(tools, item.entries("tools")))
    found = {tool.name: tool for tool in (*_tools(handled, agent, subagents, tools), *extra)}
    return Actor(
        kind=item.kind,
        name=item.name,
        handlers=tuple(_reached([name for name in handled if name not in ITSELF], subagents)),
        mode=mode_of(own or AUTOMATIONS_MODE),
        mode_source="its own" if own else "the service's default, since it says none",
        tools=tuple(found.values()),
        item=item,
    )


def _reached(names: list[str], subagents: Mapping[str, Item]) -> Iterator[str]:
    """Yield subagents and all that they hand work to, each once."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name.lower() not in seen:
            seen.add(name.lower())
            yield name
            item = subagents.get(name.lower())
            waiting += [str(each) for each in item.entries("handoffs")] if item else []


def _tools(
    names: list[str], agent: Agent, subagents: Mapping[str, Item], tools: Mapping[str, Tool]
) -> tuple[Tool, ...]:
    """Return the tools of several handlers together; one that names none has all that the agent has."""
    found: dict[str, Tool] = {}
    for name in names:
        if name in ITSELF:
            return tuple(tools.values())
    for name in _reached(names, subagents):
        item = subagents.get(name.lower())
        listed = [*item.entries("tools"), *item.entries("mcp_tools")] if item else []
        if not listed:
            return tuple(tools.values())
        skills = _skill_tools(item, agent) if item else []
        found |= {tool.name: tool for tool in named(tools, [*listed, *skills])}
    return tuple(found[name] for name in sorted(found))


def _skill_tools(subagent: Item, agent: Agent) -> list[Any]:
    """Return the tools of the skills that a subagent may load."""
    if not subagent.value("enable_skills", default=False):
        return []
    allowed = {str(name) for name in subagent.entries("allowed_skills")}
    skills = (item for item in agent.of("Skill") if not allowed or item.name in allowed)
    return [tool for skill in skills for tool in skill.entries("tools")]

"""What starts an agent, who handles it, and with what: the picture's upper part."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from pulumi_sre_agent.review.alerts.matching import platform_name
from pulumi_sre_agent.review.alerts.routes import platforms_of
from pulumi_sre_agent.review.graph.graph import SEPARATOR, Edge, Node, Panel
from pulumi_sre_agent.review.inventory.inventory import Agent, Item
from pulumi_sre_agent.review.permissions.actors import AUTOMATIONS, AUTOMATIONS_MODE, ITSELF, mode_of
from pulumi_sre_agent.schema.references import references

PLATFORM_COLUMN, STARTS, HANDLERS, SKILLS, TOOLS, SOURCES = range(6)
"""Columns of `Panel.WORK`."""
KINDS: Mapping[str, tuple[int, str]] = {
    "IncidentPlatform": (PLATFORM_COLUMN, "incident platform"),
    "IncidentFilter": (STARTS, "plan"),
    "ScheduledTask": (STARTS, "task"),
    "HttpTrigger": (STARTS, "trigger"),
    "Subagent": (HANDLERS, "subagent"),
    "Skill": (SKILLS, "skill"),
    "Tool": (TOOLS, "tool"),
    "Connector": (SOURCES, "connector"),
    "ConnectorV2McpServer": (SOURCES, "connector"),
    "Repo": (SOURCES, "repository"),
}
"""What is drawn of an agent: in which column, and what it is called."""


def key(agent: Agent, kind: str, name: str) -> str:
    """Return the key of an item's node."""
    return f"{agent.name}/{kind}/{name}"


def agent_key(agent: Agent) -> str:
    """Return the key of an agent's node in the upper part."""
    return key(agent, "Agent", "")


def nodes_of(agent: Agent) -> Iterator[Node]:
    """Yield the agent, and what is drawn of it."""
    yield Node(
        key=agent_key(agent),
        panel=Panel.WORK,
        column=HANDLERS,
        kind="agent",
        name=agent.name or "agent",
        detail=agent_detail(agent),
        urn=agent.urn,
    )
    if (platform := _platform_of_agent(agent)) and not any(agent.of("IncidentPlatform")):
        yield _node(agent, Item(kind="IncidentPlatform", name="", properties={"type": platform}))
    for item in agent.items:
        if item.kind in KINDS:
            yield _node(agent, item)


def edges_of(agent: Agent) -> Iterator[Edge]:
    """Yield who names whom: platform to plans, plans to handlers, handlers to tools, tools to connectors."""
    keys = {node.key for node in nodes_of(agent)}
    yield from (edge for edge in dict.fromkeys(_edges(agent)) if {edge.source, edge.target} <= keys)


def agent_detail(agent: Agent) -> str:
    """Return its mode in chats and its access level."""
    mode = agent.value("action_configuration", "mode")
    level = agent.value("action_configuration", "access_level")
    return _join(mode, level and f"access {level}")


def _edges(agent: Agent) -> Iterator[Edge]:
    platforms = platforms_of(agent)
    named = [(item, _named(agent, item)) for item in agent.items]
    for item, names in named:
        if item.kind == "IncidentFilter" and platform_name(item.value("incident_platform")) in platforms:
            yield Edge(source=key(agent, "IncidentPlatform", ""), target=_key(agent, item))
        if item.kind in AUTOMATIONS:
            yield from (Edge(source=_key(agent, item), target=each) for each in _handlers(agent, item))
        elif item.kind in KINDS:
            yield from (Edge(source=_key(agent, item), target=key(agent, *each)) for each in names)
    yield from _of_agent(agent, {each for _, names in named for each in names})


def _of_agent(agent: Agent, named: Collection[tuple[str, str]]) -> Iterator[Edge]:
    """Yield what the agent has and none of its subagents, skills or tools names."""
    for kind in ("Skill", "Tool", "Connector", "ConnectorV2McpServer", "Repo", "Subagent"):
        for item in agent.of(kind):
            if (item.kind, item.name) not in named:
                yield Edge(source=agent_key(agent), target=_key(agent, item))


def _handlers(agent: Agent, item: Item) -> list[str]:
    """Return the keys of who works on what an automation starts."""
    names = [*item.entries("handling_agents"), item.value("handling_agent"), item.value("agent")]
    subagents = [str(name) for name in names if name and str(name).lower() not in ITSELF]
    return [key(agent, "Subagent", name) for name in subagents] or [agent_key(agent)]


def _named(agent: Agent, item: Item) -> list[tuple[str, str]]:
    """Return the kinds and names of what an item names of the agent's."""
    from pulumi_sre_agent import resources  # noqa: PLC0415 - Pulumi's SDK, which `--help` does without

    if item.kind not in KINDS:
        return []
    found = references(getattr(resources, f"{item.kind}Args"), item.properties)
    pairs = (pair for reference in found for pair in reference.resolve(agent.names))
    return [
        (kind, name) for kind, name in dict.fromkeys(pairs) if kind in KINDS and kind != "IncidentPlatform"
    ]


def _node(agent: Agent, item: Item) -> Node:
    column, kind = KINDS[item.kind]
    name = item.name or str(item.value("type", default="unknown"))
    return Node(
        key=_key(agent, item),
        panel=Panel.WORK,
        column=column,
        kind=kind,
        name=name,
        detail=DETAILS.get(item.kind, _no_detail)(item),
        urn=item.urn,
    )


def _key(agent: Agent, item: Item) -> str:
    return key(agent, item.kind, item.name)


def _platform_of_agent(agent: Agent) -> str | None:
    value = agent.value("incident_management_configuration", "type")
    return None if value in (None, "None") else str(value)


def _plan(item: Item) -> str:
    return _join(_mode(item), ", ".join(map(str, item.entries("priorities"))))


def _task(item: Item) -> str:
    return _join(_mode(item), item.value("cron_expression"))


def _mode(item: Item) -> str:
    if item.value("is_enabled", default=True) is False:
        return "off"
    return mode_of(item.value("agent_mode", default=AUTOMATIONS_MODE))


def _subagent(item: Item) -> str:
    tools = len(item.entries("tools")) + len(item.entries("mcp_tools"))
    return "all tools" if not tools else "1 tool" if tools == 1 else f"{tools} tools"


def _type(item: Item) -> str:
    return str(item.value("type") or item.value("data_connector_type") or "")


def _no_detail(_: Item) -> str:
    return ""


def _join(*parts: Any) -> str:
    return SEPARATOR.join(str(part) for part in parts if part)


DETAILS: Mapping[str, Callable[[Item], str]] = {
    "IncidentFilter": _plan,
    "ScheduledTask": _task,
    "HttpTrigger": _mode,
    "Subagent": _subagent,
    "Tool": _type,
    "Connector": _type,
}
"""What to say of a kind besides its name."""

"""Who uses an agent, as whom it acts, and where it all lies: the picture's lower part."""

from collections.abc import Iterator

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.review.changes import logical_name_of
from pulumi_sre_agent.review.graph.graph import WATCHES, Edge, Node, Panel
from pulumi_sre_agent.review.graph.work import agent_detail
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from pulumi_sre_agent.review.role_names import (
    ASSIGNMENTS,
    principal_of,
    principal_type_of,
    role_name,
    scope_name,
)

PEOPLE, AGENT, MEANS, ROLES, SCOPES = range(5)
"""Columns of `Panel.PLACE`."""
MEANS_KINDS = {
    "UserAssignedIdentity": "user-assigned identity",
    "VirtualNetwork": "virtual network",
    "Component": "Application Insights",
    "Workspace": "Log Analytics",
}
"""Last parts of Pulumi's types of what an agent is surrounded with, and what they are called."""
IDENTITY = "identity"
SYSTEM_IDENTITY = "system identity"
SYSTEM = "-system-"
"""In Pulumi's names of the roles that an agent's system-assigned identity gets (`sre.Agent`)."""


def nodes_and_edges(inventory: Inventory) -> tuple[list[Node], list[Edge]]:
    """Return the lower part of a stack's picture."""
    pairs = [
        pair
        for agent in inventory.agents
        for pair in (*_of_agent(agent, inventory), *_roles(agent, inventory))
    ]
    nodes = {node.key: node for found, _ in pairs for node in found}
    return [*nodes.values()], [*dict.fromkeys(edge for _, edge in pairs if edge)]


Pair = tuple[list[Node], Edge | None]
"""Nodes, and an edge between them, or from one of them to the agent."""


def drawn_kinds(inventory: Inventory) -> set[str]:
    """Return the kinds of the surroundings that the picture shows."""
    return {item.kind for item in inventory.surroundings if _short_type(item) in MEANS_KINDS} | {*ASSIGNMENTS}


def _of_agent(agent: Agent, inventory: Inventory) -> Iterator[Pair]:
    me = _agent_node(agent)
    yield [me], None
    for item in _around(agent, inventory):
        if kind := MEANS_KINDS.get(_short_type(item)):
            yield _to(me, _means(item.name, kind, urn=item.urn))
    if subnet := agent.value("vnet_configuration", "subnet_resource_id"):
        yield _to(me, _means(ArmId(str(subnet)).short_name, "subnet"))
    if mode := agent.value("sandbox_configuration", "egress", "mode"):
        hosts = len(agent.entries("sandbox_configuration", "egress", "allowed_hosts"))
        yield _to(me, _means(f"egress {mode}", "network", f"{hosts} allowed hosts" if hosts else ""))
    for scope in agent.entries("knowledge_graph_configuration", "managed_resources"):
        yield _to(me, _scope(scope), WATCHES)


def _roles(agent: Agent, inventory: Inventory) -> Iterator[Pair]:
    me = _agent_node(agent)
    for item in _around(agent, inventory):
        if item.kind not in ASSIGNMENTS:
            continue
        role = role_name(item.properties)
        type_ = str(principal_type_of(item.properties) or "")
        if type_ in ("User", "Group"):
            principal = str(principal_of(item.properties) or "not known yet")
            person = _node(
                PEOPLE,
                type_.lower(),
                role.removeprefix("SRE Agent "),
                principal,
                key=f"person/{principal}/{role}",
                urn=item.urn,
            )
            yield [person, me], Edge(source=person.key, target=me.key)
        else:
            identity = _identity(agent, inventory, item)
            scope = _scope(item.properties.get("scope"))
            given = _node(ROLES, "role", role, key=f"{identity.key}/{role}")
            yield _to(me, identity)
            yield [given], Edge(source=identity.key, target=given.key)
            yield [scope], Edge(source=given.key, target=scope.key)


def _around(agent: Agent, inventory: Inventory) -> Iterator[Item]:
    """Yield what of the surroundings is an agent's: all for the only one, else what bears its Pulumi name."""
    prefix = logical_name_of(agent.urn) or agent.name
    for item in inventory.surroundings:
        if len(inventory.agents) == 1 or logical_name_of(item.urn).startswith(prefix):
            yield item


def _identity(agent: Agent, inventory: Inventory, role: Item) -> Node:
    """Return the identity that a role goes to, by the names that `sre.Agent` gives both."""
    if SYSTEM in logical_name_of(role.urn):
        return _means(SYSTEM_IDENTITY, IDENTITY, key=f"{agent.name}/{SYSTEM_IDENTITY}")
    own = [item for item in _around(agent, inventory) if _short_type(item) == "UserAssignedIdentity"]
    if len(own) == 1:
        return _means(own[0].name, MEANS_KINDS["UserAssignedIdentity"], urn=own[0].urn)
    used = agent.value("action_configuration", "identity")
    return _means(ArmId(str(used)).name if used else "its identity", MEANS_KINDS["UserAssignedIdentity"])


def _agent_node(agent: Agent) -> Node:
    return _node(
        AGENT, "agent", agent.name or "agent", agent_detail(agent), key=f"place/{agent.name}", urn=agent.urn
    )


def _means(name: str, kind: str, detail: str = "", *, urn: str = "", key: str = "") -> Node:
    return _node(MEANS, kind, name, detail, key=key or f"{kind}/{name}", urn=urn)


def _scope(scope: object) -> Node:
    words = scope_name(scope).replace("`", "")
    kind, _, name = words.rpartition(" ") if words.startswith("the ") else ("scope", "", words)
    kind = kind.removeprefix("the ").removeprefix("whole ")
    return _node(SCOPES, kind, name, key=f"scope/{words.lower()}")


def _node(column: int, kind: str, name: str, detail: str = "", *, key: str, urn: str = "") -> Node:
    return Node(key=key, panel=Panel.PLACE, column=column, kind=kind, name=name, detail=detail, urn=urn)


def _to(agent: Node, other: Node, label: str = "") -> Pair:
    return [agent, other], Edge(source=agent.key, target=other.key, label=label)


def _short_type(item: Item) -> str:
    return item.kind.rsplit(":", 1)[-1]

"""Alert rules of a stack, and which plans take their alerts, as `sre-agent explain alerts` tells it."""

from pulumi_sre_agent.review.alerts.alert import RULE_TYPE, AlertRule, alert_rules
from pulumi_sre_agent.review.alerts.explain import rule_routes
from pulumi_sre_agent.review.alerts.routes import PLAN
from pulumi_sre_agent.review.graph.graph import PERHAPS, SEPARATOR, Edge, Node, Panel
from pulumi_sre_agent.review.graph.work import PLATFORM_COLUMN, key
from pulumi_sre_agent.review.inventory.inventory import Inventory


def nodes_and_edges(inventory: Inventory) -> tuple[list[Node], list[Edge]]:
    """Return the alert rules, and an edge to each plan that takes their alerts, certainly or perhaps."""
    rules = [*alert_rules(inventory)]
    edges: dict[str, list[Edge]] = {}
    for agent in inventory.agents:
        for each in rule_routes(agent, rules):
            known = edges.setdefault(each.rule.urn, [])
            if each.rule.is_enabled:
                known += [
                    Edge(
                        source=_key(each.rule),
                        target=key(agent, PLAN, taker.plan),
                        label="" if taker.is_certain else PERHAPS,
                    )
                    for taker in each.route.takers
                ]
    drawn = [rule for rule in rules if rule.urn in edges]
    nodes = [_node(rule, is_taken=bool(edges[rule.urn])) for rule in drawn]
    return nodes, [edge for rule in drawn for edge in edges[rule.urn]]


def drawn_kinds(inventory: Inventory) -> set[str]:
    """Return the kinds of alert rules, where there are agents that alerts come to."""
    nodes, _ = nodes_and_edges(inventory)
    return (
        {item.kind for item in inventory.surroundings if RULE_TYPE.fullmatch(item.kind)} if nodes else set()
    )


def _node(rule: AlertRule, *, is_taken: bool) -> Node:
    state = "off" if not rule.is_enabled else "" if is_taken else "no plan"
    return Node(
        key=_key(rule),
        panel=Panel.WORK,
        column=PLATFORM_COLUMN,
        kind="alert rule",
        name=rule.name,
        detail=SEPARATOR.join(filter(None, (rule.alert.priority, state))),
        urn=rule.urn,
    )


def _key(rule: AlertRule) -> str:
    return f"alert/{rule.urn or rule.name}"

"""A picture of a stack, a directory or a live agent, and one of what a preview changes."""

from collections import Counter

from pulumi_sre_agent.review.graph import alerts, place, work
from pulumi_sre_agent.review.graph.graph import Graph, merge
from pulumi_sre_agent.review.inventory.inventory import Inventory
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.preview import Preview


def graph_of(inventory: Inventory, title: str) -> Graph:
    """Return the picture of what is there."""
    parts = [alerts.nodes_and_edges(inventory), place.nodes_and_edges(inventory)]
    around = place.drawn_kinds(inventory) | alerts.drawn_kinds(inventory)
    items = (item for agent in inventory.agents for item in agent.items)
    left_out = Counter(item.kind for item in items if item.kind not in work.KINDS)
    others = (item.kind for item in inventory.surroundings if item.kind not in around)
    left_out.update(kind.rsplit(":", 1)[-1] for kind in others)
    return Graph(
        title=title,
        nodes=(
            *(node for agent in inventory.agents for node in work.nodes_of(agent)),
            *(node for nodes, _ in parts for node in nodes),
        ),
        edges=(
            *(edge for agent in inventory.agents for edge in work.edges_of(agent)),
            *(edge for _, edges in parts for edge in edges),
        ),
        left_out=tuple(sorted(left_out.items())),
        is_whole=inventory.is_whole,
    )


def graph_of_preview(preview: Preview) -> Graph:
    """Return the picture of both sides of a preview, with what changes marked."""
    before, after = (graph_of(of_preview(preview, side), preview.title) for side in ("before", "after"))
    changed = {change.urn for change in preview.real_changes if change.has_both_sides}
    return merge(before, after, changed)

"""The shape of a picture: panels of columns, nodes in them, and edges between."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """What a change does to a node or an edge."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


BADGES = {State.SAME: "", State.ADDED: "+ new", State.REMOVED: "- gone", State.CHANGED: "± changed"}
"""Words that mark what a change does, so that nobody needs the colour."""


WATCHES, PERHAPS = "watches", "perhaps"
"""Labels of edges: what an agent looks at, and which plan takes an alert if what is not known yet is so."""


class Panel(StrEnum):
    """A part of the picture, with columns of its own; the value is its heading."""

    WORK = "What starts it, who handles it, with what"
    PLACE = "Who uses it, as whom it acts, and where"


COLUMNS = {
    Panel.WORK: (
        "Alert rules, platform",
        "Plans, tasks, triggers",
        "Agent and subagents",
        "Skills",
        "Tools",
        "Connectors, code",
    ),
    Panel.PLACE: ("People", "Agent", "Identities and means", "Roles", "Scopes"),
}
"""Headings of the columns of each panel, from the left."""

SEPARATOR = " · "
"""Stands between the parts of a box's second line."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A box."""

    key: str
    """Unique in a graph, and the same before and after a change."""
    panel: Panel
    column: int
    kind: str
    """In words, such as `response plan`."""
    name: str
    detail: str = ""
    """What matters about it, in a few words; `SEPARATOR` stands between what can change apart."""
    urn: str = ""
    """Where it is a stack's resource."""
    state: State = State.SAME
    was: str = ""
    """What of the detail was otherwise before the change."""

    @property
    def second_line(self) -> str:
        """Its kind and what matters about it."""
        return SEPARATOR.join(filter(None, (self.kind, self.detail)))

    @property
    def badge(self) -> str:
        """What a change does to it, in words; empty where it does nothing."""
        return f"± was {self.was}" if self.was else BADGES[self.state]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """An arrow, within one panel."""

    source: str
    target: str
    label: str = ""
    state: State = State.SAME

    @property
    def ends(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.source, self.target, self.label


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A picture of a stack, or of what changes in it."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    """Between nodes that are there."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Kinds that are not drawn, and how many there are of each."""
    is_diff: bool = False
    is_whole: bool = True
    """False for that of a preview that leaves out what stays the same."""

    @property
    def differs(self) -> bool:
        """Whether a change does something to what is drawn."""
        nodes = any(node.state is not State.SAME for node in self.nodes)
        return nodes or any(edge.state is not State.SAME for edge in self.edges)

    def of(self, panel: Panel) -> list[Node]:
        """Return the nodes of a panel, in their order."""
        return [node for node in self.nodes if node.panel is panel]

    def within(self, panel: Panel) -> list[Edge]:
        """Return the edges of a panel."""
        keys = {node.key for node in self.of(panel)}
        return [edge for edge in self.edges if edge.source in keys]


def merge(before: Graph, after: Graph, changed: Collection[str]) -> Graph:
    """Return both sides as one: what only one has is marked, and so are nodes whose URNs are in `changed`."""
    old, new = ({node.key: node for node in side.nodes} for side in (before, after))
    old_edges, new_edges = ({edge.ends: edge for edge in side.edges} for side in (before, after))

    def marked(node: Node) -> Node:
        former = old.get(node.key, node)
        differs = node.urn in changed or former != node
        state = _state(node.key in old, node.key in new, differs)
        return replace(node, state=state, was=_former(former.detail, node.detail))

    return Graph(
        title=after.title,
        nodes=tuple(map(marked, {**old, **new}.values())),
        edges=tuple(
            replace(edge, state=_state(ends in old_edges, ends in new_edges, False))
            for ends, edge in {**old_edges, **new_edges}.items()
        ),
        left_out=after.left_out,
        is_diff=True,
        is_whole=after.is_whole,
    )


def _former(before: str, after: str) -> str:
    """Return what of a detail is no longer so; all of it where something has come alone."""
    if before == after:
        return ""
    gone = [part for part in before.split(SEPARATOR) if part not in after.split(SEPARATOR)]
    return SEPARATOR.join(gone) or before


def _state(is_before: bool, is_after: bool, differs: bool) -> State:
    if is_before and is_after:
        return State.CHANGED if differs else State.SAME
    return State.ADDED if is_after else State.REMOVED

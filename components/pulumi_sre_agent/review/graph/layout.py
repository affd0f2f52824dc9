"""Where each box and each arrow of a picture lies: columns from the left, few crossings within them.

Arrows that pass over a column get a place of their own in it, so that none runs behind a box.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pulumi_sre_agent.review.graph.graph import Edge, Node, State

WIDTH, HEIGHT, MARKED_HEIGHT = 204, 50, 68
"""Of a box, in pixels; one that a change does something to has a line more."""
LANE = 4
"""Height of the place that an arrow has in a column which it passes over."""
GAP_X, GAP_Y = 44, 12
SWEEPS = 6


@dataclass(frozen=True)
class Box:
    """A node at its place."""

    node: Node
    x: float
    y: float
    """Of its upper left corner."""


@dataclass(frozen=True)
class Path:
    """An edge as points to pass through, from the right side of a box to the left side of another."""

    edge: Edge
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Layout:
    """All of a panel at its place; the origin is its upper left corner."""

    boxes: tuple[Box, ...]
    paths: tuple[Path, ...]
    columns: Mapping[int, float]
    """Where each column that holds something begins."""
    width: float
    height: float


@dataclass
class _Slot:
    """A place in a column: a node's, or that of an arrow which passes."""

    column: int
    height: float
    node: Node | None = None
    before: list["_Slot"] = field(default_factory=list)
    after: list["_Slot"] = field(default_factory=list)
    y: float = 0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def place_panel(nodes: Sequence[Node], edges: Iterable[Edge]) -> Layout:
    """Lay a panel out."""
    used = sorted({node.column for node in nodes})
    order = {column: index for index, column in enumerate(used)}
    slots = {node.key: _Slot(order[node.column], height_of(node), node) for node in nodes}
    columns: list[list[_Slot]] = [[] for _ in used]
    for slot in slots.values():
        columns[slot.column].append(slot)
    routes = [(edge, _route(slots[edge.source], slots[edge.target], columns)) for edge in edges]
    _sort(columns)
    height = _stack(columns)
    xs = [index * (WIDTH + GAP_X) for index in range(len(used))]
    return Layout(
        boxes=tuple(Box(slot.node, xs[slot.column], slot.y) for slot in slots.values() if slot.node),
        paths=tuple(Path(edge, _points(route, xs)) for edge, route in routes),
        columns={column: xs[index] for column, index in order.items()},
        width=xs[-1] + WIDTH if xs else 0,
        height=height,
    )


def height_of(node: Node) -> float:
    """Return how high a node's box is."""
    return HEIGHT if node.state is State.SAME else MARKED_HEIGHT


def _route(source: _Slot, target: _Slot, columns: list[list[_Slot]]) -> list[_Slot]:
    """Return the slots that an arrow passes, with new ones in the columns between."""
    lanes = [_Slot(column, LANE) for column in range(source.column + 1, target.column)]
    for lane in lanes:
        columns[lane.column].append(lane)
    route = [source, *lanes, target]
    for left, right in pairwise(route):
        left.after.append(right)
        right.before.append(left)
    return route


def _sort(columns: list[list[_Slot]]) -> None:
    """Order each column by where its neighbours stand, from the left and from the right in turn."""
    for sweep in range(SWEEPS):
        places = {id(slot): index / len(column) for column in columns for index, slot in enumerate(column)}
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda slot: _mean(slot, places, sweep % 2 == 0))
            places |= {id(slot): index / len(column) for index, slot in enumerate(column)}


def _mean(slot: _Slot, places: Mapping[int, float], is_forward: bool) -> float:
    neighbours = slot.before if is_forward else slot.after
    if not neighbours:
        return places[id(slot)]
    return sum(places[id(each)] for each in neighbours) / len(neighbours)


def _stack(columns: list[list[_Slot]]) -> float:
    """Give each slot its place in its column, all around the same middle; return the whole height."""
    heights = [sum(slot.height + GAP_Y for slot in column) - GAP_Y for column in columns]
    whole = max(heights, default=0)
    for column, height in zip(columns, heights, strict=True):
        y = (whole - height) / 2
        for slot in column:
            slot.y = y
            y += slot.height + GAP_Y
    return whole


def _points(route: list[_Slot], xs: Sequence[float]) -> tuple[tuple[float, float], ...]:
    source, *lanes, target = route
    points = [(xs[source.column] + WIDTH, source.middle)]
    for lane in lanes:
        points += [(xs[lane.column], lane.middle), (xs[lane.column] + WIDTH, lane.middle)]
    end = xs[target.column] + (WIDTH if target.column == source.column else 0)
    return (*points, (end, target.middle))

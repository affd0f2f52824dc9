"""A picture as SVG that stands alone, in light and dark; what changes is marked by more than colour."""

from collections.abc import Iterator
from html import escape
from textwrap import wrap

from pulumi_sre_agent.review.graph.graph import COLUMNS, PERHAPS, WATCHES, Graph, Panel, State
from pulumi_sre_agent.review.graph.layout import WIDTH, Box, Layout, Path, height_of, place_panel

MARGIN = 24
TITLE, PANEL, COLUMN = 44, 34, 26
"""Heights of the headings: of the picture, of a panel, of its columns."""
LINE = 18
"""Height of a line of the foot."""
CHARACTER, SMALL_CHARACTER, BADGE_CHARACTER = 8.0, 6.2, 6.8
"""Mean widths of letters in a box's lines."""
STYLE = """
.graph { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-size: 13px;
  color-scheme: light dark; fill: var(--text);
  --page: #ffffff; --box: #f6f8fa; --line: #c3c9d1; --text: #1f2328; --soft: #59636e; --wire: #8c959f;
  --new: #1a7f37; --gone: #cf222e; --changed: #9a6700; }
@media (prefers-color-scheme: dark) { .graph {
  --page: #0d1117; --box: #161b22; --line: #3d444d; --text: #f0f6fc; --soft: #9198a1; --wire: #6e7681;
  --new: #3fb950; --gone: #f85149; --changed: #d29922; } }
.graph .page { fill: var(--page); }
.graph .title { font-size: 18px; font-weight: 600; }
.graph .panel { font-size: 14px; font-weight: 600; }
.graph .soft { fill: var(--soft); font-size: 11px; }
.graph .name { font-weight: 600; }
.graph .badge { font-size: 11px; font-weight: 600; }
.graph .box { fill: var(--box); stroke: var(--line); stroke-width: 1.2; }
.graph .wire { fill: none; stroke: var(--wire); stroke-width: 1.3; }
.graph .watches, .graph .perhaps { stroke-dasharray: 2 4; }
.graph .head { fill: var(--wire); }
.graph .added .box, .graph .wire.added { stroke: var(--new); stroke-width: 2.5; }
.graph .added .badge, .graph .head.added { fill: var(--new); }
.graph .removed .box, .graph .wire.removed { stroke: var(--gone); stroke-width: 1.8; stroke-dasharray: 6 4; }
.graph .removed .badge, .graph .head.removed { fill: var(--gone); }
.graph .removed .name { text-decoration: line-through; }
.graph .changed .box, .graph .changed .inner { stroke: var(--changed); stroke-width: 1.8; }
.graph .changed .inner { fill: none; }
.graph .changed .badge { fill: var(--changed); }
""".strip()


def render(graph: Graph) -> str:
    """Write the picture; it loads nothing, and needs no script."""
    used = [panel for panel in Panel if graph.of(panel)]
    layouts = {panel: place_panel(graph.of(panel), graph.within(panel)) for panel in used}
    inner = max([420.0, *(layout.width for layout in layouts.values())])
    lines: list[str] = []
    y = float(MARGIN + TITLE)
    for panel, layout in layouts.items():
        lines += _panel(panel, layout, y)
        y += PANEL + COLUMN + layout.height + MARGIN
    for line in (line for text in _foot(graph) for line in wrap(text, int(inner / SMALL_CHARACTER))):
        lines.append(f'<text class="soft" x="{MARGIN}" y="{y:g}">{_escape(line)}</text>')
        y += LINE
    return "\n".join([*_top(graph.title, inner + 2 * MARGIN, y + MARGIN / 2), *lines, "</svg>"]) + "\n"


def _top(title: str, width: float, height: float) -> Iterator[str]:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    role = 'role="img" aria-labelledby="graph-title"'
    yield f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" {size} {role}>'
    yield f'<title id="graph-title">{_escape(title)}</title>'
    yield f"<style>{STYLE}</style>"
    yield f"<defs>{''.join(map(_head, State))}</defs>"
    yield f'<rect class="page" width="{width:g}" height="{height:g}"/>'
    yield f'<text class="title" x="{MARGIN}" y="{MARGIN + 18}">{_escape(title)}</text>'


def _head(state: State) -> str:
    size = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse"'
    arrow = f'<path class="head {state.value}" d="M0 0 8 4 0 8z"/>'
    return f'<marker id="head-{state.value}" {size} orient="auto">{arrow}</marker>'


def _foot(graph: Graph) -> Iterator[str]:
    if graph.is_diff:
        yield (
            "Thick frame, + new: would be made. Broken frame, - gone: would go. "
            "Double frame, ±: would be changed, or made anew."
        )
    labels = {edge.label for edge in graph.edges}
    if WATCHES in labels:
        yield "Dotted arrow: what it watches."
    if PERHAPS in labels:
        yield "Dotted arrow from an alert rule: perhaps, for not everything is known yet."
    if not graph.is_whole:
        yield "The preview leaves out what stays the same, and so does this: make it with --show-sames."
    if graph.left_out:
        yield f"Not drawn: {', '.join(f'{count} {kind}' for kind, count in graph.left_out)}."


def _panel(panel: Panel, layout: Layout, y: float) -> Iterator[str]:
    yield f'<text class="panel" x="{MARGIN}" y="{y + 14:g}">{panel.value}</text>'
    yield f'<g transform="translate({MARGIN} {y + PANEL:g})">'
    for column, x in layout.columns.items():
        yield f'<text class="soft" x="{x:g}" y="10">{COLUMNS[panel][column]}</text>'
    yield f'<g transform="translate(0 {COLUMN})">'
    yield from map(_wire, layout.paths)
    for box in layout.boxes:
        yield from _box(box)
    yield "</g></g>"


def _wire(path: Path) -> str:
    (x, y), *rest = path.points
    steps = [f"M{x:g} {y:g}"]
    for end_x, end_y in rest:
        if end_x == x:  # to the same side of another box of the column
            steps.append(f"C{x + 46:g} {y:g} {x + 46:g} {end_y:g} {end_x:g} {end_y:g}")
        elif end_y == y:
            steps.append(f"L{end_x:g} {end_y:g}")
        else:
            middle = (x + end_x) / 2
            steps.append(f"C{middle:g} {y:g} {middle:g} {end_y:g} {end_x:g} {end_y:g}")
        x, y = end_x, end_y
    classes = f"wire {path.edge.state.value} {path.edge.label}".strip()
    return f'<path class="{classes}" marker-end="url(#head-{path.edge.state.value})" d="{"".join(steps)}"/>'


def _box(box: Box) -> Iterator[str]:
    node, height = box.node, height_of(box.node)
    whole = ", ".join(filter(None, (f"{node.name}: {node.second_line}", node.badge)))
    yield f'<g class="{node.state.value}" transform="translate({box.x:g} {box.y:g})">'
    yield f"<title>{_escape(whole)}</title>"
    yield f'<rect class="box" width="{WIDTH}" height="{height:g}" rx="7"/>'
    if node.state is State.CHANGED:
        yield f'<rect class="inner" x="4" y="4" width="{WIDTH - 8}" height="{height - 8:g}" rx="4"/>'
    yield _line("name", 21, node.name, CHARACTER)
    yield _line("soft", 38, node.second_line, SMALL_CHARACTER)
    if node.badge:
        yield _line("badge", 55, node.badge, BADGE_CHARACTER)
    yield "</g>"


def _line(style: str, y: float, text: str, character: float) -> str:
    return f'<text class="{style}" x="12" y="{y:g}">{_escape(_cut(text, (WIDTH - 24) / character))}</text>'


def _escape(text: str) -> str:
    """Write text as XML may hold it: without control characters."""
    return escape("".join(each if each.isprintable() else " " for each in text))


def _cut(text: str, most: float) -> str:
    return text if len(text) <= most else f"{text[: int(most) - 1]}…"

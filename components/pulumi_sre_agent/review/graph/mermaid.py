"""A picture as a Mermaid flowchart, which GitHub, GitLab and Azure DevOps draw in Markdown."""

import re
from collections.abc import Iterator, Mapping

from pulumi_sre_agent.review.graph.graph import COLUMNS, Edge, Graph, Node, Panel, State

STYLES = {
    State.ADDED: "stroke:#1a7f37,stroke-width:3px",
    State.REMOVED: "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4",
    State.CHANGED: "stroke:#9a6700,stroke-width:3px,stroke-dasharray:2 2",
}
ARROWS = {State.SAME: "-->", State.CHANGED: "-->", State.ADDED: "==>", State.REMOVED: "-.->"}
WORDS = {State.ADDED: "new", State.REMOVED: "gone"}
_SPECIAL = re.compile(r"[^\w ,.:;()/*·±+=@-]")
"""What Mermaid could take for markup of its own."""


def render(graph: Graph) -> str:
    """Write the picture."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "---"
    yield f'title: "{_text(graph.title)}"'
    yield "---"
    yield "flowchart LR"
    ids = {node.key: f"n{index}" for index, node in enumerate(graph.nodes)}
    for panel in Panel:
        for column, heading in enumerate(COLUMNS[panel]):
            nodes = [node for node in graph.of(panel) if node.column == column]
            if nodes:
                yield f'  subgraph {panel.name.lower()}{column}["{heading}"]'
                yield from (f"    {ids[node.key]}{_label(node)}" for node in nodes)
                yield "  end"
    yield from (f"  {_arrow(edge, ids)}" for edge in graph.edges)
    for state, style in STYLES.items():
        marked = [ids[node.key] for node in graph.nodes if node.state is state]
        if marked:
            yield f"  classDef {state.value} {style}"
            yield f"  class {','.join(marked)} {state.value}"


def _label(node: Node) -> str:
    lines = [node.name, node.second_line, node.badge]
    return f'["{"<br>".join(_text(line) for line in lines if line)}"]'


def _arrow(edge: Edge, ids: Mapping[str, str]) -> str:
    arrow = "-.->" if edge.label else ARROWS[edge.state]
    words = ", ".join(filter(None, (edge.label, WORDS.get(edge.state))))
    return f"{ids[edge.source]} {arrow}{f'|{words}|' if words else ''} {ids[edge.target]}"


def _text(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", " ".join(text.split()))

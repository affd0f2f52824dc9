"""A picture as one HTML page that loads nothing, with the same in words below it."""

from collections.abc import Iterator
from html import escape

from pulumi_sre_agent.review.formats.page import page
from pulumi_sre_agent.review.graph import svg
from pulumi_sre_agent.review.graph.graph import COLUMNS, Graph, Node, Panel, State

STYLE = """
:root { color-scheme: light dark; --line: #8886; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; background: var(--page); }
.picture { overflow-x: auto; } .picture svg { display: block; max-width: none; margin: 0 auto; }
@media (min-width: 1100px) { .picture svg { max-width: 100%; height: auto; } }
.words { max-width: 60rem; margin: 1rem auto; }
details { border-top: 1px solid var(--line); padding: .5rem 0; } summary { cursor: pointer; }
code { overflow-wrap: anywhere; }
"""


def render(graph: Graph) -> str:
    """Write the page."""
    content = (
        f'<div class="words">\n{"".join(_changes(graph))}</div>\n'
        f'<div class="picture">\n{svg.render(graph)}</div>\n'
        f'<div class="words">\n{"".join(_words(graph))}</div>\n'
    )
    return page(escape(graph.title), content, STYLE)


def _changes(graph: Graph) -> Iterator[str]:
    if graph.is_diff:
        marked = [node for node in graph.nodes if node.state is not State.SAME]
        yield from _list("What changes", marked, is_open=True)


def _words(graph: Graph) -> Iterator[str]:
    names = {node.key: node.name for node in graph.nodes}
    leads: dict[str, list[str]] = {}
    for edge in graph.edges:
        leads.setdefault(edge.source, []).append(names[edge.target])
    for panel in Panel:
        for column, heading in enumerate(COLUMNS[panel]):
            nodes = [node for node in graph.of(panel) if node.column == column]
            if nodes:
                yield from _list(heading, nodes, leads)


def _list(
    heading: str, nodes: list[Node], leads: dict[str, list[str]] | None = None, *, is_open: bool = False
) -> Iterator[str]:
    yield f"<details{' open' if is_open else ''}><summary>{heading} ({len(nodes)})</summary>\n<ul>\n"
    for node in nodes:
        to = ", ".join(f"<code>{escape(name)}</code>" for name in (leads or {}).get(node.key, ()))
        said = ", ".join(filter(None, (node.second_line, node.badge)))
        leads_to = f" → {to}" if to else ""
        yield f"<li><code>{escape(node.name)}</code>: {escape(said)}{leads_to}</li>\n"
    yield "</ul>\n</details>\n"

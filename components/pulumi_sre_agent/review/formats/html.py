"""A report as one HTML page that loads nothing, for an artifact."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from pulumi_sre_agent.review.formats import markdown
from pulumi_sre_agent.review.formats.page import page
from pulumi_sre_agent.review.graph import svg
from pulumi_sre_agent.review.graph.build import graph_of_preview
from pulumi_sre_agent.review.report import Report

_MARKS = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}", re.DOTALL)


def render(report: Report) -> str:
    """Write the whole report as a page."""
    content = body(markdown.render(report, longest=None))
    return page(escape(report.preview.title), content + _picture(report))


def body(text: str) -> str:
    """Write the Markdown of a report as HTML without a head."""
    parser = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable("table")
    return str(parser.render(text))


def _picture(report: Report) -> str:
    """Return what changes as a picture, folded; nothing where all that is drawn stays the same."""
    graph = graph_of_preview(report.preview)
    if not graph.differs:
        return ""
    return (
        "<details><summary>Picture of what changes</summary>\n"
        f'<div class="picture">\n{svg.render(graph)}</div>\n</details>\n'
    )


class _Renderer(RendererHTML):
    """Markdown as HTML, with the words of a diff marked."""

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        rows = tokens[idx].content.rstrip("\n").split("\n")
        return f"<pre><code>{''.join(_row(row) for row in rows)}</code></pre>\n"


def _row(row: str) -> str:
    sign, text = row[:1], escape(row[2:])
    if sign == "+":
        return f"<ins>{text}</ins>\n"
    if sign == "-":
        return f"<del>{text}</del>\n"
    return f"{_MARKS.sub(_marked, text) if sign == '!' else text}\n"


def _marked(match: re.Match[str]) -> str:
    return f"<del>{match[1]}</del>" if match[1] is not None else f"<ins>{match[2]}</ins>"

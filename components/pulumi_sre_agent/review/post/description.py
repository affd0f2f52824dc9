"""Markdown of a report as HTML, for the description of a work item."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_MARKS = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}", re.DOTALL)


def as_html(text: str) -> str:
    """Write Markdown as HTML without a head, with the words of its diffs marked."""
    parser = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable("table")
    return str(parser.render(text))


class _Renderer(RendererHTML):
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

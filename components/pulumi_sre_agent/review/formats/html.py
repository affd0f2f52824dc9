"""A report as one HTML page that loads nothing, for an artifact."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from pulumi_sre_agent.review.formats import markdown
from pulumi_sre_agent.review.report import Report

STYLE = """
:root { color-scheme: light dark; --line: #8886; --added: #2da44e33; --removed: #cf222e33; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--line); padding: .5rem .75rem .5rem 0; }
td, th { text-align: left; vertical-align: top; }
td:first-child { white-space: nowrap; }
code { font-size: .9em; overflow-wrap: anywhere; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); white-space: pre-wrap; }
ins { background: var(--added); text-decoration: none; }
del { background: var(--removed); }
"""
_MARKS = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}", re.DOTALL)


def render(report: Report) -> str:
    """Write the whole report as a page."""
    content = body(markdown.render(report, longest=None))
    return page(escape(f"{report.preview.project}/{report.preview.stack}"), content)


def page(title: str, content: str) -> str:
    """Return a page of HTML, both of them escaped, that loads nothing."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{content}</body>\n</html>\n"
    )


def body(text: str) -> str:
    """Write the Markdown of a report as HTML without a head."""
    parser = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable("table")
    return str(parser.render(text))


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

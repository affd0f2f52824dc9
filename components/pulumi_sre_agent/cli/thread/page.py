"""A transcript as one HTML page: what was said is text in it, never markup, and it loads nothing."""

from html import escape

from pulumi_sre_agent.review.formats.page import page


def render(title: str, markdown: str) -> str:
    """Write Markdown as a page; HTML in it shows as text, pictures as their addresses."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - --help stays quick

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return page(escape(title), str(parser.render(markdown)))

"""`sre-agent graph`: a picture of a stack, a directory or an agent, and of what a preview changes."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import documents
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.directory_values import Values, with_values
from pulumi_sre_agent.cli.explain.source import Directory, LiveAgent, OfStack, read_inventory
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import ProjectFolder

if TYPE_CHECKING:
    from pulumi_sre_agent.review.graph.graph import Graph


class Format(StrEnum):
    """How the picture is written down."""

    MERMAID = "mermaid"
    SVG = "svg"
    HTML = "html"


PreviewFile = Annotated[
    str | None,
    typer.Option(
        "--preview",
        metavar="FILE",
        help="What `pulumi preview --json --show-sames` printed, or - for stdin: draws what would be.",
    ),
]
Diff = Annotated[
    bool,
    typer.Option("--diff", help="Mark what a preview changes: of --preview, or run for --stack."),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help="How to draw it. Default: as the output's name ends, else mermaid.",
        show_default=False,
    ),
]
EPILOG = epilog(
    "sre-agent graph agents/payments-oncall -o agent.svg",
    "sre-agent graph -s prod -o prod.html",
    "sre-agent graph -s prod --diff --format mermaid",
    "pulumi preview -s prod --json --show-sames | sre-agent graph --preview - --diff -o change.html",
)


@with_values
def graph(  # noqa: PLR0913 - each is an option
    values: Values,
    *,
    directory: Directory = None,
    stack: OfStack = None,
    agent: LiveAgent = None,
    preview: PreviewFile = None,
    diff: Diff = False,
    form: FormatOption = None,
    output: documents.Output = None,
    project: ProjectFolder = None,
) -> None:
    """Draw what starts an agent, who handles it with what, who may use it, as whom it acts, and where.

    As Mermaid for Markdown, as SVG, or as an HTML page that works from disk. What changes is marked by words
    and frames, not by colour alone.
    """
    from pulumi_sre_agent.review.graph import html, mermaid, svg  # noqa: PLC0415 - --help stays quick

    if preview is not None or diff:
        if directory is not None or agent is not None or (preview is None) == (stack is None):
            raise ConfigError("Of a preview, give either --preview, or --diff with --stack to run one.")
        values.refuse()
        picture = _of_preview(preview, stack, project, diff=diff)
    else:
        picture = _of_inventory(directory, stack, agent, project, values)
    renderers = {Format.MERMAID: mermaid.render, Format.SVG: svg.render, Format.HTML: html.render}
    documents.write(renderers[form or _by_name(output)](picture), output, "The picture")


def _by_name(output: Path | None) -> Format:
    suffixes = {".svg": Format.SVG, ".html": Format.HTML, ".htm": Format.HTML}
    return suffixes.get(output.suffix.lower() if output else "", Format.MERMAID)


def _of_preview(file: str | None, stack: str | None, project: Path | None, *, diff: bool) -> "Graph":
    from pulumi_sre_agent.cli.run_preview import run_preview  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.graph.build import graph_of, graph_of_preview  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.inventory.of_preview import of_preview  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.preview import read  # noqa: PLC0415 - as above

    text = documents.read_preview(file) if file else run_preview(projects.find(project, str(stack)))
    found = read(text)
    return graph_of_preview(found) if diff else graph_of(of_preview(found, "after"), found.title)


def _of_inventory(
    directory: Path | None,
    stack: str | None,
    agent: str | None,
    project: Path | None,
    values: Values,
) -> "Graph":
    from pulumi_sre_agent.review.graph.build import graph_of  # noqa: PLC0415 - --help stays quick

    inventory = read_inventory(directory, stack, agent, project, values)
    names = ", ".join(each.name for each in inventory.agents)
    is_stack = stack is not None and agent is None
    return graph_of(inventory, f"{projects.find(project, str(stack)).name}/{stack}" if is_stack else names)

"""`sre-agent knowledge search`: what an agent finds."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog('sre-agent knowledge search "how to restart checkout"')


@with_target
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="In words.", show_default=False)],
    target: Target,
    *,
    most: Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="How many passages at most.")] = 5,
    json: Json = False,
) -> None:
    """Print the passages of its documents that fit best, as the agent itself would find them."""
    with target.open() as agent:
        passages = [*agent.knowledge.search(query, most=most)]
    if json:
        terminal.result_json([passage.model_dump(by_alias=True, mode="json") for passage in passages])
        return
    if not passages:
        terminal.note("It finds nothing.")
        return
    parts = [
        f"## {passage.title or 'untitled'}\n\n{(passage.contents or '').strip()}" for passage in passages
    ]
    terminal.result_markdown("\n\n".join(parts))

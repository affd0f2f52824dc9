"""`sre-agent knowledge list`: an agent's documents."""

from typing import TYPE_CHECKING

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.knowledge import KnowledgeDocument

EPILOG = epilog("sre-agent knowledge list", "sre-agent knowledge list --json | jq -r '.[].name'")
COLUMNS = (Column("NAME", 16), Column("SIZE"), Column("INDEX", 9), Column("CHANGED"))


@with_target
def list_documents(target: Target, *, json: Json = False) -> None:
    """List documents by name, and whether the agent finds what is in them."""
    with target.open() as agent:
        documents = sorted(agent.knowledge.list(), key=lambda document: document.name.lower())
    if json:
        terminal.result_json([document.model_dump(by_alias=True, mode="json") for document in documents])
        return
    if not documents:
        terminal.note("It has no documents.")
        return
    terminal.result_list(
        COLUMNS,
        [[each.name, _size(each.size), _index(each), ages.age(each.last_modified)] for each in documents],
    )


def _index(document: "KnowledgeDocument") -> Cell:
    if document.error_reason:
        return Cell(f"failed: {document.error_reason}", "red")
    return Cell("indexed") if document.is_indexed else Cell("not indexed", "yellow")


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1000:,.1f} kB"

"""`sre-agent tools`: what an agent can use."""

from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.tools import Tool

EPILOG = epilog(
    "sre-agent tools", "sre-agent tools --search kubectl", "sre-agent tools --json | jq -r '.[].name'"
)
COLUMNS = (Column("NAME", 16), Column("STATE"), Column("SOURCE", 6), Column("DESCRIPTION", 12))


@with_target
def tools(
    target: Target,
    *,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Only those whose name or description has it."),
    ] = None,
    json: Json = False,
) -> None:
    """List an agent's tools by name: built in, its own and of its connectors, and whether they are on.

    Whether it asks before it uses one is another question: `sre-agent explain permissions`.
    """
    with target.open() as agent:
        found = sorted(
            (tool for tool in agent.tools.list() if _has(tool, search or "")),
            key=lambda tool: tool.name.lower(),
        )
    if json:
        terminal.result_json([tool.model_dump(by_alias=True, mode="json") for tool in found])
        return
    if not found:
        terminal.note("It has no tool like that." if search else "It has no tools.")
        return
    terminal.result_list(
        COLUMNS,
        [
            [
                tool.name,
                Cell("off", "yellow") if tool.enabled is False else "on",
                tool.mcp_connector_display_name or tool.mcp_connector or tool.source or "",
                tool.description or "",
            ]
            for tool in found
        ],
    )


def _has(tool: "Tool", text: str) -> bool:
    return text.lower() in f"{tool.name}\n{tool.description or ''}".lower()

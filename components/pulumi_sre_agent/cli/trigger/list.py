"""`sre-agent trigger list`: what the outside starts an agent with."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

EPILOG = epilog("sre-agent trigger list", "sre-agent trigger list -s prod --json")
COLUMNS = (
    Column("NAME", 12),
    Column("STATE"),
    Column("MODE"),
    Column("SUBAGENT", 8),
    Column("DESCRIPTION", 8),
)
STYLES = {"off": "yellow", "Autonomous": "yellow"}


@with_target
def list_triggers(target: Target, *, json: Json = False) -> None:
    """List HTTP triggers by name: whether they are on, and who runs them, in which mode."""
    with target.open() as agent:
        triggers = sorted(agent.triggers.list(), key=lambda trigger: (trigger.name or "", trigger.id))
    if json:
        terminal.result_json([trigger.model_dump(by_alias=True, mode="json") for trigger in triggers])
        return
    if not triggers:
        terminal.note("It has no HTTP trigger.")
        return
    rows = (
        (
            each.name or each.id,
            "off" if each.is_enabled is False else "on",
            each.agent_mode or "",
            each.agent or "",
            each.description or "",
        )
        for each in triggers
    )
    terminal.result_list(COLUMNS, [[Cell(text, STYLES.get(text, "")) for text in row] for row in rows])

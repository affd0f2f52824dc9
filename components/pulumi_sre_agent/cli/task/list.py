"""`sre-agent task list`: what an agent does by itself."""

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

EPILOG = epilog("sre-agent task list", "sre-agent task list -s prod --json | jq -r '.[].agentPrompt'")
COLUMNS = (
    Column("NAME", 12),
    Column("STATUS"),
    Column("SCHEDULE", 9),
    Column("TIME ZONE", 3),
    Column("LAST"),
    Column("RUNS"),
)
STYLES = {"Failed": "red", "Paused": "yellow"}


@with_target
def list_tasks(target: Target, *, json: Json = False) -> None:
    """List scheduled tasks by name: whether they run, when, and how often they did.

    The service pauses a task that fails three times in a row: its status is then `Failed`.
    """
    with target.open() as agent:
        tasks = sorted(agent.tasks.list(), key=lambda task: (task.name or "", task.id))
    if json:
        terminal.result_json([task.model_dump(by_alias=True, mode="json") for task in tasks])
        return
    if not tasks:
        terminal.note("It has no scheduled task.")
        return
    terminal.result_list(
        COLUMNS,
        [
            [
                task.name or task.id,
                Cell(task.status or "", STYLES.get(task.status or "", "")),
                task.cron_expression or "",
                task.time_zone or "UTC",
                ages.age(task.last_execution_time) or "never",
                _runs(task.execution_count, task.max_executions),
            ]
            for task in tasks
        ],
    )


def _runs(count: int | None, most: int | None) -> str:
    return f"{count or 0} of {most}" if most else str(count or 0)

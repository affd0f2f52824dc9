"""`sre-agent trigger runs`: when a trigger was called."""

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column
from pulumi_sre_agent.cli.trigger.options import TriggerName

EPILOG = epilog("sre-agent trigger runs deployed", "sre-agent trigger runs deployed --json")
COLUMNS = (Column("TIME (UTC)"), Column("RESULT"), Column("THREAD"), Column("MESSAGE", 8))


@with_target
def runs(trigger: TriggerName, target: Target, *, json: Json = False) -> None:
    """List the runs of a trigger, newest first, each with the thread that it led to.

    With --json as the service has them.
    """
    with target.open() as agent:
        found = sorted(agent.triggers.executions(trigger), key=_when, reverse=True)
    if json:
        terminal.result_json(found)
        return
    if not found:
        terminal.note(f"HTTP trigger {trigger} has not run yet.")
        return
    terminal.result_list(
        COLUMNS,
        [
            [
                ages.clock_time(_when(run)),
                Cell("failed", "red") if run.get("success") is False else "started",
                str(run.get("threadId") or ""),
                str(run.get("message") or ""),
            ]
            for run in found
        ],
    )


def _when(run: dict[str, object]) -> str:
    return str(run.get("executionTime") or "")

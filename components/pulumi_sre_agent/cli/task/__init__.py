"""`sre-agent task`: an agent's scheduled tasks."""

from pulumi_sre_agent.cli.group import noun
from pulumi_sre_agent.cli.task import list as list_command
from pulumi_sre_agent.cli.task import next_runs, pause, run

app = noun(
    "An agent's scheduled tasks: what it does by itself, and when.",
    "sre-agent task list",
    "sre-agent task next",
    "sre-agent task run morning-check --follow",
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_tasks)
app.command(epilog=run.EPILOG)(run.run)
app.command(epilog=pause.PAUSE_EPILOG)(pause.pause)
app.command(epilog=pause.RESUME_EPILOG)(pause.resume)
app.command("next", epilog=next_runs.EPILOG)(next_runs.next_runs)

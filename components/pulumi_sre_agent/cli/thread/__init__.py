"""`sre-agent thread`: an agent's conversations."""

from pulumi_sre_agent.cli.group import noun
from pulumi_sre_agent.cli.thread import delete, export, logs, search, show
from pulumi_sre_agent.cli.thread import list as list_command

app = noun(
    "An agent's conversations: with people, and about incidents, tasks and triggers.",
    "sre-agent thread list",
    "sre-agent thread show 1f6a2c3d",
    "sre-agent thread logs -f 1f6a2c3d",
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_threads)
app.command(epilog=show.EPILOG)(show.show)
app.command(epilog=logs.EPILOG)(logs.logs)
app.command(epilog=search.EPILOG)(search.search)
app.command(epilog=export.EPILOG)(export.export)
app.command(epilog=delete.EPILOG)(delete.delete)

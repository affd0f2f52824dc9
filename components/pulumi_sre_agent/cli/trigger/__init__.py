"""`sre-agent trigger`: an agent's HTTP triggers."""

from pulumi_sre_agent.cli.group import noun
from pulumi_sre_agent.cli.trigger import list as list_command
from pulumi_sre_agent.cli.trigger import run, runs, url

app = noun(
    "An agent's HTTP triggers: what the outside starts it with.",
    "sre-agent trigger list",
    "sre-agent trigger run deployed --payload deployment.json --follow",
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_triggers)
app.command(epilog=run.EPILOG)(run.run)
app.command(epilog=runs.EPILOG)(runs.runs)
app.command(epilog=url.EPILOG)(url.url)

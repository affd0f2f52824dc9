"""`sre-agent incident`: what an agent has looked into."""

from pulumi_sre_agent.cli.group import noun
from pulumi_sre_agent.cli.incident import list as list_command
from pulumi_sre_agent.cli.incident import show, summary, watch

app = noun(
    "What an agent has looked into, as it writes to its Application Insights.",
    "sre-agent incident watch",
    "sre-agent incident summary --since 7d",
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_incidents)
app.command(epilog=watch.EPILOG)(watch.watch)
app.command(epilog=show.EPILOG)(show.show)
app.command(epilog=summary.EPILOG)(summary.summary)

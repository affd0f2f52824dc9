"""`sre-agent connector`: what an agent is connected to."""

from pulumi_sre_agent.cli.connector import consent, status
from pulumi_sre_agent.cli.connector import list as list_command
from pulumi_sre_agent.cli.group import noun

app = noun(
    "What an agent is connected to, and what waits for somebody's consent.",
    "sre-agent connector list",
    "sre-agent connector consent jira --wait 600",
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_connectors)
app.command(epilog=status.EPILOG)(status.status)
app.command(epilog=consent.EPILOG)(consent.consent)

"""`sre-agent explain`: what follows from how an agent is set up."""

from pulumi_sre_agent.cli.explain import alerts, permissions
from pulumi_sre_agent.cli.group import noun

app = noun("Say what follows from how an agent is set up: as a stack, a directory or the service has it.")
app.command(epilog=alerts.EPILOG)(alerts.alerts)
app.command(epilog=permissions.EPILOG)(permissions.permissions)

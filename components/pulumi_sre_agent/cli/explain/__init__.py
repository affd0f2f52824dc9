"""`sre-agent explain`: what follows from how an agent is set up."""

import typer

from pulumi_sre_agent.cli.explain import alerts, permissions
from pulumi_sre_agent.cli.group import EXIT_CODES, SETTINGS, Group

app = typer.Typer(
    name="explain",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=SETTINGS,
    epilog=EXIT_CODES,
    help="Say what follows from how an agent is set up: as a stack, a directory or the service has it.",
)
app.command(epilog=alerts.EPILOG)(alerts.alerts)
app.command(epilog=permissions.EPILOG)(permissions.permissions)

"""`sre-agent trigger`: an agent's HTTP triggers."""

import typer

from pulumi_sre_agent.cli.group import SETTINGS, Group, epilog
from pulumi_sre_agent.cli.trigger import list as list_command
from pulumi_sre_agent.cli.trigger import run, runs, url

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=SETTINGS,
    help="An agent's HTTP triggers: what the outside starts it with.",
    epilog=epilog(
        "sre-agent trigger list", "sre-agent trigger run deployed --payload deployment.json --follow"
    ),
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_triggers)
app.command(epilog=run.EPILOG)(run.run)
app.command(epilog=runs.EPILOG)(runs.runs)
app.command(epilog=url.EPILOG)(url.url)

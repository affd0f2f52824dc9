"""`sre-agent knowledge`: what an agent has been given to read."""

import typer

from pulumi_sre_agent.cli.group import SETTINGS, Group, epilog
from pulumi_sre_agent.cli.knowledge import delete, search, status, sync, upload
from pulumi_sre_agent.cli.knowledge import list as list_command

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=SETTINGS,
    help="Documents that an agent has been given to read, and its clones of repositories.",
    epilog=epilog("sre-agent knowledge upload runbooks/", 'sre-agent knowledge search "restart checkout"'),
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_documents)
app.command(epilog=upload.EPILOG)(upload.upload)
app.command(epilog=sync.EPILOG)(sync.sync)
app.command(epilog=search.EPILOG)(search.search)
app.command(epilog=status.EPILOG)(status.status)
app.command(epilog=delete.EPILOG)(delete.delete)

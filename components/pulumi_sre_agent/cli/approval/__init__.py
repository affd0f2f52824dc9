"""`sre-agent approval`: what an agent wants to do and may not yet."""

import typer

from pulumi_sre_agent.cli.approval import approve, lend, reject, show
from pulumi_sre_agent.cli.approval import list as list_command
from pulumi_sre_agent.cli.group import SETTINGS, Group, epilog

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=SETTINGS,
    help="What an agent wants to do and may not yet, across all its threads.",
    epilog=epilog("sre-agent approval list --watch", "sre-agent approval approve 5d0e7a91"),
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_approvals)
app.command(epilog=show.EPILOG)(show.show)
app.command(epilog=approve.EPILOG)(approve.approve)
app.command(epilog=reject.EPILOG)(reject.reject)
app.command(epilog=lend.EPILOG)(lend.lend)

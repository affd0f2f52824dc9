"""`sre-agent approval`: what an agent wants to do and may not yet."""

from pulumi_sre_agent.cli.approval import approve, lend, reject, show
from pulumi_sre_agent.cli.approval import list as list_command
from pulumi_sre_agent.cli.group import noun

app = noun(
    "What an agent wants to do and may not yet, across all its threads.",
    "sre-agent approval list --watch",
    "sre-agent approval approve 5d0e7a91",
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_approvals)
app.command(epilog=show.EPILOG)(show.show)
app.command(epilog=approve.EPILOG)(approve.approve)
app.command(epilog=reject.EPILOG)(reject.reject)
app.command(epilog=lend.EPILOG)(lend.lend)

"""`sre-agent knowledge`: what an agent has been given to read."""

from pulumi_sre_agent.cli.group import noun
from pulumi_sre_agent.cli.knowledge import delete, search, status, sync, upload
from pulumi_sre_agent.cli.knowledge import list as list_command

app = noun(
    "Documents that an agent has been given to read, and its clones of repositories.",
    "sre-agent knowledge upload runbooks/",
    'sre-agent knowledge search "restart checkout"',
)
app.command("list", epilog=list_command.EPILOG)(list_command.list_documents)
app.command(epilog=upload.EPILOG)(upload.upload)
app.command(epilog=sync.EPILOG)(sync.sync)
app.command(epilog=search.EPILOG)(search.search)
app.command(epilog=status.EPILOG)(status.status)
app.command(epilog=delete.EPILOG)(delete.delete)

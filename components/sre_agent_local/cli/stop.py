"""`sre-agent local stop`: stop the local Azure."""

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import LocalAzure

EPILOG = examples(
    "sre-agent local stop",
)


def stop(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """Stop the local Azure; its data stays.

    It is asked first, and killed if it does not end within 3 seconds.
    """
    stopped = LocalAzure(projects.find(project, stack)).stop()
    if json:
        terminal.result_json({"stopped": stopped})
    else:
        terminal.result("The local Azure stopped." if stopped else "The local Azure was not running.")

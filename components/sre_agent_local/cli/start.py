"""`sre-agent local start`: start the local Azure in the background."""

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli import deployment
from sre_agent_local.cli import script as scripts
from sre_agent_local.cli.azure import LocalAzure
from sre_agent_local.cli.script import ScriptFile
from sre_agent_local.cli.trust import Tls

EPILOG = examples(
    "sre-agent local start",
    "sre-agent local start --tls",
    "sre-agent local start --script rehearsal.yaml",
    "sre-agent local start --json",
)


def start(
    project: ProjectFolder = None,
    stack: Stack = "local",
    tls: Tls = False,
    script: ScriptFile = None,
    json: Json = False,
) -> None:
    """Start the local Azure in the background, and wait until it answers.

    It listens on 127.0.0.1 only, at the port that `azure-native:metadataHost` names in the stack's file,
    and goes on with the data of its last run. Its log is `.local/azure/azure.log`.
    """
    location = projects.find(project, stack)
    if script:
        scripts.read(script)  # before anything is started
    azure, started = LocalAzure(location).start(tls=tls)
    if script:
        scripts.set_script(azure, script)
    deployment.install_plugin(location)
    https = {"httpsUrl": azure.https_url} if azure.https_url else {}
    if json:
        terminal.result_json({"url": azure.url, "pid": azure.pid, "started": started, **https})
    else:
        how = "started" if started else "was already running"
        terminal.result(
            f"The local Azure {how} at {' and '.join([azure.url, *https.values()])} (pid {azure.pid})."
        )

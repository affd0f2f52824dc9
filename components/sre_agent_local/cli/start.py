"""`sre-agent local start`: start the local Azure in the background."""

import re
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.azure.arm_path import GUID
from sre_agent_local.cli import deployment
from sre_agent_local.cli import script as scripts
from sre_agent_local.cli.azure import LocalAzure
from sre_agent_local.cli.script import ScriptFile
from sre_agent_local.cli.trust import Tls

EPILOG = examples(
    "sre-agent local start",
    "sre-agent local start --tls",
    "sre-agent local start --script rehearsal.yaml",
    "sre-agent local start --subscription 0f6bd0cc-52bd-4a9c-b1d1-1d5a4f6f4c11=Shop",
    "sre-agent local start --json",
)


def start(
    project: ProjectFolder = None,
    stack: Stack = "local",
    tls: Tls = False,
    script: ScriptFile = None,
    subscription: Annotated[
        list[str] | None,
        typer.Option(
            "--subscription",
            metavar="ID[=NAME]",
            help="Have this subscription, too; may be repeated. The first becomes the tools' default.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Start the local Azure in the background, and wait until it answers.

    It listens on 127.0.0.1 only, at the port that `azure-native:metadataHost` names in the stack's file,
    and goes on with the data of its last run. Its log is `.local/azure/azure.log`. A subscription of your own
    stays until `sre-agent local reset`, beside the two that are always there.
    """
    own = [_subscription(text) for text in subscription or ()]
    location = projects.find(project, stack)
    if script:
        scripts.read(script)  # before anything is started
    azure, started = LocalAzure(location).start(tls=tls)
    if script:
        scripts.set_script(azure, script)
    for one in own:
        azure.admin("POST", "subscriptions", one)
    deployment.install_plugin(location)
    https = {"httpsUrl": azure.https_url} if azure.https_url else {}
    if json:
        terminal.result_json({"url": azure.url, "pid": azure.pid, "started": started, **https})
    else:
        how = "started" if started else "was already running"
        terminal.result(
            f"The local Azure {how} at {' and '.join([azure.url, *https.values()])} (pid {azure.pid})."
        )


def _subscription(text: str) -> dict[str, str]:
    """Read `ID[=NAME]`. Raises ConfigError."""
    id_, _, name = text.partition("=")
    if not re.fullmatch(GUID, id_.strip()):
        raise ConfigError(f"--subscription {text!r} has no GUID as its id: say ID or ID=NAME.")
    return {"id": id_.strip(), "name": name.strip()}

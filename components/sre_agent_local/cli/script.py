"""`sre-agent local script`: say what the agent of the local Azure does."""

from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import EXIT_CODES, examples
from pulumi_sre_agent.cli.options import ProjectFolder, Stack
from sre_agent_local.cli.azure import running
from sre_agent_local.cli.running_azure import RunningAzure

EPILOG = (
    examples(
        "sre-agent local script rehearsal.yaml",
        "sre-agent local script > rehearsal.yaml",
        "sre-agent local script --default",
    )
    + "\n\n"
    + EXIT_CODES
)

ScriptFile = Annotated[
    Path | None,
    typer.Option(
        "--script", metavar="FILE", help="What the agent does, as `sre-agent local script FILE` sets it."
    ),
]


def script(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Script in YAML to set.", show_default=False)
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="Go back to the default script.")] = False,
    project: ProjectFolder = None,
    stack: Stack = "local",
) -> None:
    """Set what the agent of the local Azure does, or print it.

    A script has turns; the first that fits a message answers it: what it says, which tools it calls, what it
    proposes, how it fails. It stays, over restarts too, until another one is set or the local Azure is reset.
    A message that no turn fits is answered by the default script, which is printed while none is set:

        turns:
          - when: {prompt: disk}
            steps:
              - say: "The disk of web-1 is full."
              - call: RunAzCliWriteCommands
                arguments: {command: "az vm restart -g rg-shop -n web-1"}
    """
    if file and default:
        raise ConfigError("Give either a script or --default, not both.")
    azure = running(project, stack)
    if file:
        set_script(azure, file)
        terminal.result(f"The agent follows {file}.")
    elif default:
        azure.admin("DELETE", "script")
        terminal.result("The agent follows the default script.")
    else:
        terminal.result(str(azure.admin("GET", "script")).rstrip())


def set_script(azure: RunningAzure, file: Path) -> None:
    """Set the script of a file. Raises ConfigError for one that is not there, or cannot be used."""
    azure.admin("PUT", "script", read(file))


def read(file: Path) -> str:
    """Return the text of a script. Raises ConfigError where there is none."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8: write the script anew.") from None
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error

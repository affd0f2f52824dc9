"""A preview of a stack, run for its JSON."""

import shutil
import subprocess
import sys
from collections.abc import Sequence

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.project import Project

SHOWN = ("--json", "--show-sames")
"""What stays the same counts, too: for costs, and for which plan takes an alert."""


def run_preview(project: Project) -> str:
    """Return what the preview printed, with its messages passed on to stderr as they come.

    A stack that points at this machine goes through `sre-agent local`, every other one through `pulumi`.
    Raises SreAgentError where there is no preview to read.
    """
    command = _command(project)
    terminal.note(f"Running the preview of stack {project.stack!r} …")
    ran = subprocess.run(  # noqa: S603 - a command of our own
        command, cwd=project.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    text = ran.stdout.decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        raise SreAgentError(
            f"The preview of stack {project.stack!r} failed with exit code {ran.returncode}; its reason "
            "is above."
        )
    return text


def _command(project: Project) -> Sequence[str]:
    if not project.is_local:
        if (pulumi := shutil.which("pulumi")) is None:
            raise ConfigError(
                f"Stack {project.stack!r} needs the Pulumi CLI, and there is no `pulumi` on PATH: install "
                "it, or give "
                "the report the preview of another machine as a file."
            )
        return [pulumi, "preview", *SHOWN, "--non-interactive", "--stack", project.stack]
    return [
        sys.executable,
        "-m",
        "pulumi_sre_agent.cli",
        "local",
        "preview",
        *SHOWN,
        "--stack",
        project.stack,
    ]

"""A preview of a stack, run for its JSON."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.project import Project

STDERR = 2
LOCAL = (sys.executable, "-m", "pulumi_sre_agent.cli", "local")
SHOWN = ("--json", "--show-sames")
"""What stays the same counts, too: for costs, and for which plan takes an alert."""


def run_preview(
    project: Project,
    *,
    refresh: bool = False,
    save_plan: Path | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> str:
    """Return what the preview printed, with its messages passed on to stderr as they come.

    A stack that points at this machine goes through `sre-agent local`, every other one through `pulumi`, and
    so does what saves a plan, in the stack's environment.
    `refresh`: whether it reads Azure first; `save_plan`: where Pulumi writes its plan; `meanwhile`: what to
    do while it runs. Raises SreAgentError where there is no preview to read.
    """
    flags = [*(["--refresh"] if refresh else []), *(["--save-plan", str(save_plan)] if save_plan else [])]
    return _run(project, "preview", ("preview", *flags, *SHOWN), meanwhile)


def run_refresh(project: Project) -> str:
    """Return what the preview of a refresh printed, as `run_preview` does: the state stays as it is."""
    return _run(project, "refresh", ("refresh", "--preview-only", "--json"))


def run_revert(project: Project, urns: Sequence[str]) -> None:
    """Read these resources anew, and deploy them as the program has them.

    The embedded engine, and with it every stack that points at this machine, deploys all that differs.
    Raises SreAgentError where that fails; what the engine prints goes to stderr.
    """
    if project.is_local:
        commands = [_command(project, [verb]) for verb in ("refresh", "up")]
    else:
        targets = [word for urn in urns for word in ("--target", urn)]
        words = ["up", "--refresh", "--yes", "--skip-preview", "--suppress-outputs", *targets]
        commands = [_command(project, words)]
    for command in commands:
        ran = subprocess.run(  # noqa: S603 - a command of our own
            command, cwd=project.root, stdin=subprocess.DEVNULL, stdout=STDERR, check=False
        )
        if ran.returncode:
            raise SreAgentError(
                f"What differs in stack {project.stack!r} was not put back, or not all of it (exit code "
                f"{ran.returncode}); the reason is above."
            )


def _run(
    project: Project, what: str, words: Sequence[str], meanwhile: Callable[[], object] = lambda: None
) -> str:
    command = _command(project, words)
    terminal.note(f"Running the {what} of stack {project.stack!r} …")
    with subprocess.Popen(  # noqa: S603 - a command of our own
        command, cwd=project.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as child:
        meanwhile()
        text = child.communicate()[0].decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        raise SreAgentError(
            f"The {what} of stack {project.stack!r} failed with exit code {child.returncode}; its reason "
            "is above."
        )
    return text


def _command(project: Project, words: Sequence[str]) -> Sequence[str]:
    if not project.is_local or "--save-plan" in words:
        if (pulumi := shutil.which("pulumi")) is None:
            raise ConfigError(
                f"Stack {project.stack!r} needs the Pulumi CLI, and there is no `pulumi` on PATH: install it"
                f"{', or take the preview of another machine as a file' if words[0] == 'preview' else ''}."
            )
        return [pulumi, *words, "--non-interactive", "--stack", project.stack]
    return [*LOCAL, *words, "--stack", project.stack]

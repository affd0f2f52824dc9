"""What an interrupted run has left in a local stack's state, settled before the next one begins."""

import json
import subprocess
import sys

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli.runner import Runner

COMMAND = (sys.executable, "-m", "pulumi_sre_agent.cli", "recover")


def recover(project: Project, runner: Runner) -> None:
    """Settle what is pending in the state, if anything is, and say so on stderr; typer.Exit if that fails."""
    if not (_is_pending(project) or _has_cut_attributes(project)):
        return
    where = ("-C", str(project.root), "-s", project.stack, "--engine", runner.engine.name.value)
    done = subprocess.run(  # noqa: S603 - the toolkit's own command
        [*COMMAND, *where],
        env=dict(runner.variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.stdout:
        terminal.note(done.stdout.rstrip())
    if done.returncode:
        raise typer.Exit(done.returncode)


def _has_cut_attributes(project: Project) -> bool:
    """Look for what the Pulumi CLI writes in place beside a state, and a kill can cut off."""
    try:
        json.loads(project.checkpoint.with_suffix(".json.attrs").read_bytes())
    except ValueError:
        return True
    except OSError:
        return False
    return False


def _is_pending(project: Project) -> bool:
    """Look at the state as its backend keeps it; where that is compressed, `recover` looks itself."""
    try:
        checkpoint = json.loads(project.checkpoint.read_bytes()).get("checkpoint") or {}
        return bool((checkpoint.get("latest") or {}).get("pending_operations"))
    except FileNotFoundError:
        return project.checkpoint.with_suffix(".json.gz").exists()
    except (ValueError, AttributeError):
        return False  # damaged, as the engine will say

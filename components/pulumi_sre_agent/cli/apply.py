"""`sre-agent apply`: do what a reviewed plan says, and nothing else."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.cli import options, plan_file, terminal
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.interruptions import without_interruptions
from pulumi_sre_agent.cli.stand_ins import environment_of

EPILOG = epilog("sre-agent report -s prod --save-plan prod.plan.json", "sre-agent apply prod.plan.json")
UPDATING = "Updating ("
"""How Pulumi begins to say that it changes something; before, it previews within the plan."""


def apply(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="What `report --save-plan` wrote.")],
    project_folder: options.ProjectFolder = None,
) -> None:
    """Deploy a stack as its reviewed plan says, or say what is in the way before anything is sent.

    Refuses a plan of another commit, and one of a state that something has changed since. Pulumi then
    previews within the plan, and deploys only if that is still possible. Its plans are experimental; they
    need the Pulumi CLI.
    """
    made = plan_file.read(plan)
    project = projects.find(project_folder, made.stack)
    pulumi = plan_file.require_pulumi()
    with environment_of(project), TemporaryDirectory(prefix="sre-agent-plan-") as folder:
        for difference in _differences(made, project):
            raise SreAgentError(f"Nothing was sent: {difference}. Make a new plan, and review it.")
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(made.plan), encoding="utf-8")
        _up(pulumi, project, file)


def _differences(made: plan_file.PlanFile, project: projects.Project) -> Iterator[str]:
    if made.project != project.name:
        yield f"the plan is of project {made.project!r}, and this is {project.name!r}"
    if made.commit is None:
        terminal.note("The plan does not say of which commit it is: only what it does is compared.")
    elif (commit := plan_file.commit_of(project.root)) != made.commit:
        here = f"commit {commit[:10]}" if commit else "files that differ from every commit"
        yield f"the plan is of commit {made.commit[:10]}, and here are {here}"
    if made.state != plan_file.state_of(project):
        yield f"something has changed the state of stack {project.stack!r} since the plan was made"


def _up(pulumi: str, project: projects.Project, file: Path) -> None:
    words = ["up", "--plan", str(file), "--yes", "--non-interactive", "--suppress-outputs"]
    has_begun = False
    with subprocess.Popen(  # noqa: S603 - the engine that was chosen, no shell
        [pulumi, *words, "--stack", project.stack],
        cwd=project.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        for line in without_interruptions(child.stdout or ()):
            has_begun = has_begun or line.startswith(UPDATING)
            terminal.pass_on(line)
    if child.returncode and has_begun:
        raise SreAgentError(
            f"The plan was begun, and failed (exit code {child.returncode}); the reason is above. Make a new "
            "plan of what is left."
        )
    if child.returncode:
        raise SreAgentError(
            f"Nothing was sent: what the plan says has become impossible (exit code {child.returncode}); the "
            "reason is above. Make a new plan, and review it."
        )

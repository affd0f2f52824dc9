"""`sre-agent task pause` and `resume`."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.task.options import TaskName

PAUSE_EPILOG = epilog("sre-agent task pause morning-check")
RESUME_EPILOG = epilog("sre-agent task resume morning-check")


@with_target
def pause(task: TaskName, target: Target) -> None:
    """Let a task's next runs pass, until it is resumed. A run that began goes on."""
    with target.open() as agent:
        agent.tasks.pause(task)
    terminal.result(f"{task} is paused.")


@with_target
def resume(task: TaskName, target: Target) -> None:
    """Let a paused or failed task run again by its schedule."""
    with target.open() as agent:
        agent.tasks.resume(task)
    terminal.result(f"{task} runs by its schedule.")

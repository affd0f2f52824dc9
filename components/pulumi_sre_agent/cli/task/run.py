"""`sre-agent task run`: a scheduled task, now."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.task.options import TaskName
from pulumi_sre_agent.cli.thread.logs import Follow, print_messages

EPILOG = epilog("sre-agent task run morning-check", "sre-agent task run morning-check --follow")


@with_target
def run(task: TaskName, target: Target, *, follow: Follow = False, json: Json = False) -> None:
    """Run a task now, whatever its schedule, and say in which thread it runs.

    With -f the thread's messages as they come, until the agent's turn is over.
    """
    with target.open() as agent:
        thread_id = agent.tasks.execute(task)
        if follow:
            terminal.note(f"{task} runs in thread {thread_id}.")
            print_messages(agent.threads.follow(thread_id), json=json)
        elif json:
            terminal.result_json({"threadId": thread_id})
        else:
            terminal.result(f"{task} runs in thread {thread_id}.")

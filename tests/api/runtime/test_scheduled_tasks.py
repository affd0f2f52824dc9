"""Scheduled tasks through the client."""

import pytest

from pulumi_sre_agent.api import Client, ConfigError, NotFound, Unavailable
from pulumi_sre_agent.api.runtime.scheduled_tasks import ScheduledTask, ScheduledTasks
from pulumi_sre_agent.api.runtime.threads import Threads
from support.azure import LocalAzure
from support.scripted import AGENT, Script, reply

TASK = {"name": "nightly", "cronExpression": "0 2 * * *", "agentPrompt": "Look at the queues."}


def test_a_task_is_paused_resumed_and_run(azure: LocalAzure, client: Client) -> None:
    agent = azure.agent()
    azure.data("POST", agent, "/api/v1/scheduledtasks", TASK)
    tasks = ScheduledTasks(client.data_plane(agent))
    task = tasks.get("nightly")
    tasks.pause(task.id)
    paused = tasks.get("nightly").status
    tasks.resume(task.id)
    thread = tasks.execute(task.id)

    assert (task.status, paused) == ("Active", "Paused")
    assert Threads(client.data_plane(agent)).get(thread).title == "Scheduled Task: nightly"
    assert tasks.get("nightly").execution_count == 1
    with pytest.raises(NotFound, match="no scheduled task named 'weekly'"):
        tasks.get("weekly")


def test_names_need_not_differ(azure: LocalAzure, client: Client) -> None:
    agent = azure.agent()
    for _ in range(2):
        azure.data("POST", agent, "/api/v1/scheduledtasks", TASK)
    tasks = ScheduledTasks(client.data_plane(agent))

    with pytest.raises(ConfigError, match="2 scheduled tasks are named 'nightly': say which by id: "):
        tasks.get("nightly")


def test_a_run_that_does_not_start(script: Script) -> None:
    script.agent().on("POST", "/execute$", reply(200, {"execution": {"success": False}}))
    with script.azure() as azure, pytest.raises(Unavailable, match="The scheduled task x did not start"):
        ScheduledTasks(azure.data_plane(AGENT)).execute(ScheduledTask(id="x"))

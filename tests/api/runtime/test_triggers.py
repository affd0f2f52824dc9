"""Runs of HTTP triggers through the client."""

import json

import pytest

from pulumi_sre_agent.api import Client, ConfigError, NotFound
from pulumi_sre_agent.api.runtime.threads import Threads
from pulumi_sre_agent.api.runtime.triggers import Trigger, Triggers
from support.azure import LocalAzure
from support.conversations import triggered
from support.scripted import AGENT, Script, reply


def test_a_trigger_is_called_and_run_by_hand(client: Client, azure: LocalAzure) -> None:
    agent, trigger = triggered(azure, agentPrompt="Look at {payload.app}.")
    data = client.data_plane(agent)
    triggers, threads = Triggers(data), Threads(data)
    called = triggers.call(trigger, {"app": "web"})
    by_hand = triggers.execute(trigger)
    runs = {run["threadId"] for run in triggers.executions(trigger)}

    assert called.success
    assert called.thread_id is not None
    assert threads.wait_until_idle(called.thread_id).messages[0].text == "Look at web."
    assert by_hand.thread_id is not None
    assert (by_hand.success, by_hand.message) == (True, "HTTP trigger execution initiated successfully")
    assert runs == {called.thread_id, by_hand.thread_id}
    with pytest.raises(NotFound):
        triggers.call("t2")


def test_a_trigger_goes_by_its_name(client: Client, azure: LocalAzure) -> None:
    agent, trigger_id = triggered(azure)
    triggers = client.agent(agent).triggers
    (listed,) = triggers.list()
    found = triggers.get("deploys")

    assert (listed.id, listed.name, listed.is_enabled) == (trigger_id, "deploys", True)
    assert found == triggers.get(trigger_id)
    assert (found.trigger_url or "").endswith(f"/api/v1/httptriggers/trigger/{trigger_id}")
    assert triggers.execute("deploys").success
    assert triggers.call(listed).success
    assert len(list(triggers.executions("deploys"))) == 2
    with pytest.raises(NotFound, match="no HTTP trigger named 'weekly'"):
        triggers.execute("weekly")


def test_a_name_that_two_triggers_have(client: Client, azure: LocalAzure) -> None:
    """Runs neither."""
    agent, _ = triggered(azure)
    azure.data("POST", agent, "/api/v1/httptriggers/create", {"name": "deploys", "agentPrompt": "Look."})
    triggers = client.agent(agent).triggers
    ids = [trigger.id for trigger in triggers.list()]

    with pytest.raises(ConfigError, match=f"2 HTTP triggers are named 'deploys': .*{ids[0]}"):
        triggers.execute("deploys")
    assert triggers.execute(ids[0]).success


@pytest.mark.parametrize("nested", [True, False])
def test_a_run_is_read_at_either_level(script: Script, *, nested: bool) -> None:
    """Of `execute` it is in `execution`, of the webhook beside the message.

    See docs/reference/data-plane.md#http-triggers.
    """
    run = {"executionTime": "2026-04-19T10:41:42Z", "threadId": "t", "success": True}
    answer = {"message": "initiated", **({"execution": run} if nested else run)}
    script.agent().on("POST", "/execute$", reply(202, answer))
    with script.azure() as azure:
        read = Triggers(azure.data_plane(AGENT)).execute(Trigger(id="t1"))

    assert (read.thread_id, read.success, read.message) == ("t", True, "initiated")
    assert read.execution_time == "2026-04-19T10:41:42Z"


def test_the_webhook_gets_a_token(script: Script) -> None:
    """Whatever one page of the documentation says (docs/reference/assumptions.md#webhook-authentication)."""
    script.agent().on("POST", "/trigger/t1$", reply(202, {"threadId": "t", "success": True}))
    with script.azure() as azure:
        Triggers(azure.data_plane(AGENT)).call(Trigger(id="t1"), "plain text")

    assert script.requests[-1].headers["Authorization"].startswith("Bearer ")
    assert json.loads(script.requests[-1].content) == "plain text"

"""Runs of HTTP triggers: the webhook, what becomes of its payload, and what is kept of it."""

import pytest

from sre_agent_local.azure.data_plane.trigger_runs import prompt
from support.azure import LocalAzure, error
from support.conversations import THREADS, TRIGGERS, begin, settled, triggered


def webhook(trigger: str) -> str:
    return f"{TRIGGERS}/trigger/{trigger}"


def test_a_webhook_starts_a_thread(azure: LocalAzure) -> None:
    """With what it brought, in the trigger's own mode; the run is kept."""
    agent, trigger = triggered(azure, agentPrompt="Look at {payload.app.name}.")

    called = azure.data("POST", agent, webhook(trigger), {"app": {"name": "web"}, "sha": "abc"})
    by_hand = azure.data("POST", agent, f"{TRIGGERS}/{trigger}/execute")

    assert (called.status_code, called.json()["message"]) == (202, "HTTP trigger execution initiated")
    assert called.json()["success"] is True
    thread = azure.data("GET", agent, f"{THREADS}/{called.json()['threadId']}").json()
    assert (thread["title"], thread["threadOrigin"], thread["agentMode"]) == (
        "HTTP Trigger: deploys",
        "Trigger",
        "Autonomous",
    )
    assert thread["startMessage"]["text"] == 'Look at web.\n\n{"sha": "abc"}'
    runs = azure.data("GET", agent, f"{TRIGGERS}/{trigger}/executions").json()
    executed = by_hand.json()["execution"]
    assert [run["threadId"] for run in runs] == [executed["threadId"], called.json()["threadId"]]
    assert error(azure.data("POST", agent, webhook("none"))) == (404, "NotFound")


def test_what_creating_and_executing_answer(azure: LocalAzure) -> None:
    """As public scripts show it (docs/reference/data-plane.md#http-triggers)."""
    agent = azure.agent()
    made = azure.data("POST", agent, f"{TRIGGERS}/create", {"name": "deploys", "agentPrompt": "Look."})
    trigger = made.json()["triggerId"]
    executed = azure.data("POST", agent, f"{TRIGGERS}/{trigger}/execute", {"key": "value"})

    assert made.json() == {
        "triggerId": trigger,
        "triggerUrl": f"{azure.endpoint(agent)}{webhook(trigger)}",
        "message": "HTTP trigger created successfully",
    }
    assert (executed.status_code, executed.json()["message"]) == (
        202,
        "HTTP trigger execution initiated successfully",
    )
    assert set(executed.json()["execution"]) == {"executionTime", "threadId", "success"}


def test_a_webhook_wants_a_token_unless_switched(azure: LocalAzure) -> None:
    agent, trigger = triggered(azure)
    endpoint = azure.endpoint(agent)
    refused = azure.http.post(endpoint + webhook(trigger))
    azure.switch(webhookNeedsToken=False)

    assert refused.status_code == 401
    assert azure.http.post(endpoint + webhook(trigger)).status_code == 202
    assert azure.http.post(f"{endpoint}{TRIGGERS}/{trigger}/execute").status_code == 401


def test_a_trigger_that_is_off_is_none(azure: LocalAzure) -> None:
    agent, trigger = triggered(azure)

    assert azure.data("POST", agent, f"{TRIGGERS}/{trigger}/disable").is_success
    assert error(azure.data("POST", agent, webhook(trigger))) == (404, "NotFound")


def test_runs_can_share_a_thread(azure: LocalAzure) -> None:
    """Which is busy for the second as long as the first goes on."""
    agent, trigger = triggered(azure)
    thread = begin(azure, agent, "one")
    grouped = {"name": "deploys", "agentPrompt": "Look.", "threadId": thread}
    azure.data("PUT", agent, f"{TRIGGERS}/{trigger}", grouped)
    settled(azure, agent, thread)
    azure.switch(operationSeconds=0.4)

    run = azure.data("POST", agent, webhook(trigger))
    busy = azure.data("POST", agent, webhook(trigger))

    assert run.json()["threadId"] == thread
    assert busy.status_code == 422
    assert begin(azure, agent, "two") != thread


@pytest.mark.parametrize(
    ("template", "content", "filled"),
    [
        pytest.param("Look.", b"", "Look.", id="nothing"),
        pytest.param("{payload.a.b}", b'{"a": {"b": 1}}', "1", id="a-number"),
        pytest.param("<{payload.a.c}>", b'{"a": {"b": 1}}', "<>", id="a-member-that-is-not-there"),
        pytest.param("Look.", b'["x"]', 'Look.\n\n["x"]', id="a-list"),
        pytest.param("Look.", b"raw text", "Look.\n\nraw text", id="raw"),
    ],
)
def test_prompts(template: str, content: bytes, filled: str) -> None:
    assert prompt(template, content) == filled

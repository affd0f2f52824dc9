"""Runs of HTTP triggers: the webhook, what becomes of its payload, and what is kept of it."""

from pathlib import Path

import pytest

from pulumi_sre_agent.local.azure.data_plane.trigger_runs import prompt
from support.azure import error
from support.conversations import THREADS, begin, settled, triggered

WEBHOOK = "/api/v1/httptriggers/trigger/t1"


def test_a_webhook_starts_a_thread(tmp_path: Path) -> None:
    """With what it brought, in the trigger's own mode; the run is kept."""
    with triggered(tmp_path, "t1", name="deploys", agentPrompt="Look at {payload.app.name}.") as (
        azure,
        agent,
    ):
        called = azure.data("POST", agent, WEBHOOK, {"app": {"name": "web"}, "sha": "abc"})
        by_hand = azure.data("POST", agent, "/api/v1/httptriggers/t1/execute")
        thread = azure.data("GET", agent, f"{THREADS}/{called.json()['threadId']}").json()
        runs = azure.data("GET", agent, "/api/v1/httptriggers/t1/executions").json()

        assert (called.status_code, called.json()["message"]) == (202, "HTTP trigger execution initiated")
        assert called.json()["success"] is True
        assert (thread["title"], thread["threadOrigin"], thread["agentMode"]) == (
            "HTTP Trigger: deploys",
            "Trigger",
            "Autonomous",
        )
        assert thread["startMessage"]["text"] == 'Look at web.\n\n{"sha": "abc"}'
        assert [run["threadId"] for run in runs] == [by_hand.json()["threadId"], called.json()["threadId"]]
        assert error(azure.data("POST", agent, "/api/v1/httptriggers/trigger/none")) == (404, "NotFound")


def test_a_webhook_wants_a_token_unless_switched(tmp_path: Path) -> None:
    with triggered(tmp_path, "t1", agentPrompt="Look.") as (azure, agent):
        url = azure.endpoint(agent) + WEBHOOK
        refused = azure.http.post(url)
        azure.switch(webhookNeedsToken=False)

        assert refused.status_code == 401
        assert azure.http.post(url).status_code == 202
        assert azure.http.post(url.replace("trigger/t1", "t1/execute")).status_code == 401


def test_a_trigger_that_is_off_is_none(tmp_path: Path) -> None:
    with triggered(tmp_path, "t1", agentPrompt="Look.", enabled=False) as (azure, agent):
        assert error(azure.data("POST", agent, WEBHOOK)) == (404, "NotFound")


def test_runs_can_share_a_thread(tmp_path: Path) -> None:
    """Which is busy for the second as long as the first goes on."""
    thread = "11111111-1111-4111-8111-111111111111"
    with triggered(tmp_path, "t1", agentPrompt="Look.", threadId=thread) as (azure, agent):
        azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "one"})
        settled(azure, agent, thread)
        azure.switch(operationSeconds=0.4)
        run = azure.data("POST", agent, WEBHOOK)
        busy = azure.data("POST", agent, WEBHOOK)

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

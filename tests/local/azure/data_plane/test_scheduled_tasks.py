"""Scheduled tasks of version 1, which are those of version 2 by another key."""

import base64
import json

import pytest

from support.azure import Json, LocalAzure, error
from support.conversations import THREADS

PATH = "/api/v1/scheduledtasks"
TASK = {
    "name": "nightly",
    "cronExpression": "0 2 * * *",
    "timeZone": "Europe/Berlin",
    "agentPrompt": "Look at the queues.",
    "agent": "ops",
}
KEYS = {
    *("id", "name", "description", "status", "cronExpression", "agentPrompt", "agent", "createdBy"),
    *("createdAt", "lastExecutionTime", "nextExecutionTime", "executionCount", "maxExecutions", "threadId"),
    *("agentMode", "modelTier", "timeZone"),
}


def test_a_task_lives(azure: LocalAzure) -> None:
    """Made, paused, resumed, changed and deleted, under one id."""
    agent = azure.agent()
    made = azure.data("POST", agent, PATH, TASK)
    path = f"{PATH}/{made.json()['id']}"
    paused = azure.data("POST", agent, f"{path}/pause", {}).json()
    resumed = azure.data("POST", agent, f"{path}/resume", {}).json()
    changed = azure.data("PUT", agent, path, {**TASK, "agentPrompt": "Look at the disks."}).json()

    assert made.status_code == 201
    assert made.json().keys() == KEYS
    assert made.json().items() >= {**TASK, "status": "Active", "executionCount": 0}.items()
    assert (paused["status"], resumed["status"]) == ("Paused", "Active")
    assert (
        changed == azure.data("GET", agent, path).json() == {**resumed, "agentPrompt": "Look at the disks."}
    )
    assert azure.data("GET", agent, PATH).json() == [changed]
    assert azure.data("DELETE", agent, path).status_code == 204
    assert error(azure.data("DELETE", agent, path)) == (404, "NotFound")


def test_a_task_of_version_2_is_paused_and_run_through_version_1(azure: LocalAzure) -> None:
    agent = azure.agent()
    v2 = "/api/v2/extendedAgent/scheduledtasks/nightly"
    spec = {"cronExpression": "0 2 * * *", "agentPrompt": "Look.", "isEnabled": True, "agentMode": "Review"}
    azure.data("PUT", agent, v2, {"properties": spec})
    path = f"{PATH}/{azure.data('GET', agent, PATH).json()[0]['id']}"
    azure.data("POST", agent, f"{path}/pause", {})
    ran = azure.data("POST", agent, f"{path}/execute", {}).json()["execution"]
    thread = azure.data("GET", agent, f"{THREADS}/{ran['threadId']}").json()
    task = azure.data("GET", agent, path).json()

    assert azure.data("GET", agent, v2).json()["properties"]["isEnabled"] is False
    assert ran["success"] is True
    assert (thread["title"], thread["agentMode"]) == ("Scheduled Task: nightly", "Review")
    assert (task["executionCount"], task["threadId"]) == (1, ran["threadId"])
    assert task["lastExecutionTime"] is not None


def test_names_need_not_differ(azure: LocalAzure) -> None:
    agent = azure.agent()
    ids = {azure.data("POST", agent, PATH, TASK).json()["id"] for _ in range(2)}
    found = azure.data("GET", agent, PATH).json()

    assert {task["id"] for task in found} == ids
    assert [task["name"] for task in found] == ["nightly", "nightly"]


@pytest.mark.parametrize("missing", ["name", "cronExpression", "agentPrompt"])
def test_refusals(azure: LocalAzure, missing: str) -> None:
    body: Json = {name: value for name, value in TASK.items() if name != missing}

    assert error(azure.data("POST", azure.agent(), PATH, body)) == (400, "BadRequest")


def test_a_time_zone_is_kept_and_checked_on_either_plane(azure: LocalAzure) -> None:
    """By its IANA name, as a configuration script of Microsoft's sends it.

    See docs/reference/data-plane.md#members-by-kind.
    """
    agent = azure.agent()
    v2 = "/api/v2/extendedAgent/scheduledtasks"
    spec = {"cronExpression": "0 8 * * *", "agentPrompt": "Look.", "timeZone": "Asia/Tokyo"}
    azure.data("PUT", agent, f"{v2}/daily", {"properties": spec})
    (listed,) = azure.data("GET", agent, PATH).json()
    wrong = {**spec, "timeZone": "Mars/Olympus"}
    value = base64.b64encode(json.dumps(wrong).encode()).decode()

    assert azure.data("GET", agent, f"{v2}/daily").json()["properties"]["timeZone"] == "Asia/Tokyo"
    assert listed["timeZone"] == "Asia/Tokyo"
    assert error(azure.data("PUT", agent, f"{v2}/mars", {"properties": wrong})) == (400, "BadRequest")
    by_arm = azure.arm("PUT", f"{agent}/scheduledTasks/mars", {"properties": {"value": value}})
    assert error(by_arm) == (400, "BadRequest")

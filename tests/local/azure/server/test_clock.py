"""`/_local/clock`: what follows from moving the time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.azure import Json, LocalAzure, error
from support.conversations import THREADS, begin, settled
from support.incidents import fire, on_call, plan

TASKS = "/api/v1/scheduledtasks"


def advance(azure: LocalAzure, **duration: float) -> Json:
    body = {"seconds": timedelta(**duration).total_seconds()}
    answer = azure.http.post("/_local/clock/advance", json=body)
    assert answer.status_code == 200, answer.text
    moved: Json = answer.json()
    return moved


def task(azure: LocalAzure, agent: str, name: str, **members: Any) -> Json:
    body = {"name": name, "cronExpression": "0 2 * * *", "agentPrompt": f"Do {name}.", **members}
    answer = azure.data("POST", agent, TASKS, body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def test_a_task_runs_at_each_time_that_the_clock_is_moved_over(azure: LocalAzure) -> None:
    agent = azure.agent()
    task(azure, agent, "nightly")
    task(azure, agent, "once", cronExpression="0 3 * * *", maxExecutions=1, timeZone="Asia/Tokyo")
    paused = task(azure, agent, "paused")["id"]
    azure.data("POST", agent, f"{TASKS}/{paused}/pause", {})
    moved = advance(azure, days=2)
    azure.log_in_again()
    runs = [(run["task"], run["at"][11:16]) for run in moved["runs"]]
    thread = azure.data("GET", agent, f"{THREADS}/{moved['runs'][-1]['thread']}").json()
    listed = {one["name"]: one for one in azure.data("GET", agent, TASKS).json()}

    assert sorted(runs) == [("nightly", "02:00"), ("nightly", "02:00"), ("once", "18:00")]
    assert thread["createdTimestamp"][:16] == moved["runs"][-1]["at"][:16]
    assert settled(azure, agent, thread["id"])[0]["text"].startswith("Do ")
    assert {name: one["executionCount"] for name, one in listed.items()} == {
        "nightly": 2,
        "once": 1,
        "paused": 0,
    }
    assert listed["nightly"]["nextExecutionTime"][11:16] == "02:00"
    assert listed["nightly"]["nextExecutionTime"] > moved["now"]
    assert (listed["once"]["nextExecutionTime"], listed["paused"]["nextExecutionTime"]) == (None, None)


def test_more_runs_than_a_move_makes_are_left_out(azure: LocalAzure) -> None:
    agent = azure.agent()
    task(azure, agent, "each-minute", cronExpression="* * * * *")
    azure.http.put("/_local/script", content="turns: [{steps: []}]")
    few, many = advance(azure, minutes=2), advance(azure, days=3650)

    azure.http.put("/_local/script", content="turns: [{busy: true}]")
    (refused,) = advance(azure, minutes=1)["runs"]

    assert (refused["thread"], "currently busy" in refused["error"]) == (None, True)
    assert (len(few["runs"]), few["leftOut"]) == (2, False)
    assert (len(many["runs"]), many["leftOut"]) == (100, True)


def test_the_merge_window_of_a_plan_ends(azure: LocalAzure) -> None:
    plan(azure, on_call(azure), "checkout", mergeWindowHours=3)
    outcomes = []
    for hours in (0.01, 2, 2):
        advance(azure, hours=hours)
        outcomes.append(fire(azure, agent="sre-one")[0]["outcome"])

    assert outcomes == ["started", "merged", "started"]


def test_a_token_expires(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.log_in_again()
    advance(azure, hours=23)
    valid = azure.data("GET", agent, THREADS)
    advance(azure, hours=2)
    expired = azure.data("GET", agent, THREADS)
    azure.log_in_again()

    assert (valid.status_code, expired.status_code) == (200, 401)
    assert azure.data("GET", agent, THREADS).status_code == 200


def test_after_a_reset_a_thread_of_the_future_takes_messages(azure: LocalAzure) -> None:
    agent = azure.agent()
    advance(azure, hours=5)
    thread = begin(azure, agent, "What is here?")
    settled(azure, agent, thread)
    back = azure.http.post("/_local/clock/reset").json()
    azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "And now?"})

    assert back["aheadSeconds"] == 0
    assert abs(datetime.fromisoformat(back["now"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert settled(azure, agent, thread)[-1]["text"].startswith('You asked: "And now?"')


@pytest.mark.parametrize("seconds", [0, -1, "1", True, 1e12, None])
def test_a_move_that_is_none(azure: LocalAzure, seconds: Any) -> None:
    assert error(azure.http.post("/_local/clock/advance", json={"seconds": seconds})) == (400, "BadRequest")

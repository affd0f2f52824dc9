"""`sre-agent task`."""

import re
from datetime import UTC, datetime

import pytest

from support.operated import Operated

CHECK = "morning-check-of-the-payment-queues"


@pytest.fixture
def tasks(operated: Operated) -> Operated:
    agent = operated.azure.agent("oncall")
    check = {"name": CHECK, "cronExpression": "30 7 * * 1-5", "timeZone": "Europe/Oslo", "maxExecutions": 5}
    clean = {"name": "clean", "cronExpression": "*/15 * * * *"}
    for task in (check, clean):
        body = {**task, "agentPrompt": "Look at the queues."}
        operated.azure.data("POST", agent, "/api/v1/scheduledtasks", body)
    assert operated.call("task", "pause", "clean").out == "clean is paused.\n"
    return operated


def test_list_as_json_has_the_prompts(tasks: Operated) -> None:
    assert [task["agentPrompt"] for task in tasks.call("task", "list", "--json").json] == 2 * [
        "Look at the queues."
    ]


def test_next_runs_are_told_in_the_readers_time_zone(tasks: Operated) -> None:
    """Half past seven in Oslo is half past six or five in London's winter and summer time: an hour less."""
    shown = tasks.call("task", "next", "--count", "3", "--time-zone", "Europe/London")
    found = tasks.call("task", "next", CHECK, "--count", "3", "--json", "--time-zone", "Europe/London").json
    times = [datetime.fromisoformat(run["time"]) for run in found]

    assert re.fullmatch(
        rf"WHEN +ZONE +TASK\n((Mon|Tue|Wed|Thu|Fri) \d{{4}}-\d\d-\d\d 06:30  (GMT|BST) +{CHECK}\n){{3}}",
        shown.out,
    )
    assert times == sorted(times)
    assert times[0] > datetime.now(UTC)


def test_next_of_a_paused_task_is_told_when_it_is_asked_for(tasks: Operated) -> None:
    assert len(tasks.call("task", "next", "clean", "--json").json) == 5
    assert {run["task"] for run in tasks.call("task", "next", "--json").json} == {CHECK}


def test_resume_and_run(tasks: Operated) -> None:
    assert tasks.call("task", "resume", "clean").out == "clean runs by its schedule.\n"
    ran = tasks.call("task", "run", "clean")
    followed = tasks.call("task", "run", "clean", "--follow")

    assert re.fullmatch(r"clean runs in thread \S+\.\n", ran.out)
    assert "Look at the queues." in followed.out
    assert "clean runs in thread" in followed.err
    clean = tasks.call("task", "list").out.splitlines()[1]
    assert clean.split() == ["clean", "Active", "*/15", "*", "*", "*", "*", "UTC", "now", "2"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["run", "weekly"], 1, "error: There is no scheduled task named 'weekly'."),
        (
            ["next", "--time-zone", "Oslo"],
            2,
            "error: There is no time zone 'Oslo': give an IANA name, such as Europe/Oslo.",
        ),
    ],
    ids=["name", "zone"],
)
def test_what_is_not_there_is_told_in_a_sentence(
    tasks: Operated, words: list[str], code: int, sentence: str
) -> None:
    shown = tasks.call("task", *words)

    assert (shown.code, shown.out, shown.err.splitlines()[-1]) == (code, "", sentence)

"""Scheduled tasks: when they run, and who works on them."""

from typing import Any

import pytest

from pulumi_sre_agent.resources._core.registry import model_of
from support.checked import checked, faults_of, wire
from support.samples import AGENT_ID, Json

CRON = "cron_expression must be five cron fields such as 0 8 * * 1-5"
ZONE = "time_zone must be a time zone of the IANA database, such as Europe/Berlin"
TASK: Json = {"name": "a", "cron_expression": "0 8 * * *", "agent_prompt": "Look."}


def test_azure_reads_every_word() -> None:
    """The subagent's name goes under both names that versions of the API have for it.

    See docs/reference/assumptions.md#scheduled-task-members.
    """
    assert wire("ScheduledTask") == {
        "description": "Looks at everything once a day.",
        "cronExpression": "0 8 * * 1-5",
        "timeZone": "Europe/Berlin",
        "agentPrompt": "Check the health of all services.\n",
        "agent": "health-checker",
        "agentName": "health-checker",
        "agentMode": "Review",
        "isEnabled": False,
        "maxExecutions": 10,
        "threadMode": "Same",
    }


def test_either_name_of_the_subagent_is_read() -> None:
    model = model_of("ScheduledTask")
    inputs = {"agent_id": AGENT_ID, **TASK, "agent": "a"}
    spec = {"cronExpression": "0 8 * * *", "agentPrompt": "Look."}

    assert model.merge_remote(inputs, {**spec, "agentName": "a"}) == inputs
    assert model.merge_remote(inputs, {**spec, "agent": "b"}) == {**inputs, "agent": "b"}
    assert model.merge_remote(inputs, spec) == {name: inputs[name] for name in inputs if name != "agent"}


def test_who_may_act_is_said_in_any_spelling() -> None:
    inputs, found = checked("ScheduledTask", {**TASK, "agent_mode": "automatic", "plane": "data"})

    assert (inputs["agent_mode"], found) == ("Autonomous", [])


@pytest.mark.parametrize(
    "expression", ["* * * * *", "*/5 0-6 1,15 JAN-MAR MON", " 0  8 * *\t7 ", "0 0 29 2 *", "0 0 L * *"]
)
def test_a_cron_expression_passes(expression: str) -> None:
    inputs, found = checked("ScheduledTask", TASK | {"cron_expression": expression})

    assert (inputs["cron_expression"], found) == (" ".join(expression.split()), [])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cron_expression": "0 0 8 * * *"}, f"{CRON} (fields: 6)"),
        ({"cron_expression": "@daily"}, f"{CRON} (fields: 1)"),
        ({"cron_expression": "60 8 * * *"}, f"{CRON} (bad minute)"),
        ({"cron_expression": "0 24 * * *"}, f"{CRON} (bad hour)"),
        ({"cron_expression": "0 0 31 2 *"}, f"{CRON} (bad day-of-month)"),
        ({"cron_expression": "0 0 * * 8"}, f"{CRON} (bad day-of-week)"),
        ({"cron_expression": None}, "cron_expression is missing"),
        ({"time_zone": "Europe/Berln"}, f"{ZONE} (did you mean 'Europe/Berlin'?)"),
        ({"time_zone": "europe/berlin"}, f"{ZONE} (did you mean 'Europe/Berlin'?)"),
        ({"time_zone": "../etc/passwd"}, ZONE),
        ({"agent_prompt": " \n"}, "agent_prompt must not be empty"),
        ({"max_executions": 0}, "max_executions must be at least 1"),
        ({"agent_mode": "Dry"}, "agent_mode must be one of Review, Autonomous, ReadOnly"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(change: dict[str, Any], sentence: str) -> None:
    assert faults_of("ScheduledTask", **change) == [sentence]

"""`sre-agent usage`, `models` and `tools`, to the letter."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pulumi_sre_agent.api.runtime.usages import DailyUsage, Name, Usage
from pulumi_sre_agent.cli.agent import usage as command
from support.conversations import TRIGGERS, begin, settled
from support.operated import Operated
from support.telemetry import component, track

UNITS = Name(value="AgentUnits", localized_value="agent units")
NOON_OF_THE_TENTH = datetime(2026, 11, 10, 12, tzinfo=UTC)


def test_the_pace_so_far_leads_to_the_months_end(capsys: pytest.CaptureFixture[str]) -> None:
    """950 units in nine and a half days of thirty are 100 a day and 3,000 in the end."""
    usages = [
        Usage(name=UNITS, current_value=950, limit=1000),
        Usage(name=Name(value="Requests"), current_value=19),
    ]
    command.show_month(usages, NOON_OF_THE_TENTH, json=False)
    shown = capsys.readouterr()

    assert (
        shown.out
        == """\
WHAT         USED  LIMIT  SHARE  A DAY  BY MONTH'S END
agent units  950   1,000  95%    100.0  3,000
Requests     19                  2.0    60
"""
    )
    assert shown.err == "At this pace agent units reach their limit on day 11 of the month.\n"


def test_what_is_over_its_limit_is_not_told_to_reach_it(capsys: pytest.CaptureFixture[str]) -> None:
    command.show_month([Usage(name=UNITS, current_value=1100, limit=1000)], NOON_OF_THE_TENTH, json=False)
    shown = capsys.readouterr()

    assert "1,100  1,000  110%" in shown.out
    assert shown.err == ""


def test_days_are_told_with_bars(capsys: pytest.CaptureFixture[str]) -> None:
    days = [DailyUsage(date=f"2026-11-0{day}", name=UNITS, value=value) for day, value in ((2, 10), (1, 5))]
    command.show_days(days, json=False)

    assert (
        capsys.readouterr().out
        == f"""\
DAY         WHAT         USED
2026-11-01  agent units  5.0   {"█" * 15}
2026-11-02  agent units  10.0  {"█" * 30}
"""
    )


def test_a_new_agent_has_used_nothing(operated: Operated) -> None:
    operated.azure.agent("oncall", monthlyAgentUnitLimit=2000)
    units, requests = operated.call("usage", "--json").json

    assert (units["limit"], units["currentValue"], units["forecast"]) == (2000, 0, 0)
    assert requests["limit"] is None
    assert operated.call("usage", "--daily").err.splitlines()[-1] == "Azure tells no daily usage of it yet."


def test_models_and_tools(operated: Operated) -> None:
    operated.azure.agent("oncall")
    models = operated.call("models", COLUMNS="80")
    tools = operated.call("tools", "--search", "RunAzCliReadCommands", COLUMNS="80")

    assert models.out.splitlines()[1] == "Anthropic         Automatic          1x     default"
    assert tools.out.splitlines()[1].startswith("RunAzCliReadCommands  on ")
    assert max(map(len, tools.out.splitlines())) <= 80
    assert operated.call("tools", "--search", "no such").err.splitlines()[-1] == "It has no tool like that."


def agent_that_writes(operated: Operated) -> tuple[str, str]:
    """Make an agent with Application Insights; return its id, and the key of where it writes."""
    properties = component(operated.azure)["properties"]
    insights = {"appId": properties["AppId"], "connectionString": properties["ConnectionString"]}
    log = {"applicationInsightsConfiguration": insights}
    return operated.azure.agent("oncall", logConfiguration=log), properties["InstrumentationKey"]


@pytest.fixture
def busy(operated: Operated) -> str:
    """An agent that was asked once, and has run a task and, in the thread of the question, a trigger."""
    azure = operated.azure
    agent, _ = agent_that_writes(operated)
    thread = begin(azure, agent, "What is here?")
    settled(azure, agent, thread)
    task = {"name": "morning", "cronExpression": "0 7 * * *", "agentPrompt": "Look."}
    made = azure.data("POST", agent, "/api/v1/scheduledtasks", task).json()
    assert azure.data("POST", agent, f"/api/v1/scheduledtasks/{made['id']}/execute", {}).is_success
    trigger = {"name": "deploys", "agentPrompt": "Look.", "threadId": thread}
    made = azure.data("POST", agent, f"{TRIGGERS}/create", trigger).json()
    assert azure.data("POST", agent, f"{TRIGGERS}/{made['triggerId']}/execute", {}).is_success
    return agent


def named(operated: Operated, by: str) -> dict[str, Any]:
    told = operated.call("usage", "--by", by, "--json").json
    return {group.pop("name"): group for group in told["groups"]}


@pytest.mark.usefixtures("busy")
def test_who_used_it_is_told_by_type_task_and_trigger(operated: Operated) -> None:
    by_type = named(operated, "type")
    shown = operated.call("usage", "--by", "type")

    assert {name: group["threads"] for name, group in by_type.items()} == {
        "triggers": 1,
        "scheduled tasks": 1,
    }
    assert named(operated, "task") == {"morning": by_type["scheduled tasks"]}
    assert named(operated, "trigger") == {"deploys": by_type["triggers"]}
    assert shown.out.startswith("TYPE             THREADS  INPUT TOKENS  OUTPUT  UNITS ")
    assert shown.err.endswith("A range, because telemetry does not tell which tokens caches took.\n")


def test_tokens_come_to_units_by_the_published_rates(operated: Operated) -> None:
    """A million tokens in, all from the cache or with as much on top as published; a tenth of that out."""
    azure = operated.azure
    agent, key = agent_that_writes(operated)
    thread = begin(azure, agent, "What is here?")
    for model in ("claude-opus-4-6", "gpt-5.2"):
        track(
            azure,
            key,
            "ModelGeneration",
            datetime.now(UTC),
            EventType="ModelGenerationEnd",
            ModelId=model,
            InputTokens="1000000",
            OutputTokens="100000",
            ThreadId="gone" if model == "gpt-5.2" else thread,
        )
    groups = named(operated, "type")

    assert groups["deleted threads"]["units"] == {"low": 31.5, "high": 65.625}
    assert groups["chats"]["units"]["low"] == pytest.approx(60, abs=0.1)
    assert groups["chats"]["units"]["high"] == pytest.approx(188.75, abs=0.1)


def test_without_telemetry_threads_count_for_published_profiles(operated: Operated) -> None:
    agent = operated.azure.agent("oncall")
    begin(operated.azure, agent, "What is here?")
    shown = operated.call("usage", "--by", "type")

    assert shown.out.splitlines()[1].split() == ["chats", "1", "1.3", "to", "35.2", "100%"]
    assert "It is not known where " in shown.err
    assert operated.call("usage", "--by", "type", "--json").json["basis"] == "profiles"
    assert operated.call("usage", "--by", "task").err.endswith(
        "Nothing is known to have been used this month, by task.\n"
    )

"""What a month costs: by the clock, by published token profiles, before a change and after it."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.cost.forecast import Forecast, forecast
from pulumi_sre_agent.review.cost.section import CostOptions
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from support.previews import preview, step

CLAUDE = {"name": "shop", "default_model": {"provider": "Anthropic"}}
GPT = {"name": "shop", "default_model": {"provider": "MicrosoftFoundry"}}
TASK = {"name": "nightly", "cron_expression": "0 6 * * *"}
PLAN = {"name": "down", "priorities": ["Sev0"]}


def month(agent: dict[str, Any] = CLAUDE, incidents: float = 1, **items: dict[str, Any]) -> Forecast:
    made = tuple(Item(kind=kind, name=kind, properties=properties) for kind, properties in items.items())
    return forecast(Inventory(agents=(Agent(name="shop", properties=agent, items=made),)), incidents)


@pytest.mark.parametrize(
    ("agent", "low", "high"), [(CLAUDE, 35.25, 86.5), (GPT, 11.725, 30.1), ({"name": "shop"}, 11.725, 86.5)]
)
def test_an_incident_costs_what_the_published_profiles_come_to(
    agent: dict[str, Any], low: float, high: float
) -> None:
    """By the rates of the agent's provider, or of all where it says none."""
    incidents = month(agent, IncidentFilter=PLAN).incidents

    assert (incidents.low, incidents.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        ({}, 365 / 12),
        ({"cron_expression": "0 * * * *"}, 730),
        ({"cron_expression": "0 0 * * 1"}, 365 / 84),
        ({"max_executions": 10}, 10),
        ({"is_enabled": False}, 0),
    ],
)
def test_a_task_costs_a_question_to_an_incident_for_each_run(change: dict[str, Any], runs: float) -> None:
    task = month(ScheduledTask={**TASK, **change}).tasks["ScheduledTask"]

    assert (task.low, task.high) == pytest.approx((3.775 * runs, 35.25 * runs))


def test_an_agent_costs_by_being_there_and_a_stopped_one_no_more() -> None:
    stopped = month(ScheduledTask=TASK, IncidentFilter=PLAN, AgentPower={"state": "Stopped"})

    assert (stopped.always_on.low, stopped.active.high, stopped.total.high) == (2920, 0, 2920)


def test_the_limit_holds_back_tasks_and_incidents_alone() -> None:
    limited = month({**CLAUDE, "monthly_agent_unit_limit": 500}, incidents=10, IncidentFilter=PLAN)

    assert (limited.total.low, limited.total.high) == (2920 + 352.5, 2920 + 500)


def test_incidents_cost_where_a_plan_is_on() -> None:
    assert month(IncidentFilter={**PLAN, "is_enabled": False}).incidents.high == 0


MORE_OFTEN = (
    step("Agent", CLAUDE, CLAUDE, op="same", name="shop"),
    step("ScheduledTask", TASK, {**TASK, "cron_expression": "0 * * * *"}),
)


def report(*steps: Any, **options: Any) -> reports.Report:
    return reports.make(previews.read(preview(*steps)), cost=CostOptions(**options))


def test_the_report_compares_both_sides() -> None:
    made = report(*MORE_OFTEN)

    assert (
        "Cost: 3,035 to 3,992 → 5,676 to 28,652 units a month\n"
        "  Being there, running or not: 2,920\n"
        "  Scheduled task `nightly`: 115 to 1,072 → 2,756 to 25,732\n"
    ) in plain_text.render(made)
    assert "<summary>Cost: 3,035 to 3,992 → 5,676 to 28,652 units a month</summary>" in markdown.render(made)
    assert "<li>Scheduled task <code>nightly</code>: 115 to 1,072 →" in html.render(made)
    after = json.loads(json_format.render(made))["cost"]["unitsAMonth"]["after"]
    assert after["tasks"] == {"nightly": {"low": 2755.8, "high": 25732.5}}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"is_asked": True}, "Altogether: 2,920"),
        ({"is_asked": True, "price_per_unit": 0.1}, "In money, at 0.1 a unit: 292.00"),
    ],
)
def test_what_stays_the_same_is_told_where_somebody_asks(options: dict[str, Any], words: str) -> None:
    same = MORE_OFTEN[0]

    assert report(same).sections == ()
    assert words in plain_text.render(report(same, **options))


def test_a_month_over_the_limit_and_what_it_rests_on_is_told() -> None:
    agent = {**CLAUDE, "monthly_agent_unit_limit": 700}
    notes = [
        *report(step("Agent", None, agent), step("IncidentFilter", None, PLAN)).sections[-1].notes,
        *report(step("ScheduledTask", TASK, {**TASK, "cron_expression": "[secret]"})).sections[-1].notes,
    ]

    for words in (
        "would reach the limit of 700 units",
        "20 incidents a month are an assumption",
        "with `--show-sames`",
        "When the scheduled task `nightly` runs is not known yet",
    ):
        assert any(words in note for note in notes)

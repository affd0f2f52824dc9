"""sre.Spend: an alert on the pace of spending, and a budget where one is wanted."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pulumi import ResourceOptions, RunError

import pulumi_sre_agent as sre
from pulumi_sre_agent.monitoring.queries import query
from support.mocks import SUBSCRIPTION, Registered, run

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
TELEMETRY = f"{GROUP}/providers/microsoft.insights/components/appi-oncall"
PEOPLE = f"{GROUP}/providers/microsoft.insights/actionGroups/ag-oncall"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/oncall"
RULE = "azure-native:monitor:ScheduledQueryRule"
BUDGET = "azure-native:consumption:Budget"
WATCHED: dict[str, Any] = {
    "budget": 500.0,
    "budget_scope": GROUP,
    "agent_id": AGENT,
    "action_group_id": PEOPLE,
}


def spend(opts: ResourceOptions | None = None, **args: Any) -> Registered:
    given = cast(
        "sre.SpendArgs",
        {
            "monthly_unit_limit": 3000,
            "app_insights_id": TELEMETRY,
            "resource_group_name": "rg",
            **args,
        },
    )
    return run(lambda: sre.Spend("oncall", given, opts))


def test_the_pace_is_watched() -> None:
    """Two days may take two thirtieths of 80 % of the limit."""
    rule = spend(action_group_id=PEOPLE).one(RULE)

    (condition,) = rule.inputs["criteria"]["allOf"]
    assert rule.name == rule.inputs["ruleName"] == "oncall-pace"
    assert rule.inputs["scopes"] == [TELEMETRY]
    assert rule.inputs["windowSize"] == "P2D"
    assert condition["query"] == query("generations", "units-of-two-days")
    assert (condition["metricMeasureColumn"], condition["threshold"]) == ("Units", 160)
    assert rule.inputs["actions"] == {"actionGroups": [PEOPLE]}
    assert "over 80% of its 3000 units" in rule.inputs["description"]


def test_share_and_severity_can_be_chosen() -> None:
    rule = spend(share=0.5, severity=1).one(RULE)

    assert rule.inputs["criteria"]["allOf"][0]["threshold"] == 100
    assert rule.inputs["severity"] == 1
    assert rule.inputs["actions"] == {"actionGroups": []}


def test_its_rule_and_its_budget_are_protected_where_asked_for() -> None:
    protected = ResourceOptions(protect=True)

    assert {made.protect for made in spend(**WATCHED).made} == {False}
    assert {made.protect for made in spend(protected, **WATCHED).made} == {True}


def test_there_is_no_budget_unless_it_is_wanted() -> None:
    seen = spend()

    assert seen.of(BUDGET) == {}
    assert seen.outputs["sre:index:Spend::oncall"].get("budget_id") is None


def test_a_budget_watches_the_bill_of_the_agent_alone() -> None:
    budget = spend(**WATCHED).one(BUDGET)

    assert budget.name == budget.inputs["budgetName"] == "oncall-budget"
    assert (budget.inputs["scope"], budget.inputs["amount"]) == (GROUP, 500)
    assert budget.inputs["filter"]["dimensions"] == {
        "name": "ResourceId",
        "operator": "In",
        "values": [AGENT],
    }
    assert budget.inputs["timePeriod"]["startDate"] == f"{datetime.now(UTC):%Y-%m}-01T00:00:00Z"
    told = budget.inputs["notifications"]["share"]
    assert (told["threshold"], told["contactGroups"]) == (80, [PEOPLE])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param({"share": 80}, "share must be above 0 and at most 1", id="share"),
        pytest.param({"monthly_unit_limit": 0}, "monthly_unit_limit must be at least 1", id="limit"),
        pytest.param({"severity": 7}, "severity must be between 0 and 4", id="severity"),
        pytest.param(
            {"budget": 5.0}, "budget needs budget_scope and agent_id and action_group_id too", id="budget"
        ),
    ],
)
def test_what_cannot_be_is_refused(args: Any, said: str) -> None:
    with pytest.raises(RunError, match=said):
        spend(**args)

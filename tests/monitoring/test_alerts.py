"""sre.Alerts: rules with sensible defaults, whom they tell, and what is refused."""

from typing import Any, cast

import pytest
from pulumi import RunError

import pulumi_sre_agent as sre
from support.mocks import SUBSCRIPTION, Made, run

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
SHOP = f"{GROUP}/providers/microsoft.insights/components/appi-shop"
PEOPLE = f"{GROUP}/providers/microsoft.insights/actionGroups/ag-oncall"
THEIRS = f"{GROUP}/providers/microsoft.insights/actionGroups/theirs"
METRIC = "azure-native:monitor:MetricAlert"
HEALTH = "azure-native:monitor:ActivityLogAlert"
ACTION_GROUP = "azure-native:monitor:ActionGroup"


def rules(**args: Any) -> dict[str, Made]:
    """Return the metric rules over one component, by name."""
    given = cast(
        "sre.AlertsArgs",
        {
            "resource_group_name": "rg",
            "action_group_name": "ag-oncall",
            "app_insights": {"shop": SHOP},
            **args,
        },
    )
    return run(lambda: sre.Alerts("oncall", given)).of(METRIC)


def test_failures_exceptions_and_latency_are_watched_by_default() -> None:
    made = rules()

    watched = {
        name: (
            rule.inputs["criteria"]["allOf"][0]["metricName"],
            rule.inputs["criteria"]["allOf"][0]["threshold"],
            rule.inputs["severity"],
            rule.inputs["windowSize"],
        )
        for name, rule in made.items()
    }
    assert watched == {
        "oncall-shop-failed-requests": ("requests/failed", 5, 1, "PT5M"),
        "oncall-shop-exceptions": ("exceptions/count", 20, 2, "PT5M"),
        "oncall-shop-response-time": ("requests/duration", 3000, 2, "PT15M"),
    }


def test_every_rule_tells_the_action_group_about_its_component() -> None:
    made = rules()

    assert len(made) == 3
    for name, rule in made.items():
        assert rule.parent == "oncall"
        assert rule.inputs["ruleName"] == name
        assert rule.inputs["scopes"] == [SHOP]
        assert rule.inputs["actions"] == [{"actionGroupId": PEOPLE}]
        assert (rule.inputs["enabled"], rule.inputs["location"]) == (True, "global")


def test_a_rule_can_be_changed_in_part() -> None:
    """What is not named stays as it is by default, and the other rules too."""
    made = rules(failed_requests={"threshold": 50, "severity": 0}, response_time={"enabled": False})

    failed = made["oncall-shop-failed-requests"].inputs
    assert failed["criteria"]["allOf"][0]["threshold"] == 50
    assert (failed["severity"], failed["windowSize"], failed["enabled"]) == (0, "PT5M", True)
    assert made["oncall-shop-response-time"].inputs["enabled"] is False
    assert made["oncall-shop-exceptions"].inputs["severity"] == 2


def test_people_and_urls_are_told() -> None:
    """URLs are secrets: who knows that of a bridge may run the agent's trigger."""
    seen = run(
        lambda: sre.Alerts(
            "oncall",
            {
                "resource_group_name": "rg",
                "action_group_name": "ag-oncall",
                "short_name": "payments",
                "emails": {"duty": "duty@contoso.com"},
                "webhooks": {"bridge": "https://hooks.example/?sig=1"},
                "tags": {"team": "a"},
            },
        )
    )

    group = seen.one(ACTION_GROUP)
    assert group.name == "oncall"
    assert group.inputs["groupShortName"] == "payments"
    assert group.inputs["emailReceivers"] == [
        {"name": "duty", "emailAddress": "duty@contoso.com", "useCommonAlertSchema": True}
    ]
    (hook,) = group.inputs["webhookReceivers"].value
    assert hook == {
        "name": "bridge",
        "serviceUri": "https://hooks.example/?sig=1",
        "useCommonAlertSchema": True,
        "useAadAuth": False,
    }
    assert group.inputs["tags"] == {"team": "a"}
    assert seen.of(METRIC) == seen.of(HEALTH) == {}
    assert seen.outputs["sre:index:Alerts::oncall"] == {"action_group_id": PEOPLE}


def test_the_health_of_what_is_watched() -> None:
    """An outage that nobody asked for, of anything in the groups, tells the action group."""
    seen = run(
        lambda: sre.Alerts(
            "oncall", {"resource_group_name": "rg", "action_group_name": "a", "health_scopes": [GROUP]}
        )
    )

    rule = seen.one(HEALTH)
    assert (rule.name, rule.inputs["scopes"]) == ("oncall-resource-health", [GROUP])
    category, status, cause = rule.inputs["condition"]["allOf"]
    assert category == {"field": "category", "equals": "ResourceHealth"}
    assert [leaf["equals"] for leaf in status["anyOf"]] == ["Unavailable", "Degraded"]
    assert [leaf["equals"] for leaf in cause["anyOf"]] == ["PlatformInitiated", "Unknown"]


def test_an_existing_action_group_is_used_as_it_is() -> None:
    seen = run(
        lambda: sre.Alerts(
            "oncall",
            {
                "resource_group_name": "rg",
                "existing_action_group_id": THEIRS,
                "app_insights": {"shop": SHOP},
            },
        )
    )

    assert seen.of(ACTION_GROUP) == {}
    actions = [rule.inputs["actions"] for rule in seen.of(METRIC).values()]
    assert actions == [[{"actionGroupId": THEIRS}]] * 3
    assert seen.outputs["sre:index:Alerts::oncall"] == {"action_group_id": THEIRS}


def test_a_rule_may_look_as_often_as_its_window_is_long() -> None:
    """One look begins where the one before ended: nothing lies between."""
    made = rules(exceptions={"window": "PT15M", "frequency": "PT15M"})["oncall-shop-exceptions"].inputs

    assert (made["windowSize"], made["evaluationFrequency"]) == ("PT15M", "PT15M")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(
            {"exceptions": {"severity": 5}}, "exceptions.severity must be between 0 and 4", id="severity"
        ),
        pytest.param(
            {"exceptions": {"threshold": -1}}, "exceptions.threshold must be at least 0", id="threshold"
        ),
        pytest.param(
            {"exceptions": {"window": "5 minutes"}},
            "exceptions.window must be one of PT1M, PT5M",
            id="window",
        ),
        pytest.param(
            {"exceptions": {"frequency": "P1D"}}, "exceptions.frequency must be one of PT1M", id="frequency"
        ),
        pytest.param(
            {"exceptions": {"frequency": "PT1H"}}, "every PT1H at the last PT5M, and miss", id="gaps"
        ),
        pytest.param(
            {"short_name": "thirteen-long"}, "short_name must have 1 to 12 characters", id="short-name"
        ),
    ],
)
def test_what_azure_would_refuse_is_refused_before_anything_is_registered(args: Any, said: str) -> None:
    with pytest.raises(RunError, match=said):
        rules(**args)

"""Alert rules: times, scopes, conditions and action groups must fit, as they must in Azure."""

from typing import Any

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

VERSIONS = {
    "metricAlerts": "2018-03-01",
    "scheduledQueryRules": "2025-01-01-preview",
    "activityLogAlerts": "2020-10-01",
}
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
COMPONENT = f"{GROUP}/providers/microsoft.insights/components/appi-sre"
PEOPLE = f"{GROUP}/providers/microsoft.insights/actionGroups/ag-sre"
NOBODY = f"{GROUP}/providers/microsoft.insights/actionGroups/ag-none"
NOWHERE = f"{GROUP}/providers/microsoft.insights/components/appi-none"

METRIC: Json = {
    "severity": 2,
    "enabled": True,
    "scopes": [COMPONENT],
    "evaluationFrequency": "PT1M",
    "windowSize": "PT5M",
    "criteria": {
        "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        "allOf": [
            {
                "criterionType": "StaticThresholdCriterion",
                "name": "failures",
                "metricName": "requests/failed",
                "metricNamespace": "microsoft.insights/components",
                "operator": "GreaterThan",
                "threshold": 5,
                "timeAggregation": "Count",
            }
        ],
    },
    "actions": [{"actionGroupId": PEOPLE}],
}
LOG: Json = {
    "severity": 3,
    "scopes": [COMPONENT],
    "evaluationFrequency": "PT1H",
    "windowSize": "P2D",
    "criteria": {
        "allOf": [
            {
                "query": "customEvents | summarize Units = count()",
                "operator": "GreaterThan",
                "threshold": 10.5,
                "timeAggregation": "Total",
                "metricMeasureColumn": "Units",
            }
        ]
    },
    "actions": {"actionGroups": [PEOPLE]},
}
ACTIVITY: Json = {
    "scopes": [GROUP],
    "condition": {
        "allOf": [
            {"field": "category", "equals": "ResourceHealth"},
            {"anyOf": [{"field": "properties.currentHealthStatus", "equals": "Unavailable"}]},
        ]
    },
    "actions": {"actionGroups": [{"actionGroupId": PEOPLE}]},
}
RULES = {"metricAlerts": METRIC, "scheduledQueryRules": LOG, "activityLogAlerts": ACTIVITY}


def put(azure: LocalAzure, kind: str, properties: Json, location: str = "global") -> Any:
    azure.group()
    for path, version, body in (
        (COMPONENT, "2020-02-02", {"location": "swedencentral", "kind": "web"}),
        (
            PEOPLE,
            "2024-10-01-preview",
            {"location": "global", "properties": {"groupShortName": "sre"}},
        ),
    ):
        assert azure.arm("PUT", path, body, api_version=version).is_success
    body = {"location": location, "properties": properties}
    path = f"{GROUP}/providers/microsoft.insights/{kind}/alert-sre"
    return azure.arm("PUT", path, body, api_version=VERSIONS[kind])


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_keeps_what_was_asked(azure: LocalAzure, kind: str) -> None:
    made = put(azure, kind, RULES[kind])

    assert made.status_code == (200 if kind == "metricAlerts" else 201)
    properties = made.json()["properties"]
    assert properties["enabled"] is True
    assert properties["scopes"] == RULES[kind]["scopes"]
    assert properties["actions"] == RULES[kind]["actions"]


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        pytest.param("metricAlerts", {"severity": 5}, "InvalidRequestContent", id="severity"),
        pytest.param("metricAlerts", {"enabled": None}, "InvalidRequestContent", id="required"),
        pytest.param("metricAlerts", {"scopes": []}, "InvalidRequestContent", id="no-scope"),
        pytest.param("metricAlerts", {"scopes": [NOWHERE]}, "ResourceNotFound", id="scope-is-not-there"),
        pytest.param("metricAlerts", {"scopes": ["appi"]}, "InvalidScope", id="scope-is-no-id"),
        pytest.param("metricAlerts", {"windowSize": "5 minutes"}, "BadRequest", id="no-duration"),
        pytest.param("metricAlerts", {"windowSize": "PT7M"}, "BadRequest", id="duration-not-allowed"),
        pytest.param("metricAlerts", {"evaluationFrequency": "PT15M"}, "BadRequest", id="window-too-short"),
        pytest.param(
            "metricAlerts", {"actions": [{"actionGroupId": NOBODY}]}, "ActionGroupNotFound", id="action-group"
        ),
        pytest.param(
            "metricAlerts", {"actions": [{"actionGroupId": COMPONENT}]}, "ActionGroupNotFound", id="no-group"
        ),
        pytest.param("scheduledQueryRules", {"windowSize": "P3D"}, "BadRequest", id="more-than-two-days"),
        pytest.param(
            "scheduledQueryRules", {"overrideQueryTimeRange": "P30D"}, "BadRequest", id="override-too-long"
        ),
        pytest.param("scheduledQueryRules", {"severity": 9}, "InvalidRequestContent", id="log-severity"),
        pytest.param(
            "scheduledQueryRules",
            {"actions": {"actionGroups": [NOBODY]}},
            "ActionGroupNotFound",
            id="log-group",
        ),
        pytest.param("activityLogAlerts", {"scopes": []}, "InvalidRequestContent", id="activity-no-scope"),
        pytest.param(
            "activityLogAlerts", {"scopes": [f"{GROUP}-none"]}, "ResourceNotFound", id="activity-scope"
        ),
        pytest.param(
            "activityLogAlerts",
            {"scopes": ["/subscriptions/00000000-0000-0000-0000-000000000002"]},
            "BadRequest",
            id="another-subscription",
        ),
        pytest.param(
            "activityLogAlerts",
            {"condition": {"allOf": [{"field": "status", "equals": "Active"}]}},
            "BadRequest",
            id="no-category",
        ),
        pytest.param(
            "activityLogAlerts",
            {"actions": {"actionGroups": [{"actionGroupId": NOBODY}]}},
            "ActionGroupNotFound",
            id="activity-group",
        ),
    ],
)
def test_refusals(azure: LocalAzure, kind: str, change: Json, code: str) -> None:
    assert error(put(azure, kind, {**RULES[kind], **change})) == (400, code)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {"metricName": "requests/lost"}, "Couldn't find a metric named requests/lost", id="name"
        ),
        pytest.param({"timeAggregation": "Average"}, "is not supported for the metric", id="aggregation"),
    ],
)
def test_a_metric_must_be_one_that_there_is(azure: LocalAzure, change: Json, said: str) -> None:
    (criterion,) = METRIC["criteria"]["allOf"]
    criteria = {**METRIC["criteria"], "allOf": [{**criterion, **change}]}

    answer = put(azure, "metricAlerts", {**METRIC, "criteria": criteria})

    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_a_sum_needs_a_column(azure: LocalAzure) -> None:
    (condition,) = LOG["criteria"]["allOf"]
    criteria = {"allOf": [{**condition, "metricMeasureColumn": None}]}

    answer = put(azure, "scheduledQueryRules", {**LOG, "criteria": criteria})

    assert error(answer) == (400, "BadRequest")
    assert "metricMeasureColumn" in answer.json()["error"]["message"]


def test_a_metric_rule_is_global(azure: LocalAzure) -> None:
    answer = put(azure, "metricAlerts", METRIC, location="swedencentral")

    assert error(answer) == (400, "LocationNotAvailableForResourceType")

"""Alert rules on metrics, on logs and on the activity log."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, settable_properties

from .alert_common import (
    NAME,
    check_action_groups,
    check_location,
    check_scopes,
    check_times,
    minutes,
)
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

METRIC = "microsoft.insights/metricAlerts"
LOG = "microsoft.insights/scheduledQueryRules"
ACTIVITY = "microsoft.insights/activityLogAlerts"

ACTIVITY_LOCATIONS = ("global", "westeurope", "northeurope")

_DAY = 24 * 60
_METRIC_FREQUENCIES = (1, 5, 15, 30, 60)
_METRIC_WINDOWS = (1, 5, 15, 30, 60, 6 * 60, 12 * 60, _DAY)
_LOG_FREQUENCIES = (1, 5, 10, 15, 30, 45, 60, 2 * 60, 3 * 60, 4 * 60, 5 * 60, 6 * 60, _DAY)
_LOG_WINDOWS = (*_LOG_FREQUENCIES, 2 * _DAY)

_COUNTED, _MEASURED = frozenset({"Count"}), frozenset({"Average", "Minimum", "Maximum"})
_METRICS: Mapping[str, frozenset[str]] = {
    "availabilityResults/availabilityPercentage": frozenset({"Average"}),
    "dependencies/count": _COUNTED,
    "dependencies/duration": _MEASURED,
    "dependencies/failed": _COUNTED,
    "exceptions/browser": _COUNTED,
    "exceptions/count": _COUNTED,
    "exceptions/server": _COUNTED,
    "requests/count": _COUNTED,
    "requests/duration": _MEASURED,
    "requests/failed": _COUNTED,
}
"""Metrics of Application Insights that rules watch, and how each can be aggregated."""

_Severity = Annotated[int, Field(ge=0, le=4)]
_Some = Annotated[list[str], Field(min_length=1)]


class _Dimension(StrictModel):
    name: str
    operator: Literal["Include", "Exclude"]
    values: list[str]


class _MetricCriterion(StrictModel):
    criterion_type: Literal["StaticThresholdCriterion"]
    name: str
    metric_name: str
    operator: Literal["Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"]
    threshold: float
    time_aggregation: Literal["Average", "Count", "Minimum", "Maximum", "Total"]
    metric_namespace: str | None = None
    dimensions: list[_Dimension] | None = None
    skip_metric_validation: bool | None = None


class _MetricCriteria(StrictModel):
    odata_type: Literal[
        "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria",
    ] = Field(alias="odata.type")
    all_of: Annotated[list[_MetricCriterion], Field(min_length=1, max_length=5)]


class _MetricAction(StrictModel):
    action_group_id: str | None = None
    web_hook_properties: dict[str, str] | None = None


class _MetricAlert(StrictModel):
    severity: _Severity
    enabled: bool
    scopes: _Some
    evaluation_frequency: str
    window_size: str
    criteria: _MetricCriteria
    actions: list[_MetricAction] | None = None
    auto_mitigate: bool | None = None
    description: str | None = None
    target_resource_region: str | None = None
    target_resource_type: str | None = None


class _FailingPeriods(StrictModel):
    min_failing_periods_to_alert: Annotated[int, Field(ge=1, le=6)]
    number_of_evaluation_periods: Annotated[int, Field(ge=1, le=6)]


class _Condition(StrictModel):
    query: Annotated[str, Field(min_length=1)]
    operator: Literal["Equal", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"]
    threshold: float
    time_aggregation: Literal["Average", "Count", "Minimum", "Maximum", "Total"]
    metric_measure_column: str | None = None
    resource_id_column: str | None = None
    criterion_type: Literal["StaticThresholdCriterion"] | None = None
    dimensions: list[_Dimension] | None = None
    failing_periods: _FailingPeriods | None = None


class _Conditions(StrictModel):
    all_of: Annotated[list[_Condition], Field(min_length=1, max_length=1)]


class _LogActions(StrictModel):
    action_groups: list[str] | None = None
    action_properties: dict[str, str] | None = None
    custom_properties: dict[str, str] | None = None


class _LogAlert(StrictModel):
    severity: _Severity
    scopes: Annotated[list[str], Field(min_length=1, max_length=1)]
    evaluation_frequency: str
    window_size: str
    criteria: _Conditions
    enabled: bool | None = None
    actions: _LogActions | None = None
    auto_mitigate: bool | None = None
    check_workspace_alerts_storage_configured: bool | None = None
    description: str | None = None
    display_name: str | None = None
    mute_actions_duration: str | None = None
    override_query_time_range: str | None = None
    resolve_configuration: dict[str, Any] | None = None
    skip_query_validation: bool | None = None
    target_resource_types: list[str] | None = None


class _Leaf(StrictModel):
    field: str | None = None
    equals: str | None = None
    contains_any: list[str] | None = None


class _AnyOfOrLeaf(_Leaf):
    any_of: list[_Leaf] | None = None


class _AllOf(StrictModel):
    all_of: Annotated[list[_AnyOfOrLeaf], Field(min_length=1)]


class _ActivityAction(StrictModel):
    action_group_id: str
    webhook_properties: dict[str, str] | None = None


class _ActivityActions(StrictModel):
    action_groups: list[_ActivityAction] | None = None


class _ActivityAlert(StrictModel):
    scopes: _Some
    condition: _AllOf
    actions: _ActivityActions
    enabled: bool | None = None
    description: str | None = None


def _metric_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    check_location(body, METRIC, ("global",))
    properties = settable_properties(_MetricAlert, body, ("lastUpdatedTime", "isMigrated"))
    check_times(properties, _METRIC_FREQUENCIES, _METRIC_WINDOWS)
    check_scopes(request.azure, properties["scopes"])
    if all("/microsoft.insights/components/" in scope.lower() for scope in properties["scopes"]):
        for criterion in properties["criteria"]["allOf"]:
            _check_metric(criterion)
    actions = [
        action["actionGroupId"] for action in properties.get("actions") or [] if "actionGroupId" in action
    ]
    check_action_groups(request.azure, actions)
    return {"autoMitigate": True, "actions": [], **properties}


def _check_metric(criterion: Json) -> None:
    metric, aggregation = criterion["metricName"], criterion["timeAggregation"]
    known = _METRICS.get(metric)
    if known is None:
        raise BadRequest(f"Couldn't find a metric named {metric}. Make sure the name is correct.")
    if aggregation not in known:
        raise BadRequest(
            f"The time aggregation '{aggregation}' is not supported for the metric {metric}: it is one of "
            f"{', '.join(sorted(known))}."
        )


def _log_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    properties = settable_properties(_LogAlert, body, ("createdWithApiVersion", "isLegacyLogAnalyticsRule"))
    check_times(properties, _LOG_FREQUENCIES, _LOG_WINDOWS)
    if "overrideQueryTimeRange" in properties:
        minutes("overrideQueryTimeRange", properties["overrideQueryTimeRange"], _LOG_WINDOWS)
    check_scopes(request.azure, properties["scopes"])
    (condition,) = properties["criteria"]["allOf"]
    if condition["timeAggregation"] != "Count" and not condition.get("metricMeasureColumn"):
        raise BadRequest("A metricMeasureColumn is required unless the time aggregation is Count.")
    check_action_groups(request.azure, (properties.get("actions") or {}).get("actionGroups") or [])
    defaults = {"failingPeriods": {"minFailingPeriodsToAlert": 1, "numberOfEvaluationPeriods": 1}}
    return {
        "enabled": True,
        "autoMitigate": True,
        **properties,
        "criteria": {"allOf": [{**defaults, **condition}]},
        "createdWithApiVersion": request.api_version,
    }


def _activity_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    check_location(body, ACTIVITY, ACTIVITY_LOCATIONS)
    properties = settable_properties(_ActivityAlert, body)
    check_scopes(request.azure, properties["scopes"])
    for scope in properties["scopes"]:
        if ArmPath.parse(scope).subscription != request.path.subscription:
            raise BadRequest(f"The scope '{scope}' lies in another subscription than the rule.")
    leaves = properties["condition"]["allOf"]
    if not any(leaf.get("field") == "category" and leaf.get("equals") for leaf in leaves):
        raise BadRequest("The condition must say which category of events the rule is for.")
    actions = properties["actions"].get("actionGroups") or []
    check_action_groups(request.azure, [action["actionGroupId"] for action in actions])
    return {"enabled": True, **properties}


ROUTES = [
    *crud_routes(ResourceCrud(type=METRIC, name=NAME, properties_of=_metric_properties, created_status=200)),
    *crud_routes(ResourceCrud(type=LOG, name=NAME, properties_of=_log_properties)),
    *crud_routes(ResourceCrud(type=ACTIVITY, name=NAME, properties_of=_activity_properties)),
]

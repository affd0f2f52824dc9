"""What Azure Monitor and its neighbours have: alerts, workbooks, Logic Apps, budgets."""

from .action_group import ACTION_GROUP
from .definition import (
    FIXED_LOCATION,
    GROUP,
    IDENTITY,
    IDENTITY_OUTPUT,
    LOCATION,
    NAME_AND_TYPE,
    TAGS,
    Action,
    Field,
    ListOf,
    MapOf,
    ResourceType,
    default_properties,
    object_fields,
    optional_properties,
    property_outputs,
    required_properties,
)

_SYSTEM_DATA = {"systemData": "systemData"}
_DIMENSION = object_fields(name=str, operator=str, values=ListOf(str))

_METRIC_CRITERION = object_fields(
    criterionType=str,
    dimensions=ListOf(_DIMENSION),
    metricName=str,
    metricNamespace=str,
    name=str,
    operator=str,
    skipMetricValidation=bool,
    threshold=float,
    timeAggregation=str,
)

_METRIC_ALERT = ResourceType(
    token="azure-native:monitor:MetricAlert",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/metricAlerts/{ruleName}",
    api_version="2018-03-01",
    fields={
        **LOCATION,
        **TAGS,
        **required_properties(
            criteria={
                "odataType": Field(shape=str, at=r"odata\.type", required=True, union_tag=True),
                **object_fields(allOf=ListOf(_METRIC_CRITERION)),
            },
            enabled=bool,
            evaluationFrequency=str,
            scopes=ListOf(str),
            severity=int,
            windowSize=str,
        ),
        **optional_properties(
            actions=ListOf(object_fields(actionGroupId=str, webHookProperties=dict)),
            autoMitigate=bool,
            description=str,
            targetResourceRegion=str,
            targetResourceType=str,
        ),
    },
    outputs={**NAME_AND_TYPE, **property_outputs("isMigrated", "lastUpdatedTime")},
)

_LOG_CONDITION = object_fields(
    alertSensitivity=str,
    criterionType=str,
    dimensions=ListOf(_DIMENSION),
    failingPeriods=object_fields(minFailingPeriodsToAlert=float, numberOfEvaluationPeriods=float),
    ignoreDataBefore=str,
    metricMeasureColumn=str,
    metricName=str,
    minRecurrenceCount=float,
    operator=str,
    query=str,
    resourceIdColumn=str,
    threshold=float,
    timeAggregation=str,
)

_SCHEDULED_QUERY_RULE = ResourceType(
    token="azure-native:monitor:ScheduledQueryRule",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/scheduledQueryRules/{ruleName}",
    api_version="2025-01-01-preview",
    fields={
        **LOCATION,
        **TAGS,
        **IDENTITY,
        "kind": Field(shape=str, at="kind"),
        **optional_properties(
            actions=object_fields(actionGroups=ListOf(str), actionProperties=dict, customProperties=dict),
            autoMitigate=bool,
            checkWorkspaceAlertsStorageConfigured=bool,
            criteria=object_fields(allOf=ListOf(_LOG_CONDITION)),
            description=str,
            displayName=str,
            enabled=bool,
            evaluationFrequency=str,
            muteActionsDuration=str,
            overrideQueryTimeRange=str,
            resolveConfiguration=object_fields(autoResolved=bool, timeToResolve=str),
            scopes=ListOf(str),
            severity=float,
            skipQueryValidation=bool,
            targetResourceTypes=ListOf(str),
            windowSize=str,
        ),
    },
    outputs={
        **NAME_AND_TYPE,
        **_SYSTEM_DATA,
        **IDENTITY_OUTPUT,
        "etag": "etag",
        **property_outputs(
            "createdWithApiVersion", "isLegacyLogAnalyticsRule", "isWorkspaceAlertsStorageConfigured"
        ),
    },
)

_LEAF = object_fields(containsAny=ListOf(str), equals=str, field=str)

_ACTIVITY_LOG_ALERT = ResourceType(
    token="azure-native:monitor:ActivityLogAlert",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/activityLogAlerts/{activityLogAlertName}",
    api_version="2020-10-01",
    fields={
        "location": Field(shape=str, at="location", required=True, replaces=True, default="global"),
        **TAGS,
        **required_properties(
            actions=object_fields(
                actionGroups=ListOf(object_fields(actionGroupId=str, webhookProperties=dict))
            ),
            condition=object_fields(allOf=ListOf(_LEAF | object_fields(anyOf=ListOf(_LEAF)))),
            scopes=ListOf(str),
        ),
        **optional_properties(description=str),
        **default_properties(enabled=True),
    },
    outputs={**NAME_AND_TYPE},
)

_WORKBOOK = ResourceType(
    token="azure-native:applicationinsights:Workbook",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/workbooks/{resourceName}",
    api_version="2023-06-01",
    fields={
        **LOCATION,
        **TAGS,
        **IDENTITY,
        "kind": Field(shape=str, at="kind"),
        **required_properties(category=str, displayName=str, serializedData=str),
        **optional_properties(description=str, sourceId=str, storageUri=str, version=str),
    },
    outputs={
        **NAME_AND_TYPE,
        **_SYSTEM_DATA,
        **IDENTITY_OUTPUT,
        "etag": "etag",
        **property_outputs("revision", "timeModified", "userId"),
    },
)

_WORKFLOW = ResourceType(
    token="azure-native:logic:Workflow",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Logic/workflows/{workflowName}",
    api_version="2019-05-01",
    fields={
        **FIXED_LOCATION,
        **TAGS,
        **IDENTITY,
        **optional_properties(
            accessControl=object,
            definition=object,
            endpointsConfiguration=object,
            integrationAccount=object_fields(id=str),
            integrationServiceEnvironment=object_fields(id=str),
            parameters=MapOf(object_fields(description=str, metadata=object, type=str, value=object)),
            state=str,
        ),
    },
    outputs={
        **NAME_AND_TYPE,
        **IDENTITY_OUTPUT,
        **property_outputs(
            "accessEndpoint", "changedTime", "createdTime", "provisioningState", "sku", "version"
        ),
    },
)

_NOTIFICATION = object_fields(
    contactEmails=ListOf(str),
    contactGroups=ListOf(str),
    contactRoles=ListOf(str),
    enabled=bool,
    locale=str,
    operator=str,
    threshold=float,
    thresholdType=str,
)
_COMPARISON = object_fields(name=str, operator=str, values=ListOf(str))
_COMPARED = object_fields(dimensions=_COMPARISON, tags=_COMPARISON)

_BUDGET = ResourceType(
    token="azure-native:consumption:Budget",  # noqa: S106 - as above
    path="{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    api_version="2024-08-01",
    fields={
        "eTag": Field(shape=str, at="eTag"),
        **required_properties(
            amount=float,
            category=str,
            timeGrain=str,
            timePeriod={
                "startDate": Field(shape=str, at="startDate", required=True),
                **object_fields(endDate=str),
            },
        ),
        **optional_properties(
            filter={**_COMPARED, "and": Field(shape=ListOf(_COMPARED), at="and")},
            notifications=MapOf(_NOTIFICATION),
        ),
    },
    outputs={**NAME_AND_TYPE, **property_outputs("currentSpend", "forecastSpend")},
)

MONITOR = (
    ACTION_GROUP,
    _METRIC_ALERT,
    _SCHEDULED_QUERY_RULE,
    _ACTIVITY_LOG_ALERT,
    _WORKBOOK,
    _WORKFLOW,
    _BUDGET,
)
MONITOR_ACTIONS = (
    Action(
        token="azure-native:logic:listWorkflowTriggerCallbackUrl",  # noqa: S106 - as above
        path=_WORKFLOW.path + "/triggers/{triggerName}/listCallbackUrl",
        api_version="2019-05-01",
        outputs=("basePath", "method", "queries", "relativePath", "relativePathParameters", "value"),
    ),
)

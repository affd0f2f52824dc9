"""Rows of the table: alerts, workbooks, Logic Apps, budgets."""

from .definition import (
    GROUP,
    LOCATION,
    SELF,
    TAGS,
    Action,
    Field,
    ListOf,
    MapOf,
    ResourceType,
    members,
    properties,
    required,
    under_properties,
)

_SYSTEM_DATA = {"systemData": "systemData"}
_COMMON_SCHEMA = members(useCommonAlertSchema=bool)
_DIMENSION = members(name=str, operator=str, values=ListOf(str))

_ACTION_GROUP = ResourceType(
    token="azure-native:monitor:ActionGroup",  # noqa: S106 - a type token, no password
    path=GROUP + "/providers/Microsoft.Insights/actionGroups/{actionGroupName}",
    api_version="2024-10-01-preview",
    fields={
        **LOCATION,
        **TAGS,
        **required(groupShortName=str),
        **properties(
            enabled=bool,
            armRoleReceivers=ListOf(_COMMON_SCHEMA | members(name=str, roleId=str)),
            emailReceivers=ListOf(_COMMON_SCHEMA | members(name=str, emailAddress=str)),
            logicAppReceivers=ListOf(
                _COMMON_SCHEMA | members(name=str, callbackUrl=str, managedIdentity=str, resourceId=str)
            ),
            smsReceivers=ListOf(members(name=str, countryCode=str, phoneNumber=str)),
            webhookReceivers=ListOf(
                _COMMON_SCHEMA
                | members(
                    name=str,
                    identifierUri=str,
                    managedIdentity=str,
                    objectId=str,
                    serviceUri=str,
                    tenantId=str,
                    useAadAuth=bool,
                )
            ),
        ),
    },
    outputs={**SELF, **_SYSTEM_DATA},
)

_METRIC_CRITERION = members(
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
        **required(
            criteria={
                "odataType": Field(shape=str, at=r"odata\.type", required=True),
                **members(allOf=ListOf(_METRIC_CRITERION)),
            },
            enabled=bool,
            evaluationFrequency=str,
            scopes=ListOf(str),
            severity=int,
            windowSize=str,
        ),
        **properties(
            actions=ListOf(members(actionGroupId=str, webHookProperties=dict)),
            autoMitigate=bool,
            description=str,
            targetResourceRegion=str,
            targetResourceType=str,
        ),
    },
    outputs={**SELF, **under_properties("isMigrated", "lastUpdatedTime")},
)

_LOG_CONDITION = members(
    alertSensitivity=str,
    criterionType=str,
    dimensions=ListOf(_DIMENSION),
    failingPeriods=members(minFailingPeriodsToAlert=float, numberOfEvaluationPeriods=float),
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
        "kind": Field(shape=str, at="kind"),
        **properties(
            actions=members(actionGroups=ListOf(str), actionProperties=dict, customProperties=dict),
            autoMitigate=bool,
            checkWorkspaceAlertsStorageConfigured=bool,
            criteria=members(allOf=ListOf(_LOG_CONDITION)),
            description=str,
            displayName=str,
            enabled=bool,
            evaluationFrequency=str,
            muteActionsDuration=str,
            overrideQueryTimeRange=str,
            resolveConfiguration=members(autoResolved=bool, timeToResolve=str),
            scopes=ListOf(str),
            severity=float,
            skipQueryValidation=bool,
            targetResourceTypes=ListOf(str),
            windowSize=str,
        ),
    },
    outputs={
        **SELF,
        **_SYSTEM_DATA,
        "etag": "etag",
        **under_properties(
            "createdWithApiVersion", "isLegacyLogAnalyticsRule", "isWorkspaceAlertsStorageConfigured"
        ),
    },
)

_LEAF = members(containsAny=ListOf(str), equals=str, field=str)

_ACTIVITY_LOG_ALERT = ResourceType(
    token="azure-native:monitor:ActivityLogAlert",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/activityLogAlerts/{activityLogAlertName}",
    api_version="2020-10-01",
    fields={
        **LOCATION,
        **TAGS,
        **required(
            actions=members(actionGroups=ListOf(members(actionGroupId=str, webhookProperties=dict))),
            condition=members(allOf=ListOf(_LEAF | members(anyOf=ListOf(_LEAF)))),
            scopes=ListOf(str),
        ),
        **properties(description=str, enabled=bool),
    },
    outputs={**SELF},
)

_WORKBOOK = ResourceType(
    token="azure-native:applicationinsights:Workbook",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/workbooks/{resourceName}",
    api_version="2023-06-01",
    naming="uuid",
    fields={
        **LOCATION,
        **TAGS,
        "kind": Field(shape=str, at="kind"),
        **required(category=str, displayName=str, serializedData=str),
        **properties(description=str, sourceId=str, storageUri=str, version=str),
    },
    outputs={
        **SELF,
        **_SYSTEM_DATA,
        "etag": "etag",
        **under_properties("revision", "timeModified", "userId"),
    },
)

_WORKFLOW = ResourceType(
    token="azure-native:logic:Workflow",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Logic/workflows/{workflowName}",
    api_version="2019-05-01",
    fields={
        **LOCATION,
        **TAGS,
        "identity": Field(shape=members(type=str), at="identity"),
        **properties(
            accessControl=object,
            definition=object,
            endpointsConfiguration=object,
            integrationAccount=members(id=str),
            integrationServiceEnvironment=members(id=str),
            parameters=MapOf(members(description=str, metadata=object, type=str, value=object)),
            state=str,
        ),
    },
    outputs={
        **SELF,
        "identity": Field(shape=members(type=str, principalId=str, tenantId=str), at="identity"),
        **under_properties(
            "accessEndpoint", "changedTime", "createdTime", "provisioningState", "sku", "version"
        ),
    },
)

_NOTIFICATION = members(
    contactEmails=ListOf(str),
    contactGroups=ListOf(str),
    contactRoles=ListOf(str),
    enabled=bool,
    locale=str,
    operator=str,
    threshold=float,
    thresholdType=str,
)
_COMPARISON = members(name=str, operator=str, values=ListOf(str))
_COMPARED = members(dimensions=_COMPARISON, tags=_COMPARISON)

_BUDGET = ResourceType(
    token="azure-native:consumption:Budget",  # noqa: S106 - as above
    path="{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    api_version="2024-08-01",
    fields={
        "eTag": Field(shape=str, at="eTag"),
        **required(
            amount=float,
            category=str,
            timeGrain=str,
            timePeriod={
                "startDate": Field(shape=str, at="startDate", required=True),
                **members(endDate=str),
            },
        ),
        **properties(
            filter={**_COMPARED, "and": Field(shape=ListOf(_COMPARED), at="and")},
            notifications=MapOf(_NOTIFICATION),
        ),
    },
    outputs={**SELF, **under_properties("currentSpend", "forecastSpend")},
)

MONITOR = (
    _ACTION_GROUP,
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

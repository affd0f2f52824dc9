"""Resource groups, identities, role assignments, telemetry; agents, which are only read."""

from .definition import (
    GROUP,
    IDENTITY,
    IDENTITY_OUTPUT,
    LOCATION,
    NAME_AND_TYPE,
    TAGS,
    Field,
    Limits,
    ResourceType,
    default_properties,
    object_fields,
    optional_properties,
    property_outputs,
)

_RESOURCE_GROUP = ResourceType(
    token="azure-native:resources:ResourceGroup",  # noqa: S106 - a type token, no password
    path=GROUP,
    api_version="2024-03-01",
    name_limits=Limits(min_length=1, max_length=90, pattern=r"^[-\w\._\(\)]+$"),
    long_running=("delete",),
    fields={**LOCATION, **TAGS, "managedBy": Field(shape=str, at="managedBy")},
    outputs={**NAME_AND_TYPE, "properties": "properties"},
)

_IDENTITY = ResourceType(
    token="azure-native:managedidentity:UserAssignedIdentity",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    api_version="2023-01-31",
    fields={**LOCATION, **TAGS},
    outputs={
        **NAME_AND_TYPE,
        "systemData": "systemData",
        **property_outputs("clientId", "principalId", "tenantId"),
    },
)

_ROLE_ASSIGNMENT = ResourceType(
    token="azure-native:authorization:RoleAssignment",  # noqa: S106 - as above
    path="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    api_version="2022-04-01",
    fields={
        "principalId": Field(shape=str, at="properties.principalId", required=True, replaces=True),
        "roleDefinitionId": Field(shape=str, at="properties.roleDefinitionId", required=True),
        **optional_properties(
            condition=str,
            conditionVersion=str,
            delegatedManagedIdentityResourceId=str,
            description=str,
            principalType=str,
        ),
    },
    outputs={
        **NAME_AND_TYPE,
        **property_outputs("createdBy", "createdOn", "scope", "updatedBy", "updatedOn"),
    },
)

_WORKSPACE = ResourceType(
    token="azure-native:operationalinsights:Workspace",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
    api_version="2023-09-01",
    name_limits=Limits(min_length=4, max_length=63, pattern="^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$"),
    long_running=("write", "delete"),
    fields={
        **LOCATION,
        **TAGS,
        **IDENTITY,
        **optional_properties(
            defaultDataCollectionRuleResourceId=str,
            features=object_fields(
                clusterResourceId=str,
                disableLocalAuth=bool,
                enableDataExport=bool,
                enableLogAccessUsingOnlyResourcePermissions=bool,
                immediatePurgeDataOn30Days=bool,
            ),
            forceCmkForQuery=bool,
            publicNetworkAccessForIngestion=str,
            publicNetworkAccessForQuery=str,
            retentionInDays=int,
            sku=object_fields(name=str, capacityReservationLevel=int),
            workspaceCapping=object_fields(dailyQuotaGb=float),
        ),
    },
    outputs={
        **NAME_AND_TYPE,
        **IDENTITY_OUTPUT,
        "etag": "etag",
        "systemData": "systemData",
        **property_outputs(
            "createdDate", "customerId", "modifiedDate", "privateLinkScopedResources", "provisioningState"
        ),
    },
)

_COMPONENT = ResourceType(
    token="azure-native:applicationinsights:Component",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.Insights/components/{resourceName}",
    api_version="2020-02-02",
    fields={
        **LOCATION,
        **TAGS,
        "kind": Field(shape=str, at="kind", required=True),
        "applicationType": Field(shape=str, at="properties.Application_Type", replaces=True, default="web"),
        "flowType": Field(shape=str, at="properties.Flow_Type", default="Bluefield"),
        "requestSource": Field(shape=str, at="properties.Request_Source", default="rest"),
        "disableIpMasking": Field(shape=bool, at="properties.DisableIpMasking"),
        "disableLocalAuth": Field(shape=bool, at="properties.DisableLocalAuth"),
        "forceCustomerStorageForProfiler": Field(shape=bool, at="properties.ForceCustomerStorageForProfiler"),
        "hockeyAppId": Field(shape=str, at="properties.HockeyAppId"),
        "immediatePurgeDataOn30Days": Field(shape=bool, at="properties.ImmediatePurgeDataOn30Days"),
        "ingestionMode": Field(shape=str, at="properties.IngestionMode", default="LogAnalytics"),
        "retentionInDays": Field(shape=int, at="properties.RetentionInDays"),
        "samplingPercentage": Field(shape=float, at="properties.SamplingPercentage"),
        "workspaceResourceId": Field(shape=str, at="properties.WorkspaceResourceId"),
        **default_properties(
            publicNetworkAccessForIngestion="Enabled", publicNetworkAccessForQuery="Enabled"
        ),
    },
    outputs={
        **NAME_AND_TYPE,
        "etag": "etag",
        "appId": "properties.AppId",
        "applicationId": "properties.ApplicationId",
        "connectionString": "properties.ConnectionString",
        "creationDate": "properties.CreationDate",
        "hockeyAppToken": "properties.HockeyAppToken",
        "instrumentationKey": "properties.InstrumentationKey",
        "laMigrationDate": "properties.LaMigrationDate",
        "privateLinkScopedResources": "properties.PrivateLinkScopedResources",
        "provisioningState": "properties.provisioningState",
        "tenantId": "properties.TenantId",
    },
)

AGENT = ResourceType(
    token="azure-native:app:Agent",  # noqa: S106 - as above
    path=GROUP + "/providers/Microsoft.App/agents/{agentName}",
    api_version="2026-01-01",
    fields={},
    outputs={
        **NAME_AND_TYPE,
        "identity": "identity",
        "location": "location",
        "systemData": "systemData",
        "tags": "tags",
    },
)
"""Only read: agents are made by a provider of their own."""

CORE = (_RESOURCE_GROUP, _IDENTITY, _ROLE_ASSIGNMENT, _WORKSPACE, _COMPONENT)

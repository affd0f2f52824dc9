"""Who may log in as an identity, what must not be deleted, and where logs go."""

from .definition import (
    GROUP,
    NAME_AND_TYPE,
    Field,
    Limits,
    ListOf,
    ResourceType,
    object_fields,
    optional_properties,
)

_CREDENTIAL = ResourceType(
    token="azure-native:managedidentity:FederatedIdentityCredential",  # noqa: S106 - a type token, no password
    path=GROUP
    + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
    + "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    api_version="2023-01-31",
    name_limits=Limits(pattern="^[a-zA-Z0-9]{1}[a-zA-Z0-9-_]{2,119}$"),
    fields={
        "audiences": Field(shape=ListOf(str), at="properties.audiences", required=True),
        "issuer": Field(shape=str, at="properties.issuer", required=True),
        "subject": Field(shape=str, at="properties.subject", required=True),
    },
    outputs={**NAME_AND_TYPE, "systemData": "systemData"},
)

_LOCK = ResourceType(
    token="azure-native:authorization:ManagementLockByScope",  # noqa: S106 - as above
    path="{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    api_version="2020-05-01",
    fields={
        "level": Field(shape=str, at="properties.level", required=True),
        **optional_properties(notes=str, owners=ListOf(object_fields(applicationId=str))),
    },
    outputs={**NAME_AND_TYPE, "systemData": "systemData"},
)

_RETENTION = object_fields(days=int, enabled=bool)

_DIAGNOSTIC_SETTING = ResourceType(
    token="azure-native:monitor:DiagnosticSetting",  # noqa: S106 - as above
    path="{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    api_version="2021-05-01-preview",
    fields=optional_properties(
        eventHubAuthorizationRuleId=str,
        eventHubName=str,
        logAnalyticsDestinationType=str,
        logs=ListOf(object_fields(category=str, categoryGroup=str, enabled=bool, retentionPolicy=_RETENTION)),
        marketplacePartnerId=str,
        metrics=ListOf(object_fields(category=str, enabled=bool, retentionPolicy=_RETENTION, timeGrain=str)),
        serviceBusRuleId=str,
        storageAccountId=str,
        workspaceId=str,
    ),
    outputs={**NAME_AND_TYPE, "systemData": "systemData"},
)

GOVERNANCE = (_CREDENTIAL, _LOCK, _DIAGNOSTIC_SETTING)

"""Whom Azure Monitor tells of an alert, and how."""

from .definition import (
    GROUP,
    IDENTITY,
    IDENTITY_OUTPUT,
    LOCATION,
    NAME_AND_TYPE,
    TAGS,
    Field,
    Limits,
    ListOf,
    ResourceType,
    object_fields,
    optional_properties,
)

_COMMON_SCHEMA = object_fields(useCommonAlertSchema=bool)
_PHONE = object_fields(name=str, countryCode=str, phoneNumber=str)

ACTION_GROUP = ResourceType(
    token="azure-native:monitor:ActionGroup",  # noqa: S106 - a type token, no password
    path=GROUP + "/providers/Microsoft.Insights/actionGroups/{actionGroupName}",
    api_version="2024-10-01-preview",
    fields={
        **LOCATION,
        **TAGS,
        **IDENTITY,
        "groupShortName": Field(
            shape=str, at="properties.groupShortName", required=True, limits=Limits(max_length=12)
        ),
        "enabled": Field(shape=bool, at="properties.enabled", required=True, default=True),
        **optional_properties(
            automationRunbookReceivers=ListOf(
                _COMMON_SCHEMA
                | object_fields(
                    name=str,
                    automationAccountId=str,
                    isGlobalRunbook=bool,
                    managedIdentity=str,
                    runbookName=str,
                    serviceUri=str,
                    webhookResourceId=str,
                )
            ),
            azureAppPushReceivers=ListOf(object_fields(name=str, emailAddress=str)),
            azureFunctionReceivers=ListOf(
                _COMMON_SCHEMA
                | object_fields(
                    name=str,
                    functionAppResourceId=str,
                    functionName=str,
                    httpTriggerUrl=str,
                    managedIdentity=str,
                )
            ),
            eventHubReceivers=ListOf(
                _COMMON_SCHEMA
                | object_fields(
                    name=str,
                    eventHubName=str,
                    eventHubNameSpace=str,
                    managedIdentity=str,
                    subscriptionId=str,
                    tenantId=str,
                )
            ),
            incidentReceivers=ListOf(
                object_fields(
                    name=str,
                    connection=object_fields(id=str, name=str),
                    incidentManagementService=str,
                    mappings=dict,
                )
            ),
            itsmReceivers=ListOf(
                object_fields(
                    name=str, connectionId=str, region=str, ticketConfiguration=str, workspaceId=str
                )
            ),
            voiceReceivers=ListOf(_PHONE),
            armRoleReceivers=ListOf(_COMMON_SCHEMA | object_fields(name=str, roleId=str)),
            emailReceivers=ListOf(_COMMON_SCHEMA | object_fields(name=str, emailAddress=str)),
            logicAppReceivers=ListOf(
                _COMMON_SCHEMA | object_fields(name=str, callbackUrl=str, managedIdentity=str, resourceId=str)
            ),
            smsReceivers=ListOf(_PHONE),
            webhookReceivers=ListOf(
                _COMMON_SCHEMA
                | object_fields(
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
    outputs={**NAME_AND_TYPE, "systemData": "systemData", **IDENTITY_OUTPUT},
)

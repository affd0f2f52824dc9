"""The types and functions that the stand-in knows, as data.

Names, types and required members are those of `pulumi_azure_native` 3.29 (its Args classes; a test compares
them); ARM paths, api-versions and spellings are those that its documentation names per class. What forces a
replacement: every member of the path, `location`, and what a row marks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

PREFIX = "azure-native:"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input that goes into the body."""

    shape: "type[str | int | float | bool | dict[str, str]] | Mapping[str, Field]"
    """A scalar type, `dict` for a map of strings, or the members of an object."""
    at: str
    """Dotted path in the body; a member of an object says only its own name."""
    required: bool = False
    replaces: bool = False


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One resource type; the function `get<Type>` of the same module reads it."""

    token: str
    path: str
    """ARM path; its members are inputs of the same name, but `subscriptionId`, which is configured."""
    api_version: str
    fields: Mapping[str, Field]
    outputs: Mapping[str, str]
    """Outputs beyond the inputs: name to dotted path in the answer."""
    naming: Literal["random", "uuid"] = "random"
    """How the last member of the path is named when the program does not."""

    @cached_property
    def path_inputs(self) -> tuple[str, ...]:
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")

    @property
    def name_input(self) -> str:
        return self.path_inputs[-1]

    @property
    def function(self) -> str:
        module, _, name = self.token.rpartition(":")
        return f"{module}:get{name}"

    def every_output(self) -> Iterator[tuple[str, str, "Field | None"]]:
        """Name, dotted path in the answer, and the field where the output repeats an input."""
        for name, field in self.fields.items():
            yield name, field.at, field
        for name, at in self.outputs.items():
            yield name, at, None


def _properties(
    **shapes: "type[str | int | float | bool | dict[str, str]] | Mapping[str, Field]",
) -> dict[str, Field]:
    """List optional inputs that live under `properties` by their own name."""
    return {name: Field(shape=shape, at=f"properties.{name}") for name, shape in shapes.items()}


def _members(**shapes: type[str | int | float | bool]) -> dict[str, Field]:
    return {name: Field(shape=shape, at=name) for name, shape in shapes.items()}


def _under_properties(*names: str) -> dict[str, str]:
    return {name: f"properties.{name}" for name in names}


_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_LOCATION = {"location": Field(shape=str, at="location", required=True, replaces=True)}
_TAGS = {"tags": Field(shape=dict, at="tags")}
_SELF = {"name": "name", "type": "type"}

_RESOURCE_GROUP = ResourceType(
    token="azure-native:resources:ResourceGroup",  # noqa: S106 - a type token, no password
    path=_GROUP,
    api_version="2024-03-01",
    fields={**_LOCATION, **_TAGS, "managedBy": Field(shape=str, at="managedBy")},
    outputs={**_SELF, "properties": "properties"},
)

_IDENTITY = ResourceType(
    token="azure-native:managedidentity:UserAssignedIdentity",  # noqa: S106 - as above
    path=_GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    api_version="2023-01-31",
    fields={**_LOCATION, **_TAGS},
    outputs={**_SELF, "systemData": "systemData", **_under_properties("clientId", "principalId", "tenantId")},
)

_ROLE_ASSIGNMENT = ResourceType(
    token="azure-native:authorization:RoleAssignment",  # noqa: S106 - as above
    path="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    api_version="2022-04-01",
    naming="uuid",
    fields={
        "principalId": Field(shape=str, at="properties.principalId", required=True, replaces=True),
        "roleDefinitionId": Field(shape=str, at="properties.roleDefinitionId", required=True),
        **_properties(
            condition=str,
            conditionVersion=str,
            delegatedManagedIdentityResourceId=str,
            description=str,
            principalType=str,
        ),
    },
    outputs={**_SELF, **_under_properties("createdBy", "createdOn", "scope", "updatedBy", "updatedOn")},
)

_WORKSPACE = ResourceType(
    token="azure-native:operationalinsights:Workspace",  # noqa: S106 - as above
    path=_GROUP + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
    api_version="2023-09-01",
    fields={
        **_LOCATION,
        **_TAGS,
        **_properties(
            defaultDataCollectionRuleResourceId=str,
            features=_members(
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
            sku=_members(name=str, capacityReservationLevel=int),
            workspaceCapping=_members(dailyQuotaGb=float),
        ),
    },
    outputs={
        **_SELF,
        "etag": "etag",
        "systemData": "systemData",
        **_under_properties(
            "createdDate", "customerId", "modifiedDate", "privateLinkScopedResources", "provisioningState"
        ),
    },
)

_COMPONENT = ResourceType(
    token="azure-native:applicationinsights:Component",  # noqa: S106 - as above
    path=_GROUP + "/providers/Microsoft.Insights/components/{resourceName}",
    api_version="2020-02-02",
    fields={
        **_LOCATION,
        **_TAGS,
        "kind": Field(shape=str, at="kind", required=True),
        "applicationType": Field(shape=str, at="properties.Application_Type"),
        "flowType": Field(shape=str, at="properties.Flow_Type"),
        "requestSource": Field(shape=str, at="properties.Request_Source"),
        "disableIpMasking": Field(shape=bool, at="properties.DisableIpMasking"),
        "disableLocalAuth": Field(shape=bool, at="properties.DisableLocalAuth"),
        "forceCustomerStorageForProfiler": Field(shape=bool, at="properties.ForceCustomerStorageForProfiler"),
        "hockeyAppId": Field(shape=str, at="properties.HockeyAppId"),
        "immediatePurgeDataOn30Days": Field(shape=bool, at="properties.ImmediatePurgeDataOn30Days"),
        "ingestionMode": Field(shape=str, at="properties.IngestionMode"),
        "retentionInDays": Field(shape=int, at="properties.RetentionInDays"),
        "samplingPercentage": Field(shape=float, at="properties.SamplingPercentage"),
        "workspaceResourceId": Field(shape=str, at="properties.WorkspaceResourceId"),
        **_properties(publicNetworkAccessForIngestion=str, publicNetworkAccessForQuery=str),
    },
    outputs={
        **_SELF,
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

_AGENT = ResourceType(
    token="azure-native:app:Agent",  # noqa: S106 - as above
    path=_GROUP + "/providers/Microsoft.App/agents/{agentName}",
    api_version="2026-01-01",
    fields={},
    outputs={
        **_SELF,
        "identity": "identity",
        "location": "location",
        "systemData": "systemData",
        "tags": "tags",
    },
)
"""Only read: agents are made by a provider of their own."""

TYPES: Mapping[str, ResourceType] = {
    row.token: row for row in (_RESOURCE_GROUP, _IDENTITY, _ROLE_ASSIGNMENT, _WORKSPACE, _COMPONENT)
}
GETTERS: Mapping[str, ResourceType] = {row.function: row for row in (*TYPES.values(), _AGENT)}
CLIENT_CONFIG = "azure-native:authorization:getClientConfig"

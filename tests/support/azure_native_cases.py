"""Each type of the stand-in for azure-native: inputs, a change, and what Azure then holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from support.azure import SUBSCRIPTION, LocalAzure
from support.azure_native import Json

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
RESOURCE_GROUP = "resources:ResourceGroup"
IDENTITY = "managedidentity:UserAssignedIdentity"
ASSIGNMENT = "authorization:RoleAssignment"
WORKSPACE = "operationalinsights:Workspace"
COMPONENT = "applicationinsights:Component"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
ACTION_GROUP = "monitor:ActionGroup"
NOTEBOOK = '{"version":"Notebook/1.0","items":[]}'
THIS_MONTH = datetime.now(UTC).strftime("%Y-%m-01T00:00:00Z")
CONDITION = {
    "criterionType": "StaticThresholdCriterion",
    "name": "failures",
    "metricName": "requests/failed",
    "operator": "GreaterThan",
    "threshold": 5,
    "timeAggregation": "Count",
}
QUERY = {
    "query": "customEvents | count",
    "operator": "GreaterThan",
    "threshold": 5,
    "timeAggregation": "Count",
}
DEFINITION = {
    "$schema": "https://schema.management.azure.com/schemas/2016-06-01/Microsoft.Logic.json",
    "contentVersion": "1.0.0.0",
    "parameters": {"target": {"type": "String"}},
    "triggers": {"incoming": {"type": "Request"}},
    "actions": {},
}


@dataclass(frozen=True)
class Case:
    """A type, inputs for one of it, a change that updates it in place, an output of it, and what it needs."""

    token: str
    inputs: Json
    change: Json
    output: str
    prepare: Callable[[LocalAzure], object] = LocalAzure.group


def zone(azure: LocalAzure) -> None:
    """Make a private DNS zone, and a virtual network to link it to."""
    azure.subnet()
    path = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/contoso.internal"
    assert azure.arm("PUT", path, {"location": "global"}, api_version="2024-06-01").is_success


def action_group(azure: LocalAzure) -> None:
    """Make a group of people to tell."""
    azure.group()
    path = f"{GROUP}/providers/Microsoft.Insights/actionGroups/a"
    body = {"location": "global", "properties": {"groupShortName": "a", "enabled": True}}
    assert azure.arm("PUT", path, body, api_version="2024-10-01-preview").is_success


CASES = [
    Case(
        RESOURCE_GROUP,
        {"resourceGroupName": "rg-new", "tags": {"team": "a"}},
        {"tags": {"team": "b"}},
        "properties",
        prepare=lambda _azure: None,
    ),
    Case(
        IDENTITY,
        {"resourceGroupName": "rg-sre", "resourceName": "id-new"},
        {"tags": {"team": "b"}},
        "principalId",
    ),
    Case(
        ASSIGNMENT,
        {
            "scope": GROUP,
            "principalId": "00000000-0000-0000-0000-0000000000e1",
            "principalType": "User",
            "roleDefinitionId": f"{ROLES}/acdd72a7-3385-48ef-bd42-f606fba81ae7",
        },
        {"description": "reads"},
        "createdOn",
    ),
    Case(
        WORKSPACE,
        {
            "resourceGroupName": "rg-sre",
            "workspaceName": "log-new",
            "sku": {"name": "PerGB2018"},
            "retentionInDays": 30,
        },
        {"retentionInDays": 60},
        "customerId",
    ),
    Case(
        COMPONENT,
        {"resourceGroupName": "rg-sre", "resourceName": "appi-new", "kind": "web", "applicationType": "web"},
        {"tags": {"team": "b"}},
        "connectionString",
    ),
    Case(
        "managedidentity:FederatedIdentityCredential",
        {
            "resourceGroupName": "rg-sre",
            "resourceName": "id-sre",
            "federatedIdentityCredentialResourceName": "prod",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:contoso/payments:environment:prod",
            "audiences": ["api://AzureADTokenExchange"],
        },
        {"subject": "repo:contoso/payments:environment:dev"},
        "name",
        LocalAzure.identity,
    ),
    Case(
        "authorization:ManagementLockByScope",
        {"scope": f"{GROUP}/providers/{IDENTITIES}/id-sre", "lockName": "keep", "level": "CanNotDelete"},
        {"notes": "production"},
        "name",
        LocalAzure.identity,
    ),
    Case(
        "monitor:DiagnosticSetting",
        {
            "resourceUri": f"{GROUP}/providers/{IDENTITIES}/id-sre",
            "name": "to-storage",
            "storageAccountId": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/logs",
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        },
        {"metrics": [{"category": "AllMetrics", "enabled": True}]},
        "name",
        LocalAzure.identity,
    ),
    Case(
        "network:VirtualNetwork",
        {
            "resourceGroupName": "rg-sre",
            "virtualNetworkName": "vnet-new",
            "addressSpace": {"addressPrefixes": ["10.1.0.0/24"]},
        },
        {"addressSpace": {"addressPrefixes": ["10.1.0.0/24", "10.2.0.0/24"]}},
        "resourceGuid",
    ),
    Case(
        "network:Subnet",
        {
            "resourceGroupName": "rg-sre",
            "virtualNetworkName": "vnet",
            "subnetName": "other",
            "addressPrefix": "10.0.1.0/27",
            "delegations": [{"name": "agent", "serviceName": "Microsoft.App/environments"}],
        },
        {"defaultOutboundAccess": False},
        "provisioningState",
        LocalAzure.subnet,
    ),
    Case(
        "network:NetworkSecurityGroup",
        {
            "resourceGroupName": "rg-sre",
            "networkSecurityGroupName": "nsg-new",
            "securityRules": [
                {
                    "name": "no-way-in",
                    "access": "Deny",
                    "direction": "Inbound",
                    "protocol": "*",
                    "priority": 4096,
                    "sourceAddressPrefix": "*",
                    "sourcePortRange": "*",
                    "destinationAddressPrefix": "*",
                    "destinationPortRange": "*",
                }
            ],
        },
        {"securityRules": []},
        "resourceGuid",
    ),
    Case(
        "network:PublicIPAddress",
        {
            "resourceGroupName": "rg-sre",
            "publicIpAddressName": "pip-new",
            "publicIPAllocationMethod": "Static",
            "sku": {"name": "Standard"},
        },
        {"idleTimeoutInMinutes": 10},
        "ipAddress",
    ),
    Case(
        "network:NatGateway",
        {"resourceGroupName": "rg-sre", "natGatewayName": "nat-new", "sku": {"name": "Standard"}},
        {"idleTimeoutInMinutes": 10},
        "resourceGuid",
    ),
    Case(
        "privatedns:PrivateZone",
        {"resourceGroupName": "rg-sre", "privateZoneName": "contoso.internal", "location": "global"},
        {"tags": {"team": "b"}},
        "provisioningState",
    ),
    Case(
        "privatedns:VirtualNetworkLink",
        {
            "resourceGroupName": "rg-sre",
            "privateZoneName": "contoso.internal",
            "virtualNetworkLinkName": "vnet",
            "location": "global",
            "registrationEnabled": False,
            "virtualNetwork": {"id": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"},
        },
        {"tags": {"team": "b"}},
        "virtualNetworkLinkState",
        zone,
    ),
    Case(
        ACTION_GROUP,
        {
            "resourceGroupName": "rg-sre",
            "actionGroupName": "ag-new",
            "location": "global",
            "groupShortName": "sre",
            "enabled": True,
            "emailReceivers": [{"name": "oncall", "emailAddress": "oncall@contoso.com"}],
        },
        {"emailReceivers": [{"name": "oncall", "emailAddress": "others@contoso.com"}]},
        "type",
    ),
    Case(
        "monitor:MetricAlert",
        {
            "resourceGroupName": "rg-sre",
            "ruleName": "failures",
            "location": "global",
            "enabled": True,
            "scopes": [GROUP],
            "severity": 2,
            "evaluationFrequency": "PT1M",
            "windowSize": "PT5M",
            "criteria": {
                "odataType": "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria",
                "allOf": [CONDITION],
            },
        },
        {
            "criteria": {
                "odataType": "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria",
                "allOf": [CONDITION | {"threshold": 50}],
            }
        },
        "autoMitigate",
    ),
    Case(
        "monitor:ScheduledQueryRule",
        {
            "resourceGroupName": "rg-sre",
            "ruleName": "pace",
            "scopes": [GROUP],
            "severity": 3,
            "evaluationFrequency": "PT1H",
            "windowSize": "P1D",
            "criteria": {"allOf": [QUERY]},
        },
        {"severity": 1},
        "createdWithApiVersion",
    ),
    Case(
        "monitor:ActivityLogAlert",
        {
            "resourceGroupName": "rg-sre",
            "activityLogAlertName": "health",
            "location": "global",
            "scopes": [GROUP],
            "condition": {
                "allOf": [
                    {"field": "category", "equals": "ResourceHealth"},
                    {"anyOf": [{"field": "status", "equals": "Active"}]},
                ]
            },
            "actions": {
                "actionGroups": [{"actionGroupId": f"{GROUP}/providers/Microsoft.Insights/actionGroups/a"}]
            },
        },
        {"description": "of everything"},
        "enabled",
        action_group,
    ),
    Case(
        "applicationinsights:Workbook",
        {
            "resourceGroupName": "rg-sre",
            "resourceName": "00000000-0000-0000-0000-00000000b00c",
            "kind": "shared",
            "category": "workbook",
            "displayName": "Incidents",
            "serializedData": NOTEBOOK,
        },
        {"displayName": "Other incidents"},
        "userId",
    ),
    Case(
        "logic:Workflow",
        {
            "resourceGroupName": "rg-sre",
            "workflowName": "logic-new",
            "identity": {"type": "SystemAssigned"},
            "definition": DEFINITION,
            "parameters": {"target": {"value": "https://example.com"}},
        },
        {"parameters": {"target": {"value": "https://example.org"}}},
        "accessEndpoint",
    ),
    Case(
        "consumption:Budget",
        {
            "scope": GROUP,
            "budgetName": "budget-new",
            "amount": 100,
            "category": "Cost",
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": THIS_MONTH},
            "filter": {"dimensions": {"name": "ResourceId", "operator": "In", "values": [GROUP]}},
            "notifications": {
                "share": {
                    "enabled": True,
                    "operator": "GreaterThan",
                    "threshold": 80,
                    "contactEmails": ["a@contoso.com"],
                }
            },
        },
        {"amount": 200},
        "currentSpend",
    ),
]

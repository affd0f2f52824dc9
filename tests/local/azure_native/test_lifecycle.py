"""Create, read, update and delete of every type, against the local Azure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest

from sre_agent_local.azure_native.property_values import UNKNOWN, SecretValue
from support.azure import SUBSCRIPTION, LocalAzure
from support.azure_native import Json, Plugin, sentence

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


def holds(found: Any, wanted: Any) -> bool:
    """Tell whether all that is wanted is found, whatever Azure has filled in besides."""
    if isinstance(wanted, dict):
        return all(name in found and holds(found[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(holds, found, wanted))
    return bool(found == wanted)


every_type = pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)


@every_type
def test_a_resource_lives_from_create_to_delete(plugin: Plugin, azure: LocalAzure, case: Case) -> None:
    """What is created can be read, is changed in place, and is gone after its deletion."""
    case.prepare(azure)
    arm_id, inputs, outputs = plugin.made(case.token, **case.inputs)

    assert case.output in outputs
    assert holds(outputs, {name: value for name, value in case.inputs.items() if name in outputs})
    assert plugin.read(case.token, arm_id, outputs, inputs) == (arm_id, inputs, outputs)

    changed = {**inputs, **case.change}
    updated = plugin.update(case.token, arm_id, outputs, changed)
    assert holds(updated, case.change)
    assert updated[case.output] == outputs[case.output]

    plugin.delete(case.token, arm_id)
    assert plugin.read(case.token, arm_id, updated, changed) == ("", {}, {})
    plugin.delete(case.token, arm_id)  # what is gone already counts as deleted


@every_type
def test_an_imported_resource_gets_inputs_that_show_no_change(
    plugin: Plugin, azure: LocalAzure, case: Case
) -> None:
    """Reading by id alone gives inputs that hold all of the program's, and diff as equal to themselves."""
    case.prepare(azure)
    arm_id, inputs, outputs = plugin.made(case.token, **case.inputs)

    found_id, found_inputs, found_outputs = plugin.read(case.token, arm_id)

    assert found_id == arm_id
    assert found_outputs == outputs
    assert holds(found_inputs, {name: value for name, value in inputs.items() if not name.startswith("__")})
    checked, refusals = plugin.check(case.token, found_inputs, found_inputs)
    assert refusals == []
    assert not plugin.diff(case.token, found_inputs, checked).detailedDiff


@every_type
def test_what_exists_is_not_created(plugin: Plugin, azure: LocalAzure, case: Case) -> None:
    """As azure-native: also not where it is exactly what would be written, and nothing is sent."""
    case.prepare(azure)
    arm_id, inputs, _ = plugin.made(case.token, **case.inputs)
    azure.forget_requests()

    with pytest.raises(grpc.RpcError) as refused:
        plugin.create(case.token, inputs)

    told, _, path = sentence(refused).partition("'")
    assert told == "cannot create already existing resource "
    assert path.lower() == f"{arm_id}'".lower()
    assert azure.requests(plane="control", method="PUT") == []


def test_drift_becomes_inputs_but_azures_own_defaults_do_not(plugin: Plugin, azure: LocalAzure) -> None:
    """A refresh carries over what somebody changed, and nothing that Azure had filled in by itself."""
    azure.group()
    arm_id, inputs, outputs = plugin.made(
        WORKSPACE,
        resourceGroupName="rg-sre",
        workspaceName="log-new",
        sku={"name": "PerGB2018"},
        tags={"team": "a", "left": "alone"},
    )
    assert "features" in outputs
    body = {
        "location": "swedencentral",
        "tags": {"team": "b", "left": "alone"},
        "properties": {"sku": {"name": "PerGB2018"}, "retentionInDays": 90},
    }
    azure.settle(azure.arm("PUT", arm_id, body, api_version="2023-09-01"))

    _, seen, _ = plugin.read(WORKSPACE, arm_id, outputs, inputs)

    assert seen == {**inputs, "tags": {"team": "b", "left": "alone"}, "retentionInDays": 90}


def test_a_member_removed_behind_our_back_leaves_the_inputs(plugin: Plugin, azure: LocalAzure) -> None:
    """Tags that are gone from Azure leave the refreshed inputs, so that the next run brings them back."""
    arm_id, inputs, outputs = plugin.made(
        RESOURCE_GROUP, resourceGroupName="rg-new", tags={"a": "1", "b": "2"}
    )
    azure.arm("PUT", arm_id, {"location": "swedencentral", "tags": {"a": "1"}}, api_version="2024-03-01")

    _, seen, _ = plugin.read(RESOURCE_GROUP, arm_id, outputs, inputs)

    assert seen["tags"] == {"a": "1"}
    change = plugin.diff(RESOURCE_GROUP, seen, inputs)
    assert dict(change.detailedDiff).keys() == {"tags.b"}


def test_a_preview_of_a_create_knows_the_inputs_and_nothing_else(plugin: Plugin, azure: LocalAzure) -> None:
    azure.forget_requests()
    inputs, _ = plugin.check(IDENTITY, {"resourceGroupName": UNKNOWN, "resourceName": "id-new"})

    arm_id, outputs = plugin.create(IDENTITY, inputs, preview=True)

    assert arm_id == ""
    assert outputs["location"] == "swedencentral"
    assert outputs["principalId"] is UNKNOWN
    assert outputs["name"] is UNKNOWN
    assert azure.requests(plane="control") == []


def test_a_preview_of_an_update_keeps_name_and_location(plugin: Plugin, azure: LocalAzure) -> None:
    azure.group()
    arm_id, inputs, outputs = plugin.made(IDENTITY, resourceGroupName="rg-sre", resourceName="id-new")

    seen = plugin.update(IDENTITY, arm_id, outputs, {**inputs, "tags": {"a": "b"}}, preview=True)

    assert (seen["name"], seen["location"]) == ("id-new", "swedencentral")
    assert seen["principalId"] is UNKNOWN


def test_secrets_stay_secret_and_reach_azure(plugin: Plugin, azure: LocalAzure) -> None:
    """An input that is secret, as a whole or in part, is a secret output; Azure gets its plain value."""
    arm_id, inputs, outputs = plugin.made(
        RESOURCE_GROUP, resourceGroupName="rg-new", tags={"pin": SecretValue("1234")}
    )

    assert inputs["tags"] == {"pin": SecretValue("1234")}
    assert outputs["tags"] == SecretValue({"pin": "1234"})
    assert azure.arm("GET", arm_id, api_version="2024-03-01").json()["tags"] == {"pin": "1234"}
    assert "1234" not in repr(outputs)


def test_a_secret_in_a_list_makes_the_whole_list_secret(plugin: Plugin, azure: LocalAzure) -> None:
    azure.group()
    hook = {"name": "bridge", "serviceUri": SecretValue("https://hooks.example/?sig=1234")}

    _, inputs, outputs = plugin.made(
        ACTION_GROUP,
        resourceGroupName="rg-sre",
        actionGroupName="ag-new",
        location="global",
        groupShortName="sre",
        enabled=True,
        webhookReceivers=[hook],
    )

    assert inputs["webhookReceivers"] == [hook]
    assert outputs["webhookReceivers"] == SecretValue(
        [{**hook, "serviceUri": "https://hooks.example/?sig=1234"}]
    )


def test_a_create_survives_one_lost_connection(plugin: Plugin, azure: LocalAzure) -> None:
    """Whatever becomes of one answer, the next attempt ends with one resource."""
    azure.fault("reset", method="PUT", path="/resourceGroups/", times=1, processed=True)

    arm_id, _, outputs = plugin.made(RESOURCE_GROUP, resourceGroupName="rg-new")

    assert outputs["properties"] == {"provisioningState": "Succeeded"}
    assert azure.arm("GET", arm_id, api_version="2024-03-01").is_success

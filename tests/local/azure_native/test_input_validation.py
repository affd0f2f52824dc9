"""What the plugin fills in, and what it refuses before anything is sent."""

import re

import grpc
import pytest

from sre_agent_local.azure_native.property_values import UNKNOWN
from support.azure import LocalAzure
from support.azure_native import Json, Plugin, sentence

RESOURCE_GROUP = "resources:ResourceGroup"
IDENTITY = "managedidentity:UserAssignedIdentity"
ASSIGNMENT = "authorization:RoleAssignment"
WORKSPACE = "operationalinsights:Workspace"


def test_defaults_are_those_of_azure_native(plugin: Plugin) -> None:
    """Name, location and api-version are filled in, and a random name is marked as such."""
    inputs, faults = plugin.check(IDENTITY, {"resourceGroupName": "rg"}, name="id-oncall")

    assert faults == {}
    assert re.fullmatch(r"id-oncall[0-9a-f]{8}", inputs.pop("resourceName"))
    assert inputs == {
        "resourceGroupName": "rg",
        "location": "swedencentral",
        "azureApiVersion": "2023-01-31",
        "__createBeforeDelete": True,
    }


def test_a_made_up_name_depends_on_the_seed_alone(plugin: Plugin) -> None:
    names = [
        plugin.check(RESOURCE_GROUP, {}, seed=seed)[0]["resourceGroupName"] for seed in (b"1", b"1", b"2")
    ]

    assert names[0] == names[1] != names[2]


def test_without_a_seed_no_two_names_are_alike(plugin: Plugin) -> None:
    names = {plugin.check(RESOURCE_GROUP, {}, seed=b"")[0]["resourceGroupName"] for _ in range(2)}

    assert len(names) == 2


def test_a_role_assignment_is_called_a_guid(plugin: Plugin) -> None:
    inputs, _ = plugin.check(ASSIGNMENT, {"scope": "/s", "principalId": "p", "roleDefinitionId": "r"})

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", inputs["roleAssignmentName"])
    assert "location" not in inputs


@pytest.mark.parametrize("named", ["by the program", "at random"])
def test_a_name_and_a_location_are_kept_from_before(plugin: Plugin, named: str) -> None:
    """Even where configuration changes under them: another name or location would replace the resource."""
    before: Json = {"resourceGroupName": "rg-kept", "location": "uksouth"}
    before |= {"__createBeforeDelete": True} if named == "at random" else {}

    inputs, _ = plugin.check(RESOURCE_GROUP, {"tags": {"a": "b"}}, before)

    assert inputs == {**before, "tags": {"a": "b"}, "azureApiVersion": "2024-03-01"}


@pytest.mark.parametrize(
    ("token", "news", "fault", "said"),
    [
        pytest.param(IDENTITY, {}, "resourceGroupName", "It is required.", id="required-in-path"),
        pytest.param(
            ASSIGNMENT,
            {"scope": "/s", "roleDefinitionId": "r"},
            "principalId",
            "It is required.",
            id="required-in-body",
        ),
        pytest.param(
            IDENTITY,
            {"resourceGroupName": "rg", "tgas": {}},
            "tgas",
            "no such property of azure-native:managedidentity:UserAssignedIdentity; it knows azureApiVersion",
            id="unknown",
        ),
        pytest.param(
            "monitor:ActionGroup",
            {"resourceGroupName": "rg", "groupShortName": "sre", "emailReceivers": "oncall"},
            "emailReceivers",
            "It should be a list.",
            id="no-list",
        ),
        pytest.param(
            "monitor:ActionGroup",
            {"resourceGroupName": "rg", "groupShortName": "sre", "emailReceivers": [{"name": 1}]},
            "emailReceivers[0].name",
            "It should be a string.",
            id="in-a-list",
        ),
        pytest.param(
            "logic:Workflow",
            {"resourceGroupName": "rg", "parameters": {"target": {"valeu": 1}}},
            "parameters.target.valeu",
            "no such property of azure-native:logic:Workflow; it knows description, metadata, type, value.",
            id="in-a-map",
        ),
        pytest.param(
            "logic:Workflow",
            {"resourceGroupName": "rg", "parameters": []},
            "parameters",
            "It should be a map.",
            id="no-map",
        ),
        pytest.param(
            "logic:Workflow",
            {"resourceGroupName": "rg", "identity": {"type": "SystemAssigned", "principalId": "p"}},
            "identity.principalId",
            "no such property of azure-native:logic:Workflow; it knows type.",
            id="of-the-answer-alone",
        ),
        pytest.param(
            WORKSPACE,
            {"resourceGroupName": "rg", "sku": {"nam": "x"}},
            "sku.nam",
            "it knows capacity",
            id="unknown-below",
        ),
        pytest.param(
            WORKSPACE, {"resourceGroupName": "rg", "sku": "x"}, "sku", "should be an object", id="no-object"
        ),
        pytest.param(RESOURCE_GROUP, {"tags": ["a"]}, "tags", "should be a map of strings", id="no-map"),
        pytest.param(RESOURCE_GROUP, {"tags": {"a": 1}}, "tags.a", "should be a string", id="no-string"),
        pytest.param(
            WORKSPACE,
            {"resourceGroupName": "rg", "retentionInDays": 0.5},
            "retentionInDays",
            "a whole number",
            id="no-int",
        ),
        pytest.param(
            WORKSPACE,
            {"resourceGroupName": "rg", "forceCmkForQuery": 1},
            "forceCmkForQuery",
            "true or false",
            id="no-bool",
        ),
        pytest.param(
            WORKSPACE,
            {"resourceGroupName": "rg", "retentionInDays": True},
            "retentionInDays",
            "a whole",
            id="bool-no-int",
        ),
        pytest.param(
            RESOURCE_GROUP,
            {"azureApiVersion": "2020-01-01"},
            "azureApiVersion",
            "at 2024-03-01 only",
            id="version",
        ),
    ],
)
def test_a_fault_names_the_property(plugin: Plugin, token: str, news: Json, fault: str, said: str) -> None:
    _, faults = plugin.check(token, news)

    assert faults.keys() == {fault}
    assert said in faults[fault]


def test_all_faults_come_at_once(plugin: Plugin) -> None:
    _, faults = plugin.check(ASSIGNMENT, {"principalId": 1, "principal": "x"})

    assert faults.keys() == {"scope", "roleDefinitionId", "principalId", "principal"}


def test_what_fits_passes(plugin: Plugin) -> None:
    news = {
        "resourceGroupName": UNKNOWN,
        "workspaceName": "log",
        "workspaceCapping": {"dailyQuotaGb": 0.5},
        "features": {"disableLocalAuth": True},
        "sku": UNKNOWN,
        "tags": {"a": UNKNOWN},
    }

    inputs, faults = plugin.check(WORKSPACE, news)

    assert faults == {}
    assert inputs.items() >= news.items()


def test_a_location_must_come_from_somewhere(unconfigured: Plugin, azure: LocalAzure) -> None:
    unconfigured.configure(metadataHost=azure.url)

    _, faults = unconfigured.check(RESOURCE_GROUP, {"resourceGroupName": "rg"})

    assert faults == {"location": "It is required: set it, or azure-native:location in the stack's config."}


def test_a_type_that_is_not_in_the_table_is_refused_by_name(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        plugin.check("network:RouteTable", {})

    assert sentence(refused).startswith(
        "The local azure-native has no resource type azure-native:network:RouteTable; "
        "it has azure-native:resources:ResourceGroup, "
    )

"""What the plugin fills in, and what it refuses before anything is sent."""

import re

import grpc
import pytest

from sre_agent_local.azure_native.property_values import UNKNOWN
from support.azure import SUBSCRIPTION, LocalAzure
from support.azure_native import Json, Plugin, sentence

RESOURCE_GROUP = "resources:ResourceGroup"
IDENTITY = "managedidentity:UserAssignedIdentity"
ASSIGNMENT = "authorization:RoleAssignment"
WORKSPACE = "operationalinsights:Workspace"
ACTIONS = "monitor:ActionGroup"
GROUP: Json = {"resourceGroupName": "rg", "groupShortName": "sre", "enabled": True}
LOGS: Json = {"resourceGroupName": "rg", "workspaceName": "logs"}


def test_defaults_are_those_of_azure_native(plugin: Plugin) -> None:
    """Name, location and api-version are filled in, and a random name is marked as such."""
    inputs, refusals = plugin.check(IDENTITY, {"resourceGroupName": "rg"}, name="id-oncall")

    assert refusals == []
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


@pytest.mark.parametrize("token", ["network:Subnet", "privatedns:VirtualNetworkLink"])
def test_what_is_a_child_is_named_by_a_copy(plugin: Plugin, token: str) -> None:
    """Such a name is not one made up, so that what bears it is deleted before it is replaced."""
    inputs, _ = plugin.check(token, {"resourceGroupName": "rg"}, name="front")

    assert "front" in inputs.values()
    assert "__createBeforeDelete" not in inputs


def test_a_workbook_is_not_named_by_a_guid(plugin: Plugin) -> None:
    """Azure refuses such a name: a program must say one."""
    inputs, _ = plugin.check("applicationinsights:Workbook", {"resourceGroupName": "rg"}, name="book")

    assert re.fullmatch(r"book[0-9a-f]{8}", inputs["resourceName"])


@pytest.mark.parametrize(
    ("token", "news", "reason"),
    [
        pytest.param(IDENTITY, {}, "missing required property 'resourceGroupName'", id="required-in-path"),
        pytest.param(
            ASSIGNMENT,
            {"scope": "/s", "roleDefinitionId": "r"},
            "missing required property 'principalId'",
            id="required-in-body",
        ),
        pytest.param(
            ACTIONS,
            GROUP | {"emailReceivers": "oncall"},
            "'emailReceivers' should be of type 'array' but got a string",
            id="no-list",
        ),
        pytest.param(
            ACTIONS,
            GROUP | {"emailReceivers": [{"name": 1}]},
            "'emailReceivers[0].name' should be of type 'string' but got a number",
            id="in-a-list",
        ),
        pytest.param(
            ACTIONS,
            GROUP | {"groupShortName": "thirteen-long"},
            "'groupShortName' is too long (13): at most 12 characters allowed",
            id="too-long",
        ),
        pytest.param(
            WORKSPACE,
            LOGS | {"workspaceName": "log"},
            "'workspaceName' is too short (3): at least 4 characters required",
            id="too-short",
        ),
        pytest.param(
            RESOURCE_GROUP,
            {"resourceGroupName": "a b"},
            r"'resourceGroupName' does not match expression '^[-\w\._\(\)]+$'",
            id="does-not-match",
        ),
        pytest.param(
            "logic:Workflow",
            {"resourceGroupName": "rg", "parameters": []},
            "'parameters' should be of type 'object' but got an array",
            id="no-map",
        ),
        pytest.param(
            WORKSPACE,
            LOGS | {"sku": "x"},
            "'sku' should be of type 'object' but got a string",
            id="no-object",
        ),
        pytest.param(
            WORKSPACE,
            LOGS | {"retentionInDays": 0.5},
            "'retentionInDays' must be an integer but got 0.5",
            id="no-int",
        ),
        pytest.param(
            WORKSPACE,
            LOGS | {"forceCmkForQuery": 1},
            "'forceCmkForQuery' should be of type 'boolean' but got a number",
            id="no-bool",
        ),
        pytest.param(
            RESOURCE_GROUP,
            {"azureApiVersion": "2020-01-01"},
            f"'azureApiVersion': the local azure-native has azure-native:{RESOURCE_GROUP} at 2024-03-01 only",
            id="version",
        ),
    ],
)
def test_a_refusal_names_the_property_and_the_reason(
    plugin: Plugin, token: str, news: Json, reason: str
) -> None:
    _, refusals = plugin.check(token, news)

    assert refusals == [reason]


@pytest.mark.parametrize(
    ("token", "news", "unknown", "near"),
    [
        pytest.param(IDENTITY, {"tgas": {}}, "tgas", "tags", id="on-top"),
        pytest.param(WORKSPACE, {"sku": {"nam": "x"}}, "sku.nam", "sku.name", id="below"),
        pytest.param(
            "logic:Workflow",
            {"parameters": {"target": {"valeu": 1}}},
            "parameters.target.valeu",
            "parameters.target.value",
            id="in-a-map",
        ),
        pytest.param(
            "network:NetworkSecurityGroup",
            {"securityRules": [{"xyz": 1}]},
            "securityRules[0].xyz",
            "",
            id="in-a-list",
        ),
        pytest.param(
            "logic:Workflow",
            {"identity": {"type": "SystemAssigned", "tenantId": "t"}},
            "identity.tenantId",
            "",
            id="of-the-answer-alone",
        ),
    ],
)
def test_what_there_is_no_such_property_of_is_warned_of(
    plugin: Plugin, token: str, news: Json, unknown: str, near: str
) -> None:
    """azure-native drops it without a word; a slip of the pen should not go unseen."""
    _, refusals = plugin.check(token, {"resourceGroupName": "rg", **news})

    assert refusals == []
    hint = f" Did you mean {near}?" if near else ""
    assert plugin.engine.warnings == [
        f"The local azure-native knows no {unknown} of azure-native:{token}, so Azure does not get it.{hint}"
    ]


def test_a_warning_that_a_run_repeats_is_told_once_a_resource(plugin: Plugin) -> None:
    """An engine has a resource checked twice where it is replaced."""
    news = {"resourceGroupName": "rg", "twiceTold": True}
    for name in ("one", "one", "other"):
        plugin.check("operationalinsights:Workspace", news, name=name)

    assert len(plugin.engine.warnings) == 2


def test_an_input_of_the_sdk_passes_without_a_word(plugin: Plugin) -> None:
    place = {"resourceGroupName": "rg", "virtualNetworkName": "vnet"}

    assert plugin.check("network:Subnet", {**place, "routeTable": {"id": "/routes"}})[1] == []
    assert plugin.engine.warnings == []


def test_all_refusals_come_at_once(plugin: Plugin) -> None:
    _, refusals = plugin.check(ASSIGNMENT, {"principalId": 1})

    assert refusals == [
        "missing required property 'scope'",
        "'principalId' should be of type 'string' but got a number",
        "missing required property 'roleDefinitionId'",
    ]


def test_what_fits_passes(plugin: Plugin) -> None:
    news = {
        "resourceGroupName": UNKNOWN,
        "workspaceName": "logs",
        "workspaceCapping": {"dailyQuotaGb": 0.5},
        "features": {"disableLocalAuth": True},
        "sku": UNKNOWN,
        "tags": {"a": UNKNOWN},
    }

    inputs, refusals = plugin.check(WORKSPACE, news)

    assert refusals == []
    assert inputs.items() >= news.items()


def test_a_location_must_come_from_somewhere(unconfigured: Plugin, azure: LocalAzure) -> None:
    unconfigured.configure(metadataHost=azure.url, subscriptionId=SUBSCRIPTION)

    _, refusals = unconfigured.check(IDENTITY, {"resourceGroupName": "rg-nowhere"})

    [refusal] = refusals
    assert refusal == (
        "missing required property 'location'. Either set it explicitly or configure it with "
        "'pulumi config set azure-native:location <value>'."
    )


def test_a_location_may_come_from_the_resource_group(unconfigured: Plugin, azure: LocalAzure) -> None:
    azure.group()
    unconfigured.configure(metadataHost=azure.url, subscriptionId=SUBSCRIPTION)

    inputs, refusals = unconfigured.check(IDENTITY, {"resourceGroupName": "rg-sre"})
    azure.forget_requests()
    again, _ = unconfigured.check(IDENTITY, {"resourceGroupName": "RG-sre"})
    unknown, _ = unconfigured.check(IDENTITY, {"resourceGroupName": UNKNOWN})

    assert refusals == []
    assert inputs["location"] == again["location"] == "swedencentral"
    assert unknown["location"] is UNKNOWN
    assert azure.requests(plane="control") == [], "it asks once"


def test_a_type_that_is_not_in_the_table_is_refused_by_name(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        plugin.check("network:RouteTable", {})

    assert sentence(refused).startswith(
        "Resource type azure-native:network:RouteTable not found: "
        "the local azure-native has azure-native:resources:ResourceGroup, "
    )

"""What a change of inputs means: nothing, an update, a replacement."""

import pytest
from pulumi.runtime import proto

from sre_agent_local.azure_native.property_values import UNKNOWN, SecretValue
from support.azure_native import Json, Plugin

RESOURCE_GROUP = "resources:ResourceGroup"
ASSIGNMENT = "authorization:RoleAssignment"
WORKSPACE = "operationalinsights:Workspace"

GROUP: Json = {"resourceGroupName": "rg", "location": "swedencentral", "tags": {"a": "1"}}
LOG: Json = {"resourceGroupName": "rg", "workspaceName": "log", "sku": {"name": "PerGB2018"}}
ADDRESS: Json = {"resourceGroupName": "rg", "publicIpAddressName": "pip", "sku": {"name": "Basic"}}
TELEMETRY: Json = {"resourceGroupName": "rg", "resourceName": "appi", "kind": "web"}
NETWORK: Json = {"resourceGroupName": "rg", "virtualNetworkName": "vnet"}
RULES = [{"name": "one", "priority": 100}, {"name": "two", "priority": 200}]
RULED: Json = {"networkSecurityGroupName": "nsg", "location": "swedencentral", "securityRules": RULES}
LOGIC: Json = {"workflowName": "logic", "parameters": {"location": {"value": "a b"}}}
SECURITY_GROUP, PUBLIC_ADDRESS = "network:NetworkSecurityGroup", "network:PublicIPAddress"
VIRTUAL_NETWORK, APPLICATION = "network:VirtualNetwork", "applicationinsights:Component"
ROLE: Json = {"scope": "/s", "roleAssignmentName": "n", "principalId": "p", "roleDefinitionId": "r"}


def kinds(answer: proto.DiffResponse) -> dict[str, str]:
    return {path: proto.PropertyDiff.Kind.Name(change.kind) for path, change in answer.detailedDiff.items()}


@pytest.mark.parametrize(
    ("token", "before", "change", "expected"),
    [
        pytest.param(RESOURCE_GROUP, GROUP, {"tags": {"a": "2"}}, {"tags.a": "UPDATE"}, id="tag-changed"),
        pytest.param(
            RESOURCE_GROUP, GROUP, {"tags": {"a": "1", "b": "2"}}, {"tags.b": "ADD"}, id="tag-added"
        ),
        pytest.param(RESOURCE_GROUP, GROUP, {"tags": {}}, {"tags.a": "DELETE"}, id="tag-removed"),
        pytest.param(
            RESOURCE_GROUP, GROUP, {"tags": {"a": "1", "x: /y": "2"}}, {'tags["x: /y"]': "ADD"}, id="odd-tag"
        ),
        pytest.param(RESOURCE_GROUP, GROUP, {"managedBy": "/id"}, {"managedBy": "ADD"}, id="property-added"),
        pytest.param(
            RESOURCE_GROUP,
            GROUP,
            {"location": "uksouth"},
            {"location": "UPDATE_REPLACE"},
            id="location-replaces",
        ),
        pytest.param(
            RESOURCE_GROUP,
            GROUP,
            {"resourceGroupName": "rg2"},
            {"resourceGroupName": "UPDATE_REPLACE"},
            id="name-replaces",
        ),
        pytest.param(WORKSPACE, LOG, {"sku": {"name": "Free"}}, {"sku.name": "UPDATE"}, id="member-changed"),
        pytest.param(WORKSPACE, LOG, {"sku": UNKNOWN}, {"sku": "UPDATE"}, id="unknown-may-change"),
        pytest.param(
            ASSIGNMENT,
            ROLE,
            {"principalId": UNKNOWN},
            {"principalId": "UPDATE_REPLACE"},
            id="unknown-may-replace",
        ),
        pytest.param(ASSIGNMENT, ROLE, {"description": "d"}, {"description": "ADD"}, id="assignment-updates"),
        pytest.param(
            PUBLIC_ADDRESS,
            ADDRESS,
            {"sku": {"name": "Standard"}},
            {"sku.name": "UPDATE_REPLACE"},
            id="a-whole-object-replaces",
        ),
        pytest.param(
            PUBLIC_ADDRESS,
            ADDRESS,
            {"sku": {"name": "Basic", "tier": "Global"}},
            {"sku.tier": "ADD"},
            id="a-new-member-of-it-does-not",
        ),
        pytest.param(
            PUBLIC_ADDRESS,
            ADDRESS | {"publicIPAddressVersion": "IPv4"},
            {"publicIPAddressVersion": "IPv6"},
            {"publicIPAddressVersion": "UPDATE_REPLACE"},
            id="address-version-replaces",
        ),
        pytest.param(
            APPLICATION,
            TELEMETRY | {"applicationType": "web"},
            {"applicationType": "other"},
            {"applicationType": "UPDATE_REPLACE"},
            id="application-type-replaces",
        ),
        pytest.param(
            SECURITY_GROUP,
            RULED,
            {"location": "uksouth"},
            {"location": "UPDATE"},
            id="a-place-that-azure-will-refuse-to-change",
        ),
        pytest.param(
            SECURITY_GROUP,
            RULED,
            {"securityRules": [RULES[0], {"name": "two", "priority": 300}]},
            {"securityRules[1].priority": "UPDATE"},
            id="item-changed",
        ),
        pytest.param(
            SECURITY_GROUP,
            RULED,
            {"securityRules": [*RULES, {"name": "three"}]},
            {"securityRules[2]": "ADD"},
            id="item-added",
        ),
        pytest.param(
            SECURITY_GROUP,
            RULED,
            {"securityRules": RULES[:1]},
            {"securityRules[1]": "DELETE"},
            id="item-removed",
        ),
        pytest.param(
            "logic:Workflow",
            LOGIC,
            {"parameters": {"location": {"value": "AB"}}},
            {"parameters.location.value": "UPDATE"},
            id="a-location-below",
        ),
        pytest.param(
            VIRTUAL_NETWORK,
            NETWORK,
            {"enableDdosProtection": True},
            {"enableDdosProtection": "ADD"},
            id="no-default",
        ),
    ],
)
def test_a_change_is_named_with_its_path(
    plugin: Plugin, token: str, before: Json, change: Json, expected: dict[str, str]
) -> None:
    answer = plugin.diff(token, before, before | change)

    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert kinds(answer) == expected
    assert list(answer.diffs) == sorted({path.split(".")[0] for path in expected})
    replaces = [path for path, kind in expected.items() if kind.endswith("REPLACE")]
    assert list(answer.replaces) == replaces
    assert answer.deleteBeforeReplace == bool(replaces)


@pytest.mark.parametrize(
    "same",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"location": "Sweden Central"}, id="location-in-other-words"),
        pytest.param({"tags": {"a": SecretValue("1")}}, id="secret-now"),
        pytest.param({"__createBeforeDelete": True}, id="mark-of-azure-native"),
    ],
)
def test_what_means_the_same_is_no_change(plugin: Plugin, same: Json) -> None:
    answer = plugin.diff(RESOURCE_GROUP, GROUP, GROUP | same)

    assert answer.changes == proto.DiffResponse.DIFF_NONE
    assert not answer.detailedDiff


@pytest.mark.parametrize(
    ("token", "before", "same"),
    [
        pytest.param(PUBLIC_ADDRESS, ADDRESS, {"resourceGroupName": "RG"}, id="group-in-other-case"),
        pytest.param(VIRTUAL_NETWORK, NETWORK, {"enableDdosProtection": False}, id="default-added"),
        pytest.param(
            "monitor:ActionGroup", {"actionGroupName": "ag"}, {"enabled": True}, id="true-is-default"
        ),
    ],
)
def test_what_azure_has_anyway_is_no_change(plugin: Plugin, token: str, before: Json, same: Json) -> None:
    answer = plugin.diff(token, before, before | same)

    assert answer.changes == proto.DiffResponse.DIFF_NONE
    assert not answer.detailedDiff


def test_a_default_beside_a_change_is_shown_and_is_no_reason(plugin: Plugin) -> None:
    change = {"enableDdosProtection": False, "tags": {"a": "b"}}

    answer = plugin.diff(VIRTUAL_NETWORK, NETWORK, NETWORK | change)

    assert kinds(answer) == {"enableDdosProtection": "ADD", "tags": "ADD"}
    assert list(answer.diffs) == ["tags"]


@pytest.mark.parametrize(("version", "kind"), [("IPv4", "ADD"), ("IPv6", "ADD_REPLACE")])
def test_what_would_replace_does_not_where_azure_has_it_already(
    plugin: Plugin, version: str, kind: str
) -> None:
    news = ADDRESS | {"publicIPAddressVersion": version}

    answer = plugin.diff(PUBLIC_ADDRESS, ADDRESS, news, {"publicIPAddressVersion": "IPv4"})

    assert kinds(answer) == {"publicIPAddressVersion": kind}
    assert bool(answer.replaces) == kind.endswith("REPLACE")


def test_what_was_named_at_random_is_replaced_before_it_is_deleted(plugin: Plugin) -> None:
    before = {**GROUP, "__createBeforeDelete": True}

    answer = plugin.diff(RESOURCE_GROUP, before, {**before, "location": "uksouth"})

    assert list(answer.replaces) == ["location"]
    assert not answer.deleteBeforeReplace

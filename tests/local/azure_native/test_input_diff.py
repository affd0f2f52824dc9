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
    ],
)
def test_a_change_is_named_with_its_path(
    plugin: Plugin, token: str, before: Json, change: Json, expected: dict[str, str]
) -> None:
    answer = plugin.diff(token, before, before | change)

    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert kinds(answer) == expected
    assert list(answer.diffs) == list(change)
    replaces = [name for name in change if any(kind.endswith("REPLACE") for kind in expected.values())]
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


def test_what_was_named_at_random_is_replaced_before_it_is_deleted(plugin: Plugin) -> None:
    before = {**GROUP, "__createBeforeDelete": True}

    answer = plugin.diff(RESOURCE_GROUP, before, {**before, "location": "uksouth"})

    assert list(answer.replaces) == ["location"]
    assert not answer.deleteBeforeReplace

"""Identities, workspaces and components: made at once, kept as they were asked for."""

import pytest

from support.azure import SUBSCRIPTION, TENANT, Json, LocalAzure, error

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
IDENTITY = ("Microsoft.ManagedIdentity/userAssignedIdentities", "2023-01-31")
WORKSPACE = ("Microsoft.OperationalInsights/workspaces", "2023-09-01")
COMPONENT = ("microsoft.insights/components", "2020-02-02")
BODIES: dict[tuple[str, str], Json] = {
    IDENTITY: {"location": "swedencentral"},
    WORKSPACE: {
        "location": "swedencentral",
        "properties": {"sku": {"name": "PerGB2018"}, "retentionInDays": 60},
    },
    COMPONENT: {"location": "swedencentral", "kind": "web", "properties": {"Application_Type": "web"}},
}

every_type = pytest.mark.parametrize("kind", BODIES, ids=["identity", "workspace", "component"])


@every_type
def test_a_resource_lives(azure: LocalAzure, kind: tuple[str, str]) -> None:
    """PUT makes it, PUT again changes nothing that identifies it, PATCH changes tags, DELETE ends it."""
    resource_type, version = kind
    path = f"{azure.group()}/providers/{resource_type}/one-thing"
    made = azure.arm("PUT", path, BODIES[kind], api_version=version)
    again = azure.arm("PUT", path, BODIES[kind], api_version=version)
    patched = azure.arm("PATCH", path, {"tags": {"team": "sre", "tier": None}}, api_version=version)
    listed = azure.arm("GET", path.rsplit("/", 1)[0], api_version=version).json()["value"]
    everywhere = f"/subscriptions/{SUBSCRIPTION}/providers/{resource_type}"

    created = 200 if resource_type.endswith("/components") else 201  # its specification knows no 201
    assert (made.status_code, again.status_code, patched.status_code) == (created, 200, 200)
    assert made.json()["type"] == resource_type
    assert made.json()["id"] == path
    times = {"modifiedDate", "sku"}
    assert {**again.json()["properties"], **dict.fromkeys(times)} == {
        **made.json()["properties"], **dict.fromkeys(times)
    }  # fmt: skip
    assert patched.json()["tags"] == {"team": "sre"}
    assert listed == [azure.arm("GET", path, api_version=version).json()]
    assert azure.arm("GET", everywhere, api_version=version).json()["value"] == listed
    assert azure.arm("DELETE", path, api_version=version).status_code == 200
    assert azure.arm("DELETE", path, api_version=version).status_code == 204
    assert error(azure.arm("GET", path, api_version=version)) == (404, "ResourceNotFound")


@every_type
@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        pytest.param("one-thing", {"location": "uksouth"}, (409, "InvalidResourceLocation"), id="moved"),
        pytest.param("one-thing", {"location": None}, (400, "LocationRequired"), id="no-location"),
        pytest.param("%3Fwrong%25name", {}, (400, "InvalidResourceName"), id="name"),
    ],
)
def test_refusals(
    azure: LocalAzure, kind: tuple[str, str], name: str, change: dict[str, str], expected: tuple[int, str]
) -> None:
    resource_type, version = kind
    collection = f"{azure.group()}/providers/{resource_type}"
    azure.arm("PUT", f"{collection}/one-thing", BODIES[kind], api_version=version)

    answer = azure.arm("PUT", f"{collection}/{name}", {**BODIES[kind], **change}, api_version=version)

    assert error(answer) == expected


def test_an_identity_gets_a_principal(azure: LocalAzure) -> None:
    properties = azure.identity()["properties"]

    assert properties["tenantId"] == TENANT
    assert properties["principalId"] != properties["clientId"]


def test_a_workspace_keeps_what_was_asked_and_fills_in_the_rest(azure: LocalAzure) -> None:
    path = f"{azure.group()}/providers/{WORKSPACE[0]}/log-sre"
    azure.arm("PUT", path, BODIES[WORKSPACE], api_version=WORKSPACE[1])
    properties = azure.arm("GET", path, api_version=WORKSPACE[1]).json()["properties"]
    keys = azure.arm("POST", f"{path}/sharedKeys", api_version=WORKSPACE[1]).json()

    assert properties["retentionInDays"] == 60
    assert properties["provisioningState"] == "Succeeded"
    assert properties["customerId"]
    assert keys["primarySharedKey"] != keys["secondarySharedKey"]


def test_a_component_says_how_to_reach_it(azure: LocalAzure) -> None:
    """AppId, key and connection string belong together; the workspace it names must exist."""
    group = azure.group()
    workspace, path = (
        f"{group}/providers/{WORKSPACE[0]}/log-sre",
        f"{group}/providers/{COMPONENT[0]}/appi-sre",
    )
    body = {**BODIES[COMPONENT], "properties": {"Application_Type": "web", "WorkspaceResourceId": workspace}}
    before = azure.arm("PUT", path, body, api_version=COMPONENT[1])
    azure.arm("PUT", workspace, BODIES[WORKSPACE], api_version=WORKSPACE[1])
    made = azure.arm("PUT", path, body, api_version=COMPONENT[1])

    assert error(before) == (400, "WorkspaceNotFound")
    properties = made.json()["properties"]
    assert properties["WorkspaceResourceId"] == workspace
    assert properties["IngestionMode"] == "LogAnalytics"
    assert f"InstrumentationKey={properties['InstrumentationKey']};" in properties["ConnectionString"]
    assert properties["ConnectionString"].endswith(f"ApplicationId={properties['AppId']}")


def test_a_component_needs_a_kind(azure: LocalAzure) -> None:
    path = f"{azure.group()}/providers/{COMPONENT[0]}/appi-sre"

    answer = azure.arm("PUT", path, {"location": "swedencentral"}, api_version=COMPONENT[1])

    assert error(answer) == (400, "InvalidRequestContent")

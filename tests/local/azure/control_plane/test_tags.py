"""Tags apart from what they are on: docs/reference/control-plane.md#what-the-azure-cli-asks."""

import pytest

from support.azure import GROUPS, IDENTITIES, SUBSCRIPTION, Json, LocalAzure, error

TAGS = "providers/Microsoft.Resources/tags/default"


@pytest.mark.parametrize(
    ("operation", "sent", "tags"),
    [
        ("Merge", {"tier": "1"}, {"team": "sre", "stage": "prod", "tier": "1"}),
        ("replace", {"tier": "1"}, {"tier": "1"}),
        ("Delete", {"team": "sre", "stage": "test"}, {"stage": "prod"}),
    ],
)
def test_tags_change_in_three_ways(azure: LocalAzure, operation: str, sent: Json, tags: Json) -> None:
    """And are those of the resource."""
    identity = azure.identity()["id"]
    before = {"properties": {"tags": {"team": "sre", "stage": "prod"}}}
    put = azure.arm("PUT", f"{identity}/{TAGS}", before, api_version=GROUPS)
    change = {"operation": operation, "properties": {"tags": sent}}
    patched = azure.arm("PATCH", f"{identity}/{TAGS}", change, api_version=GROUPS)

    assert put.json()["properties"] == before["properties"]
    assert patched.json() == azure.arm("GET", f"{identity}/{TAGS}", api_version=GROUPS).json()
    assert patched.json()["properties"]["tags"] == tags
    assert azure.arm("GET", identity, api_version=IDENTITIES).json()["tags"] == tags


def test_tags_of_a_group_are_deleted(azure: LocalAzure) -> None:
    group = azure.group()
    azure.arm("PATCH", group, {"tags": {"team": "sre"}}, api_version=GROUPS)

    assert azure.arm("DELETE", f"{group}/{TAGS}", api_version=GROUPS).status_code == 200
    assert azure.arm("GET", group, api_version=GROUPS).json()["tags"] == {}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"rg/{TAGS}", {"operation": "Add", "properties": {"tags": {}}}, (400, "InvalidRequestContent")),
        (
            f"rg/{TAGS}",
            {"operation": "Merge", "properties": {"tags": {"a": 1}}},
            (400, "InvalidRequestContent"),
        ),
        (f"rg/{TAGS}", {"operation": "Merge"}, (400, "InvalidRequestContent")),
        (f"rg/{TAGS}s", {"operation": "Merge", "properties": {"tags": {}}}, (400, "BadRequest")),
        (f"sub/{TAGS}", {"operation": "Merge", "properties": {"tags": {}}}, (400, "BadRequest")),
    ],
)
def test_refusals(azure: LocalAzure, path: str, body: Json, expected: tuple[int, str]) -> None:
    whole = path.replace("sub/", f"/subscriptions/{SUBSCRIPTION}/").replace("rg/", f"{azure.group()}/")

    assert error(azure.arm("PATCH", whole, body, api_version=GROUPS)) == expected

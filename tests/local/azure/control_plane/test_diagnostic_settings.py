"""Diagnostic settings, on any resource."""

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

VERSION = "2021-05-01-preview"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log-sre"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/logs"
LOGS = [{"categoryGroup": "allLogs", "enabled": True}]


@pytest.fixture
def collection(azure: LocalAzure) -> str:
    """Return where the settings of an identity are; there is a workspace too."""
    scope = azure.identity()["id"]
    answer = azure.arm("PUT", WORKSPACE, {"location": "swedencentral"}, api_version="2023-09-01")
    assert answer.is_success
    return f"{scope}/providers/Microsoft.Insights/diagnosticSettings"


def put(azure: LocalAzure, path: str, **properties: object) -> tuple[int, str]:
    return error(azure.arm("PUT", path, {"properties": properties}, api_version=VERSION))


def test_a_setting_lives(azure: LocalAzure, collection: str) -> None:
    assert put(azure, f"{collection}/all", workspaceId=WORKSPACE, logs=LOGS) == (200, "")
    assert put(azure, f"{collection}/all", workspaceId=WORKSPACE, logs=LOGS, metrics=[]) == (200, "")
    listed = azure.arm("GET", collection, api_version=VERSION).json()["value"]

    assert [each["properties"] for each in listed] == [
        {"logs": LOGS, "metrics": [], "workspaceId": WORKSPACE}
    ]
    assert azure.arm("DELETE", f"{collection}/all", api_version=VERSION).status_code == 200
    assert error(azure.arm("GET", f"{collection}/all", api_version=VERSION)) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({"logs": LOGS}, (400, "BadRequest"), id="no-sink"),
        pytest.param({"workspaceId": f"{GROUP}/none"}, (400, "ResourceNotFound"), id="no-workspace"),
        pytest.param(
            {"storageAccountId": STORAGE, "logs": [{"enabled": True}]}, (400, "BadRequest"), id="no-category"
        ),
        pytest.param(
            {"storageAccountId": STORAGE, "logs": [{**LOGS[0], "category": "Audit"}]},
            (400, "BadRequest"),
            id="category-and-group",
        ),
        pytest.param({"workspaceId": WORKSPACE, "logs": LOGS}, (409, "Conflict"), id="same-twice"),
        pytest.param(
            {"storageAccountId": STORAGE, "sampling": 1}, (400, "InvalidRequestContent"), id="member"
        ),
    ],
)
def test_refusals(azure: LocalAzure, collection: str, properties: Json, expected: tuple[int, str]) -> None:
    put(azure, f"{collection}/first", workspaceId=WORKSPACE, logs=LOGS)

    assert put(azure, f"{collection}/second", **properties) == expected


def test_a_resource_has_at_most_five(azure: LocalAzure, collection: str) -> None:
    for number in range(5):
        assert put(azure, f"{collection}/{number}", storageAccountId=f"{STORAGE}{number}")[0] == 200

    assert put(azure, f"{collection}/5", storageAccountId=STORAGE) == (400, "BadRequest")

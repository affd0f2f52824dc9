"""Budgets: on any scope, from the start of a month, with somebody to tell."""

from datetime import UTC, datetime

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

VERSION = "2024-08-01"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
PATH = f"{GROUP}/providers/Microsoft.Consumption/budgets/budget-sre"
NOW = datetime.now(UTC)
START = f"{NOW:%Y-%m}-01T00:00:00Z"
TELL = {"enabled": True, "operator": "GreaterThan", "threshold": 80, "contactEmails": ["a@contoso.com"]}
PROPERTIES: Json = {
    "category": "Cost",
    "amount": 100,
    "timeGrain": "Monthly",
    "timePeriod": {"startDate": START},
    "notifications": {"share": TELL},
}


def put(azure: LocalAzure, change: Json) -> tuple[int, str]:
    azure.group()
    return error(azure.arm("PUT", PATH, {"properties": {**PROPERTIES, **change}}, api_version=VERSION))


def test_a_budget_lives(azure: LocalAzure) -> None:
    assert put(azure, {}) == (201, "")
    assert put(azure, {"amount": 200}) == (200, "")

    properties = azure.arm("GET", PATH, api_version=VERSION).json()["properties"]
    assert properties["amount"] == 200
    assert properties["timePeriod"]["startDate"] == START
    assert properties["timePeriod"]["endDate"].startswith(str(NOW.year + 10))
    assert azure.arm("DELETE", PATH, api_version=VERSION).status_code == 200
    assert error(azure.arm("GET", PATH, api_version=VERSION))[0] == 404


def test_a_budget_keeps_its_start(azure: LocalAzure) -> None:
    """Only a new one must not begin in the past."""
    assert put(azure, {"timePeriod": {"startDate": "2020-01-01T00:00:00Z"}}) == (400, "InvalidStartDate")
    put(azure, {})
    assert put(azure, {"timePeriod": {"startDate": "2020-01-01T00:00:00Z"}}) == (200, "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"amount": 0}, "InvalidRequestContent", id="amount"),
        pytest.param({"timeGrain": "Daily"}, "InvalidRequestContent", id="grain"),
        pytest.param({"timePeriod": {"startDate": f"{NOW:%Y-%m}-02"}}, "InvalidStartDate", id="mid-month"),
        pytest.param({"timePeriod": {"startDate": "soon"}}, "InvalidStartDate", id="no-date"),
        pytest.param(
            {"notifications": {"a": TELL | {"threshold": 2000}}}, "InvalidRequestContent", id="share"
        ),
        pytest.param({"notifications": {"a": TELL | {"contactEmails": []}}}, "BadRequest", id="nobody"),
        pytest.param(
            {"notifications": {"a": TELL | {"contactGroups": [f"{GROUP}/none"]}}},
            "ActionGroupNotFound",
            id="group",
        ),
    ],
)
def test_refusals(azure: LocalAzure, change: Json, code: str) -> None:
    assert put(azure, change) == (400, code)

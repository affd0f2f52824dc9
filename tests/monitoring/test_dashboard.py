"""sre.Dashboard: a workbook over the agent's telemetry."""

import json
import uuid
from typing import Any

import pulumi_sre_agent as sre
from support.mocks import SUBSCRIPTION, Registered, run

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
TELEMETRY = f"{GROUP}/providers/microsoft.insights/components/appi-oncall"
WORKBOOK = "azure-native:applicationinsights:Workbook"


def dashboard(name: str = "oncall", group: str = "rg") -> Registered:
    return run(
        lambda: sre.Dashboard(
            name,
            {"app_insights_id": TELEMETRY, "resource_group_name": group, "location": "swedencentral"},
        )
    )


def document() -> Any:
    return json.loads(dashboard().one(WORKBOOK).inputs["serializedData"])


def test_the_workbook_belongs_to_the_agents_telemetry() -> None:
    made = dashboard().one(WORKBOOK)

    assert (made.name, made.parent) == ("oncall", "oncall")
    assert made.inputs["sourceId"] == TELEMETRY
    assert (made.inputs["kind"], made.inputs["category"]) == ("shared", "workbook")
    assert made.inputs["displayName"] == "SRE Agent incidents"
    assert document()["fallbackResourceIds"] == [TELEMETRY]


def test_it_is_always_called_the_same() -> None:
    """And differently in another group, and for another component."""
    names = [
        dashboard(*which).one(WORKBOOK).inputs["resourceName"]
        for which in (("oncall", "rg"), ("oncall", "rg"), ("oncall", "other"), ("second", "rg"))
    ]

    assert names[0] == names[1]
    assert len({str(uuid.UUID(name)) for name in names}) == 3


def test_it_is_found_in_the_portal() -> None:
    outputs = dashboard().outputs["sre:index:Dashboard::oncall"]

    assert outputs["portal_url"] == f"https://portal.azure.com/#resource{outputs['workbook_id']}/workbook"


def test_every_query_asks_the_agents_telemetry_as_far_back_as_it_looks() -> None:
    """Twice 90 days, the longest period that can be chosen."""
    queries = [item["content"] for item in document()["items"] if item["type"] == 3]

    assert len(queries) > 5
    for content in queries:
        assert content["crossComponentResources"] == [TELEMETRY]
        assert content["timeContext"] == {"durationMs": 180 * 24 * 60 * 60 * 1000}


def test_every_parameter_of_a_query_can_be_chosen() -> None:
    items = document()["items"]
    (chosen,) = [item["content"]["parameters"] for item in items if item["type"] == 9]

    (period,) = chosen
    values = json.loads(period["jsonData"])
    assert (period["name"], period["value"]) == ("Period", "30d")
    assert [value["value"] for value in values] == ["7d", "30d", "90d"]
    assert [value["value"] for value in values if value["selected"]] == ["30d"]


def test_it_shows_what_became_of_incidents() -> None:
    """Reviewed, by whom they were mitigated, who was waited for, plans, time, trend and units."""
    names = [item["name"] for item in document()["items"]]
    (outcomes,) = [item["content"] for item in document()["items"] if item["name"] == "outcomes"]

    assert names == [
        "title", "period", "outcomes", "trend", "time-to-mitigate", "plans", "pending", "spend", "units",
        "units-by-day", "tokens",
    ]  # fmt: skip
    for shown in (
        "Reviewed", "Mitigated by the agent", "Assisted by the agent", "Mitigated by people",
        "Pending human action",
    ):  # fmt: skip
        assert f'"{shown}"' in outcomes["query"]
    assert outcomes["tileSettings"]["leftContent"]["columnMatch"] == "Incidents"

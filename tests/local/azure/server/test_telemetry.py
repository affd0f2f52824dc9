"""Telemetry that is sent to the local Azure, and queries of it.

See docs/reference/run-time.md#activity-in-telemetry.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.azure import LocalAzure
from support.telemetry import component, track

NOW = datetime.now(UTC)


def ask(azure: LocalAzure, component_id: str, **body: Any) -> Any:
    return azure.arm("POST", f"{component_id}/query", body, api_version="2018-04-20")


def test_events_are_found_by_query_and_time(azure: LocalAzure) -> None:
    made, other = component(azure), component(azure, "appi-other")
    for hours, name in ((1, "AgentToolExecution"), (30, "AgentToolExecution"), (1, "AgentResponse")):
        track(
            azure, made["properties"]["InstrumentationKey"], name, NOW - timedelta(hours=hours), ToolName="az"
        )
    query = "customEvents | where name == 'AgentToolExecution' | project timestamp, customDimensions"
    (table,) = ask(azure, made["id"], query=query, timespan="P1D").json()["tables"]

    assert table["columns"] == [
        {"name": "timestamp", "type": "datetime"},
        {"name": "customDimensions", "type": "dynamic"},
    ]
    ((time, dimensions),) = table["rows"]
    assert (datetime.fromisoformat(time), dimensions) == (NOW - timedelta(hours=1), '{"ToolName": "az"}')
    assert len(ask(azure, made["id"], query=query).json()["tables"][0]["rows"]) == 2
    assert ask(azure, other["id"], query=query).json()["tables"][0]["rows"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": "requests"},
        {"query": "customEvents | render timechart"},
        {"query": "customEvents", "timespan": "yesterday"},
        {"query": "customEvents", "timespan": "2026-01-01/soon"},
    ],
)
def test_a_query_that_cannot_be_read(azure: LocalAzure, body: dict[str, str]) -> None:
    assert ask(azure, component(azure)["id"], **body).status_code == 400


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        ("no JSON", 400, "Invalid JSON"),
        ("[1]", 400, "Invalid envelope"),
        (
            '{"time": "2026-01-01T00:00:00Z", "iKey": "k", "data": {"baseType": "MessageData"}}',
            400,
            "Only EventData is kept here",
        ),
        (
            '{"time": "2026-01-01", "iKey": "", "data": {"baseType": "EventData", "baseData": {"name": ""}}}',
            400,
            "Invalid instrumentation key",
        ),
    ],
)
def test_what_is_not_taken_is_said(azure: LocalAzure, content: str, status: int, message: str) -> None:
    answer = azure.http.post("/v2/track", content=content)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"] == message

"""Incidents listed and counted, by what the dashboard's queries count as what."""

from datetime import UTC, datetime, timedelta

import pytest

from pulumi_sre_agent.api import Client, ConfigError, IncidentCounts, NotFound, Unavailable
from support.azure import LocalAzure
from support.scripted import AGENT, Script, reply
from support.telemetry import component, snapshot

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
COMPONENT = "/subscriptions/s/resourceGroups/rg/providers/microsoft.insights/components/appi"


@pytest.fixture
def agent(azure: LocalAzure) -> str:
    """Make an agent that has seen six incidents, of which one is two months old."""
    told = component(azure)
    insights = {
        "appId": told["properties"]["AppId"],
        "connectionString": told["properties"]["ConnectionString"],
    }
    for incident, hours, members in (
        ("alone", 50, {"Status": "active", "Platform": "PagerDuty"}),
        ("alone", 49, {"Platform": "PagerDuty", "MitigatedByAgent": "True", "ResponsePlanId": "checkout"}),
        ("helped", 5, {"Platform": "PagerDuty", "AssistedByAgent": "True", "MitigatedOn": NOW.isoformat()}),
        ("offered", 4, {"Platform": "AzMonitor", "AssistedByAgent": "True", "ResponsePlanId": "checkout"}),
        ("people", 3, {"Platform": "AzMonitor", "MitigatedOn": NOW.isoformat()}),
        ("open", 2, {"Platform": "AzMonitor", "Title": "It is slow", "Severity": "Sev2"}),
        ("old", 60 * 24, {"Platform": "AzMonitor"}),
    ):
        snapshot(azure, told, incident, NOW - hours * HOUR, **members)
    return azure.agent(logConfiguration={"applicationInsightsConfiguration": insights})


def counts(*numbers: int) -> IncidentCounts:
    names = ("reviewed", "mitigated", "assisted", "mitigated_by_people", "waiting")
    return IncidentCounts(**dict(zip(names, numbers, strict=True)))


def test_an_incident_is_its_newest_snapshot(client: Client, agent: str) -> None:
    incidents = client.agent(agent).incidents
    listed = list(incidents.list())
    found = incidents.get("open")

    assert [each.id for each in listed] == ["open", "people", "offered", "helped", "alone"]
    assert (listed[-1].mitigated_by_agent, listed[-1].plan, listed[-1].is_waiting) == (
        True,
        "checkout",
        False,
    )
    assert (found.title, found.severity, found.platform, found.is_waiting) == (
        "It is slow",
        "Sev2",
        "AzMonitor",
        True,
    )
    with pytest.raises(NotFound, match="no incident 'old' in this period"):
        incidents.get("old")
    assert incidents.get("old", start=NOW - timedelta(days=90)).is_waiting


def test_they_are_counted_as_on_the_dashboard(client: Client, agent: str) -> None:
    """What people mitigated with the agent's help counts as both."""
    incidents = client.agent(agent).incidents

    assert incidents.count() == counts(5, 1, 2, 2, 1)
    assert incidents.count(platform="azmonitor") == counts(3, 0, 1, 1, 1)
    assert incidents.count(plan="checkout") == counts(2, 1, 1, 0, 0)
    assert incidents.count(start=NOW - 4.5 * HOUR) == counts(3, 0, 1, 1, 1)
    assert incidents.count(start=NOW - 90 * 24 * HOUR, end=NOW - 45 * HOUR) == counts(2, 1, 0, 0, 1)


def test_they_are_counted_by_platform_plan_and_day(client: Client, agent: str) -> None:
    incidents = client.agent(agent).incidents
    days = incidents.count_by("day")

    assert incidents.count_by("platform") == {
        "AzMonitor": counts(3, 0, 1, 1, 1),
        "PagerDuty": counts(2, 1, 1, 1, 0),
    }
    assert incidents.count_by("plan") == {"": counts(3, 0, 1, 2, 1), "checkout": counts(2, 1, 1, 0, 0)}
    assert days[(NOW - 49 * HOUR).date().isoformat()] == counts(1, 1, 0, 0, 0)
    assert sum(day.reviewed for day in days.values()) == 5


def test_an_agent_that_does_not_say_where_it_writes(azure: LocalAzure, client: Client) -> None:
    """Is asked about with the component's id."""
    told = component(azure)
    snapshot(azure, told, "one", NOW - HOUR)
    agent = azure.agent()

    with pytest.raises(ConfigError, match="give the ARM id of its Application Insights component"):
        client.agent(agent).incidents.count()
    assert client.agent(agent, app_insights_id=told["id"]).incidents.count().reviewed == 1


def test_a_period_that_ends_before_it_begins(client: Client, agent: str) -> None:
    with pytest.raises(ConfigError, match="after its end"):
        client.agent(agent).incidents.count(start=NOW, end=NOW - HOUR)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {"tables": [], "error": {"code": "PartialError"}},
            "a part of the events: ask for a shorter period",
        ),
        ({"tables": []}, "not a table"),
        ({"tables": [{"columns": [{"name": "timestamp"}], "rows": [["x"]]}]}, "not a table"),
    ],
)
def test_an_answer_that_is_not_whole_is_not_counted(script: Script, answer: object, says: str) -> None:
    script.agent().on("POST", "/query$", reply(200, answer))
    with script.azure() as azure, pytest.raises(Unavailable, match=says):
        azure.agent(AGENT, app_insights_id=COMPONENT).incidents.count()

"""`sre-agent incident`, to the letter but for days."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import ages, watching
from support.operated import Operated
from support.telemetry import component, snapshot

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def when(hours: float) -> str:
    return (NOW - hours * HOUR).isoformat()


@pytest.fixture
def incidents(operated: Operated) -> Operated:
    """Four incidents, of which the agent ended one in 30 minutes, and people one in two hours, assisted."""
    azure = operated.azure
    told = component(azure)
    names = {"AppId": "appId", "ConnectionString": "connectionString"}
    insights = {theirs: told["properties"][ours] for ours, theirs in names.items()}
    alone = {
        "CreatedOn": when(50),
        "MitigatedOn": when(49.5),
        "MitigatedByAgent": "True",
        "Platform": "PagerDuty",
    }
    helped = {
        "CreatedOn": when(5),
        "MitigatedOn": when(3),
        "AssistedByAgent": "True",
        "Platform": "AzMonitor",
    }
    for incident, hours, members in (
        ("PD-1", 49, {**alone, "Title": "Checkout is down", "Severity": "P1", "ResponsePlanId": "checkout"}),
        ("AM-1", 3, {**helped, "Title": "Queue is long", "Severity": "Sev2"}),
        ("AM-2", 2, {"AssistedByAgent": "True", "Title": "Disk is full", "Platform": "AzMonitor"}),
        ("AM-3", 1, {"Title": "It is slow", "Severity": "Sev3", "Platform": "AzMonitor"}),
    ):
        snapshot(azure, told, incident, NOW - hours * HOUR, **members)
    azure.agent("oncall", logConfiguration={"applicationInsightsConfiguration": insights})
    return operated


LIST = """\
ID    SEVERITY  TITLE             OUTCOME             PLAN      SEEN
AM-3  Sev3      It is slow        waiting                       1h
AM-2            Disk is full      assisted                      2h
AM-1  Sev2      Queue is long     by people, assisted           3h
PD-1  P1        Checkout is down  mitigated by agent  checkout  2d
"""


def test_the_newest_come_first(incidents: Operated) -> None:
    shown = incidents.call("incident", "list", COLUMNS="80")

    assert (shown.code, re.sub(r" +", " ", shown.out)) == (0, re.sub(r" +", " ", LIST))
    assert [each["id"] for each in incidents.call("incident", "list", "--waiting", "--json").json] == ["AM-3"]
    assert len(incidents.call("incident", "list", "--since", "4h", "--json").json) == 3
    assert "looked into nothing" in incidents.call("incident", "list", "--platform", "ServiceNow").err


def test_watching_shows_what_waits_for_people(incidents: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `list` does with both options; what does not change is not printed again."""
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) % 2 == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(watching, "sleep", sleep)
    watched = incidents.call("incident", "watch", "--since", "7d", COLUMNS="80")

    assert watched == incidents.call(
        "incident", "list", "--waiting", "--watch", "--since", "7d", COLUMNS="80"
    )
    assert (watched.code, watched.out.count("AM-3")) == (0, 1)
    assert not {"AM-1", "AM-2", "PD-1"} & set(watched.out.split())
    (row,) = json.loads(incidents.call("incident", "watch", "--json").out)
    assert row["outcome"] == "waiting"


def test_one_is_shown(incidents: Operated) -> None:
    shown = incidents.call("incident", "show", "PD-1").out

    assert "  response plan     checkout\n" in shown
    assert "  time to mitigate  30 minutes\n" in shown
    assert incidents.call("incident", "show", "PD-1", "--json").json["outcome"] == "mitigated by agent"
    missing = incidents.call("incident", "show", "PD-9")
    assert missing.code == 1
    assert "oncall" in missing.err.splitlines()[-1]


SUMMARY = """\
  reviewed                    4
  mitigated by the agent      1        25%
  assisted                    2        50%
  mitigated by people         1        25%
  waiting for people          1        25%
  median to mitigate, agent   30 min
  median to mitigate, people  120 min
"""
PLANS = """\
RESPONSE PLAN  REVIEWED  MITIGATED  ASSISTED  PEOPLE  WAITING
none           3         0          2         1       1
checkout       1         1          0         0       0

PLATFORM   REVIEWED  MITIGATED  ASSISTED  PEOPLE  WAITING
AzMonitor  3         0          2         1       1
PagerDuty  1         1          0         0       0
"""


def test_a_summary_counts_as_the_product_does(incidents: Operated, tmp_path: Path) -> None:
    page = tmp_path / "incidents.html"
    shown = incidents.call("incident", "summary", "--since", "7d", "--html", str(page), COLUMNS="80").out
    told = incidents.call("incident", "summary", "--json").json
    html = page.read_text()

    assert SUMMARY in shown
    assert shown.endswith(f"\n\n{PLANS}")
    assert (told["reviewed"], told["shareMitigated"]) == (4, 0.25)
    assert told["medianMinutesToMitigate"] == {"agent": 30.0, "people": 120.0}
    assert sum(day["reviewed"] for day in told["byDay"].values()) == 4
    assert "<b>1 (25%)</b>mitigated by the agent" in html
    assert html.count("<rect ") >= 2
    assert not re.search(r"(src|href)=", html)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("90m", lambda now: now - timedelta(minutes=90)),
        ("30d", lambda now: now - timedelta(days=30)),
        ("2026-11-01", lambda _: datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00+02:00", lambda _: datetime(2026, 11, 1, 8, tzinfo=UTC)),
    ],
)
def test_how_far_back_is_an_age_or_a_time(text: str, start: Callable[[datetime], datetime]) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    assert ages.since(text, now) == start(now)


@pytest.mark.parametrize("text", ["", "d", "yesterday", "-3d", "3w", "99999999999999d"])
def test_what_is_neither_is_refused(text: str) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    with pytest.raises(ConfigError, match="says no time: give an age, such as 24h or 30d, or a day"):
        ages.since(text, now)

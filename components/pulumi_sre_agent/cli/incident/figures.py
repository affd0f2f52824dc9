"""What a period's incidents come to: the figures of the product's own page.

Definitions: docs/reference/run-time.md#activity-in-telemetry.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from pulumi_sre_agent.api.runtime.incidents import Incident, IncidentCounts


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Incidents of a period, counted."""

    start: datetime
    end: datetime
    total: IncidentCounts
    by_day: Mapping[date, IncidentCounts]
    """Every day of the period (UTC), also those without any."""
    by_plan: Mapping[str, IncidentCounts]
    """Empty name: no plan took it."""
    by_platform: Mapping[str, IncidentCounts]
    minutes_by_agent: float | None
    """Median from beginning to end, of those that the agent ended; None without any."""
    minutes_by_people: float | None

    @property
    def share(self) -> float | None:
        """Of what was looked into, how much the agent mitigated."""
        return self.total.mitigated / self.total.reviewed if self.total.reviewed else None

    def json(self) -> dict[str, Any]:
        """Return the figures for programs."""

        def counts(each: IncidentCounts) -> dict[str, int]:
            named = asdict(each)
            named["mitigatedByPeople"] = named.pop("mitigated_by_people")
            return named

        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            **counts(self.total),
            "shareMitigated": self.share,
            "medianMinutesToMitigate": {"agent": self.minutes_by_agent, "people": self.minutes_by_people},
            "byDay": {day.isoformat(): counts(each) for day, each in self.by_day.items()},
            "byPlan": {name: counts(each) for name, each in self.by_plan.items()},
            "byPlatform": {name: counts(each) for name, each in self.by_platform.items()},
        }


COLUMNS = ("Reviewed", "Mitigated", "Assisted", "People", "Waiting")
"""What `numbers` returns, in order."""


def numbers(counts: IncidentCounts) -> tuple[int, ...]:
    """Return counts as the columns of a table."""
    return counts.reviewed, counts.mitigated, counts.assisted, counts.mitigated_by_people, counts.waiting


def describe_minutes(minutes: float | None) -> str:
    """Say a median for people."""
    return "none" if minutes is None else f"{minutes:,.0f} min"


def count(incidents: Sequence[Incident], start: datetime, end: datetime) -> Figures:
    """Count incidents that were seen from `start` to `end`."""
    days: dict[date, list[Incident]] = {
        start.date() + timedelta(days=number): [] for number in range((end.date() - start.date()).days + 1)
    }
    for incident in incidents:
        days.setdefault(incident.seen.date(), []).append(incident)
    return Figures(
        start=start,
        end=end,
        total=IncidentCounts.of(incidents),
        by_day={day: IncidentCounts.of(days[day]) for day in sorted(days)},
        by_plan=_grouped((each.plan, each) for each in incidents),
        by_platform=_grouped((each.platform, each) for each in incidents),
        minutes_by_agent=_median(each for each in incidents if each.mitigated_by_agent),
        minutes_by_people=_median(each for each in incidents if each.mitigated_by_people),
    )


def _grouped(incidents: Iterable[tuple[str, Incident]]) -> dict[str, IncidentCounts]:
    """Count by a name, the most incidents first."""
    groups: defaultdict[str, list[Incident]] = defaultdict(list)
    for name, incident in incidents:
        groups[name].append(incident)
    names = sorted(groups, key=lambda name: (-len(groups[name]), name))
    return {name: IncidentCounts.of(groups[name]) for name in names}


def _median(incidents: Iterable[Incident]) -> float | None:
    minutes = [each.minutes_to_mitigate for each in incidents if each.minutes_to_mitigate is not None]
    return round(median(minutes), 1) if minutes else None

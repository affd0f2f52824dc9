"""Incidents that an agent has looked into: listed and counted, from what it writes to Application Insights.

What counts as what is as on the dashboard, whose queries ask the same.

See docs/reference/run-time.md#activity-in-telemetry.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.runtime.telemetry import Telemetry, utc

EVENT = "IncidentActivitySnapshot"

Grouping = Literal["platform", "plan", "day"]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An incident as its newest snapshot has it."""

    id: str
    title: str
    severity: str
    status: str
    platform: str
    """`AzMonitor`, `PagerDuty`, `ServiceNow`."""
    service: str
    plan: str
    """The response plan that took it; empty without one."""
    autonomy: str
    """`autonomous` or `review`."""
    seen: datetime
    """When the snapshot was taken."""
    created_on: datetime | None
    handled_on: datetime | None
    mitigated_on: datetime | None
    mitigated_by_agent: bool
    assisted_by_agent: bool
    """The agent supplied findings, and a person finished."""

    @property
    def mitigated_by_people(self) -> bool:
        """Also of one that the agent assisted with."""
        return self.mitigated_on is not None and not self.mitigated_by_agent

    @property
    def minutes_to_mitigate(self) -> float | None:
        """From its beginning to its end; None where the snapshot lacks either, or has them the other way."""
        if self.created_on is None or self.mitigated_on is None or self.mitigated_on <= self.created_on:
            return None
        return (self.mitigated_on - self.created_on).total_seconds() / 60

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for people: nobody has mitigated it, and the agent has not assisted."""
        return not (self.mitigated_by_agent or self.assisted_by_agent or self.mitigated_by_people)


@dataclass(frozen=True, kw_only=True)
class IncidentCounts:
    """How many incidents ended how; one that the agent assisted with and people mitigated counts as both."""

    reviewed: int
    """All that were looked into."""
    mitigated: int
    """By the agent, alone."""
    assisted: int
    mitigated_by_people: int
    waiting: int
    """For people."""

    @classmethod
    def of(cls, incidents: Iterable[Incident]) -> Self:
        """Count incidents that were listed."""
        counted = [*incidents]

        def how_many(member: str) -> int:
            return sum(bool(getattr(incident, member)) for incident in counted)

        return cls(
            reviewed=len(counted),
            mitigated=how_many("mitigated_by_agent"),
            assisted=how_many("assisted_by_agent"),
            mitigated_by_people=how_many("mitigated_by_people"),
            waiting=how_many("is_waiting"),
        )


class Incidents:
    """The incidents of one agent, or of all that write to the same Application Insights component.

    Times without a zone are UTC. Raises as `Telemetry`.
    """

    def __init__(self, telemetry: Telemetry, agent_id: str) -> None:
        self._telemetry, self._agent_id = telemetry, agent_id

    def list(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        platform: str | None = None,
        plan: str | None = None,
    ) -> Iterator[Incident]:
        """Yield what was seen from `start` (30 days before `end`) to `end` (now), the newest first.

        `platform`, `plan`: only these, without regard to case.
        """
        newest: dict[str, Incident] = {}
        for incident in self._seen(start, end):
            known = newest.get(incident.id)
            if known is None or known.seen <= incident.seen:
                newest[incident.id] = incident
        for incident in sorted(newest.values(), key=lambda each: each.seen, reverse=True):
            if _fits(incident.platform, platform) and _fits(incident.plan, plan):
                yield incident

    def get(
        self, incident_id: str, *, start: datetime | None = None, end: datetime | None = None
    ) -> Incident:
        """Return one that was seen in the period, by default the last 30 days. Raises `NotFound`."""
        for incident in self.list(start=start, end=end):
            if incident.id == incident_id:
                return incident
        name = ArmId(self._agent_id).short_name
        raise NotFound(f"{name} has looked into no incident {incident_id!r} in this period.", status=404)

    def count(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        platform: str | None = None,
        plan: str | None = None,
    ) -> IncidentCounts:
        """Count what `list` yields."""
        return IncidentCounts.of(self.list(start=start, end=end, platform=platform, plan=plan))

    def count_by(
        self, grouping: Grouping, *, start: datetime | None = None, end: datetime | None = None
    ) -> Mapping[str, IncidentCounts]:
        """Count what `list` yields by platform, plan (empty without one) or day (`2026-11-30`, UTC)."""
        groups: defaultdict[str, list[Incident]] = defaultdict(list)
        for incident in self.list(start=start, end=end):
            groups[_group(incident, grouping)].append(incident)
        return {name: IncidentCounts.of(groups[name]) for name in sorted(groups)}

    def _seen(self, start: datetime | None, end: datetime | None) -> Iterator[Incident]:
        for time, snapshot in self._telemetry.events(EVENT, start, end):
            if snapshot.get("IncidentId"):
                yield _incident(snapshot, time)


def _incident(snapshot: Json, seen: str) -> Incident:
    def text(member: str) -> str:
        return str(snapshot.get(member) or "")

    by_agent = text("IncidentMitigatedByAgent").lower() == "true"
    return Incident(
        id=text("IncidentId"),
        title=text("IncidentTitle"),
        severity=text("IncidentSeverity"),
        status=text("IncidentStatus"),
        platform=text("IncidentPlatform"),
        service=text("IncidentImpactedService"),
        plan=text("ResponsePlanId"),
        autonomy=text("AgentAutonomyLevel"),
        seen=_time(seen) or datetime.min.replace(tzinfo=UTC),
        created_on=_time(text("IncidentCreatedOn")),
        handled_on=_time(text("IncidentHandledOn")),
        mitigated_on=_time(text("IncidentMitigatedOn")),
        mitigated_by_agent=by_agent,
        assisted_by_agent=text("IncidentAssistedByAgent").lower() == "true" and not by_agent,
    )


def _time(text: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _fits(value: str, wanted: str | None) -> bool:
    return wanted is None or value.lower() == wanted.lower()


def _group(incident: Incident, grouping: Grouping) -> str:
    names = {"platform": incident.platform, "plan": incident.plan, "day": incident.seen.date().isoformat()}
    return names[grouping]

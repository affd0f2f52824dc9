"""Incidents that an agent has looked into: listed and counted, from what it writes to Application Insights.

What counts as what is as on the dashboard, whose queries ask the same.

See docs/reference/run-time.md#activity-in-telemetry.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError, NotFound, Unavailable
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done

QUERY = "customEvents | where name == 'IncidentActivitySnapshot' | project timestamp, customDimensions"
PERIOD = timedelta(days=30)
"""How far back to look where nobody says."""

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

    Times without a zone are UTC. Raises `ConfigError` where it is not known which component that is, else as
    ARM does; reading it takes the role Monitoring Reader or its like.
    """

    def __init__(self, control: ControlPlane, agent_id: str, app_insights_id: str | None = None) -> None:
        self._control, self._agent_id, self._component = control, agent_id, app_insights_id

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
        last = _utc(end or datetime.now(UTC))
        first = _utc(start) if start else last - PERIOD
        if first > last:
            raise ConfigError(f"The period begins at {first.isoformat()}, after its end, {last.isoformat()}.")
        body = {"query": QUERY, "timespan": f"{first.isoformat()}/{last.isoformat()}"}
        path = f"{self._component_id()}/query"
        answer = post_until_done(
            self._control, lambda: self._control.post(path, versions.APP_INSIGHTS_QUERY, body)
        )
        for time, snapshot in _snapshots(answer or {}):
            if snapshot.get("IncidentId"):
                yield _incident(snapshot, time)

    def _component_id(self) -> str:
        """Return the component that the agent says it writes to, looked for by its app id where need be."""
        if self._component is None:
            agent = self._control.get(self._agent_id, versions.AGENT_PREVIEW)
            log = (agent.get("properties") or {}).get("logConfiguration") or {}
            told = log.get("applicationInsightsConfiguration") or {}
            self._component = told.get("applicationInsightsResourceId") or self._find(told.get("appId"))
        return self._component

    def _find(self, app_id: str | None) -> str:
        subscription = ArmId.scope(ArmId(self._agent_id).subscription_id)
        path = f"{subscription}/providers/microsoft.insights/components"
        for component in self._control.list(path, versions.APP_INSIGHTS) if app_id else ():
            if (component.get("properties") or {}).get("AppId") == app_id:
                return str(component["id"])
        name = ArmId(self._agent_id).short_name
        raise ConfigError(
            f"It is not known where {name} writes what it does: give the ARM id of its Application Insights "
            "component as app_insights_id."
        )


def _snapshots(answer: Json) -> list[tuple[str, Json]]:
    """Return time and members of each row. Raises `Unavailable` for an answer that is not whole."""
    if answer.get("error"):
        raise Unavailable(
            "Application Insights answered with a part of the incidents: ask for a shorter period."
        )
    try:
        table = answer["tables"][0]
        names = [column["name"] for column in table["columns"]]
        rows = [dict(zip(names, row, strict=True)) for row in table["rows"]]
        return [(str(row["timestamp"]), _object(row["customDimensions"])) for row in rows]
    except (KeyError, IndexError, TypeError, ValueError):
        raise Unavailable("Application Insights answered with something that is not a table.") from None


def _object(dynamic: Any) -> Json:
    """Read a dynamic column, which is JSON in a string. Raises ValueError."""
    return dict(json.loads(dynamic) if isinstance(dynamic, str) else dynamic)


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
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _fits(value: str, wanted: str | None) -> bool:
    return wanted is None or value.lower() == wanted.lower()


def _group(incident: Incident, grouping: Grouping) -> str:
    names = {"platform": incident.platform, "plan": incident.plan, "day": incident.seen.date().isoformat()}
    return names[grouping]

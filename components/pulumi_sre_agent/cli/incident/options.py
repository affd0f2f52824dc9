"""Options that commands about incidents share, and what they say of one."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_sre_agent.cli import ages

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.incidents import Incident

Since = Annotated[
    str,
    typer.Option(
        "--since", metavar="AGE|DAY", help="How far back to look: 24h, 30d, or a day as 2026-11-01."
    ),
]
Platform = Annotated[
    str | None, typer.Option("--platform", metavar="NAME", help="Only of AzMonitor, PagerDuty or ServiceNow.")
]
Plan = Annotated[
    str | None, typer.Option("--plan", metavar="NAME", help="Only what this response plan took.")
]


def start_of(since: str) -> datetime:
    """Return since when to look. Raises `ConfigError`."""
    return ages.since(since, datetime.now(UTC))


def outcome(incident: "Incident") -> str:
    """Say in a word who ended an incident, or that it waits."""
    if incident.mitigated_by_agent:
        return "mitigated by agent"
    if incident.mitigated_by_people:
        return "by people, assisted" if incident.assisted_by_agent else "mitigated by people"
    return "assisted" if incident.assisted_by_agent else "waiting"


def describe(incident: "Incident") -> dict[str, Any]:
    """Return an incident for programs; times in ISO 8601, None where it has none."""

    def time(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "id": incident.id,
        "title": incident.title,
        "severity": incident.severity,
        "status": incident.status,
        "outcome": outcome(incident),
        "platform": incident.platform,
        "service": incident.service,
        "responsePlan": incident.plan,
        "autonomy": incident.autonomy,
        "createdOn": time(incident.created_on),
        "handledOn": time(incident.handled_on),
        "mitigatedOn": time(incident.mitigated_on),
        "lastSeen": time(incident.seen),
        "minutesToMitigate": incident.minutes_to_mitigate,
    }

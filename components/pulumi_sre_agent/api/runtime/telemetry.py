"""What an agent writes to its Application Insights, read by the query API of ARM.

See docs/reference/run-time.md#activity-in-telemetry.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done

PERIOD = timedelta(days=30)
"""How far back to look where nobody says."""


class Telemetry:
    """The custom events of one agent's Application Insights component.

    Times without a zone are UTC. Raises `ConfigError` where it is not known which component that is, else as
    ARM does; reading it takes the role Monitoring Reader or its like.
    """

    def __init__(self, control: ControlPlane, agent_id: str, app_insights_id: str | None = None) -> None:
        self._control, self._agent_id, self._component = control, agent_id, app_insights_id

    def events(
        self, name: str, start: datetime | None = None, end: datetime | None = None
    ) -> list[tuple[str, Json]]:
        """Return time and dimensions of each event of a name, from `start` (`PERIOD` before `end`) to `end`.

        Raises `Unavailable` for an answer that is not whole.
        """
        last = utc(end or datetime.now(UTC))
        first = utc(start) if start else last - PERIOD
        if first > last:
            raise ConfigError(f"The period begins at {first.isoformat()}, after its end, {last.isoformat()}.")
        query = f"customEvents | where name == '{name}' | project timestamp, customDimensions"
        body = {"query": query, "timespan": f"{first.isoformat()}/{last.isoformat()}"}
        path = f"{self._component_id()}/query"
        answer = post_until_done(
            self._control, lambda: self._control.post(path, versions.APP_INSIGHTS_QUERY, body)
        )
        return [*_rows(answer or {})]

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


def utc(time: datetime) -> datetime:
    """Return the same moment in UTC, which a time without a zone is in."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _rows(answer: Json) -> Iterator[tuple[str, Json]]:
    if answer.get("error"):
        raise Unavailable(
            "Application Insights answered with a part of the events: ask for a shorter period."
        )
    try:
        table = answer["tables"][0]
        names = [column["name"] for column in table["columns"]]
        rows = [dict(zip(names, row, strict=True)) for row in table["rows"]]
        yield from [(str(row["timestamp"]), _object(row["customDimensions"])) for row in rows]
    except (KeyError, IndexError, TypeError, ValueError):
        raise Unavailable("Application Insights answered with something that is not a table.") from None


def _object(dynamic: Any) -> Json:
    """Read a dynamic column, which is JSON in a string. Raises ValueError."""
    return dict(json.loads(dynamic) if isinstance(dynamic, str) else dynamic)

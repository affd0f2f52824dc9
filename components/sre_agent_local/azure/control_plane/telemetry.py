"""What Application Insights components hold, as far as anybody sends it: custom events, and queries of them.

Queries are in `graph_query`'s part of Kusto. See docs/reference/run-time.md#activity-in-telemetry.
"""

import json
import re
from datetime import UTC, datetime, timedelta

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.azure_state import AzureState

from . import graph_query
from .monitoring import COMPONENT
from .request import ArmRequest, ArmRoute

_TYPES = {"timestamp": "datetime", "name": "string", "Count": "long"}
_COLUMNS = ("timestamp", "name", "customDimensions")
_DURATION = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")


def add_event(azure: AzureState, key: str, name: str, time: datetime, dimensions: dict[str, str]) -> bool:
    """Keep an event for the component with this instrumentation key; tell whether there is one."""
    with azure.store.atomic():
        if not any(each.properties["InstrumentationKey"] == key for each in azure.store.of_type(COMPONENT)):
            return False
        event = {"timestamp": _utc(time).isoformat(), "name": name, "customDimensions": dimensions}
        azure.store.put_setting(_events(key), [*(azure.store.setting(_events(key)) or []), event])
        return True


def query(request: ArmRequest) -> Response:
    """Answer with a table; of dynamic columns each value is JSON in a string, as there."""
    component, body = request.resource(COMPONENT), request.json()
    text = body.get("query")
    if not isinstance(text, str) or not text.strip():
        raise InvalidRequestContent("the member 'query' is missing")
    start, end = _timespan(body.get("timespan"))
    events = request.azure.store.setting(_events(component.properties["InstrumentationKey"])) or []
    within = [each for each in events if start <= datetime.fromisoformat(each["timestamp"]) <= end]
    rows = graph_query.run(text, within, "customEvents")
    names = [*rows[0]] if rows else [*_COLUMNS]
    columns = [{"name": name, "type": _TYPES.get(name, "dynamic")} for name in names]
    cells = [[_cell(row[name]) for name in names] for row in rows]
    return Response(200, {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": cells}]})


def _events(key: str) -> str:
    return f"customEvents/{key}"


def _cell(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _timespan(text: object) -> tuple[datetime, datetime]:
    """Read ISO 8601: an interval of two times, or a duration up to now. Without one, everything."""
    now = datetime.fromtimestamp(clock.now(), UTC)
    if text is None:
        return datetime.min.replace(tzinfo=UTC), now
    start, _, end = str(text).partition("/")
    match = _DURATION.fullmatch(start)
    try:
        if match is None or end:
            return _utc(datetime.fromisoformat(start)), _utc(datetime.fromisoformat(end))
    except ValueError:
        problem = f"The timespan '{text}' is neither an interval nor a duration of ISO 8601."
        raise BadRequest(problem) from None
    days, hours, minutes = map(int, match.groups("0"))
    return now - timedelta(days=days, hours=hours, minutes=minutes), now


ROUTES = [ArmRoute("POST", f"{COMPONENT}/{{}}/query", query)]

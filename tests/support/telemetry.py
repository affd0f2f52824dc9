"""Application Insights of the local Azure: components, and what is sent to them as SDKs send it."""

from datetime import datetime
from typing import Any

from support.azure import REGION, Json, LocalAzure

VERSION = "2020-02-02"


def component(azure: LocalAzure, name: str = "appi-sre") -> Json:
    """Make one; return it with `id` and `properties`."""
    path = f"{azure.group()}/providers/microsoft.insights/components/{name}"
    body = {"location": REGION, "kind": "web", "properties": {"Application_Type": "web"}}
    answer = azure.arm("PUT", path, body, api_version=VERSION)
    assert answer.is_success, answer.text
    made: Json = answer.json()
    return made


def track(azure: LocalAzure, key: str, name: str, time: datetime, **dimensions: Any) -> None:
    """Send a custom event to the component with an instrumentation key."""
    envelope = {
        "name": "Microsoft.ApplicationInsights.Event",
        "time": time.isoformat(),
        "iKey": key,
        "data": {"baseType": "EventData", "baseData": {"ver": 2, "name": name, "properties": dimensions}},
    }
    answer = azure.http.post("/v2/track", json=[envelope])
    assert answer.status_code == 200, answer.text


def snapshot(azure: LocalAzure, to: Json, incident: str, time: datetime, **members: Any) -> None:
    """Send what an agent writes of an incident, without the members' prefix: `Title`, `MitigatedByAgent`."""
    own = {"AgentAutonomyLevel", "ResponsePlanId", "ResponsePlanCustom"}
    dimensions = {name if name in own else f"Incident{name}": value for name, value in members.items()}
    key = to["properties"]["InstrumentationKey"]
    track(azure, key, "IncidentActivitySnapshot", time, IncidentId=incident, **dimensions)

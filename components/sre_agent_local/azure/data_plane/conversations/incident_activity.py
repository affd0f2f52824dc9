"""What an agent writes of its incidents to Application Insights: a snapshot whenever one changes.

See docs/reference/run-time.md#activity-in-telemetry.
"""

import re
from datetime import UTC, datetime

from sre_agent_local.azure import clock
from sre_agent_local.azure.control_plane import telemetry
from sre_agent_local.azure.control_plane.monitoring import COMPONENT
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

QUICKSTART_PLANS = ("quickstart_response_plan", "quickstart_handler")
EVENT = "IncidentActivitySnapshot"
_KEY = re.compile(r"InstrumentationKey=([^;]+)", re.IGNORECASE)


def write_snapshot(azure: AzureState, agent: Resource, thread: Resource) -> None:
    """Write how an incident stands; nothing where the agent names no component that is here."""
    key = _instrumentation_key(azure, agent)
    if key is None:
        return
    record, body = thread.state["incident"], thread.document["thread"]
    incident, plan = record["incident"], str(record["plan"])
    dimensions = {
        "IncidentId": incident["id"],
        "IncidentTitle": incident["title"],
        "IncidentSeverity": incident["priority"],
        "IncidentStatus": "resolved" if record["resolvedBy"] else "active",
        "IncidentPlatform": incident["platform"],
        "IncidentMitigatedByAgent": str(record["resolvedBy"] == "agent"),
        "IncidentAssistedByAgent": str(record["resolvedBy"] == "user"),
        "IncidentImpactedService": incident["service"],
        "IncidentCreatedOn": body["incidentDetails"]["incidentCreatedTime"],
        "IncidentHandledOn": body["createdTimestamp"],
        "IncidentMitigatedOn": record["resolvedOn"],
        "AgentAutonomyLevel": str(body["agentMode"]).lower(),
        "ResponsePlanId": plan,
        "ResponsePlanCustom": str(plan.lower() not in QUICKSTART_PLANS),
        "ThreadId": body["id"],
        "gen_ai.agent.id": agent.id,
        "gen_ai.agent.name": agent.name,
    }
    telemetry.add_event(azure, key, EVENT, datetime.fromtimestamp(clock.now(), UTC), dimensions)


def _instrumentation_key(azure: AzureState, agent: Resource) -> str | None:
    """Return the key of the component that the agent writes to, by whatever it names it."""
    log: Json = agent.properties.get("logConfiguration") or {}
    insights = log.get("applicationInsightsConfiguration") or {}
    if match := _KEY.search(str(insights.get("connectionString") or "")):
        return match[1]
    component_id, app_id = insights.get("applicationInsightsResourceId"), insights.get("appId")
    for component in azure.store.of_type(COMPONENT):
        if component.id.lower() == str(component_id).lower() or (
            app_id and component.properties.get("AppId") == app_id
        ):
            return str(component.properties["InstrumentationKey"])
    return None

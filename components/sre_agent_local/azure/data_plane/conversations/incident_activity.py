"""What an agent writes of its incidents to Application Insights: a snapshot whenever one changes.

See docs/reference/run-time.md#activity-in-telemetry.
"""

from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import agent_telemetry

QUICKSTART_PLANS = ("quickstart_response_plan", "quickstart_handler")
EVENT = "IncidentActivitySnapshot"


def write_snapshot(azure: AzureState, agent: Resource, thread: Resource) -> None:
    """Write how an incident stands."""
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
    }
    agent_telemetry.write(azure, agent, thread, EVENT, dimensions)

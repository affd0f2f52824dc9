"""The thread of an incident: opened, joined, reopened, and marked as resolved.

What the plan decided is kept beside it: on an observed thread no member says so.

See docs/reference/run-time.md#incidents.
"""

from sre_agent_local.azure import clock
from sre_agent_local.azure.data_plane.conversations import (
    Opening,
    Origin,
    conversation,
    incident_activity,
    incident_record,
    payloads,
    thread_log,
)
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from .incident import AZURE_MONITOR, Incident
from .plans import Plan

PLATFORM_NAMES = {AZURE_MONITOR: "Azure Monitor"}


def start(azure: AzureState, agent: Resource, incident: Incident, plan: Plan) -> Resource:
    now = clock.now()
    handler = f"by {plan.subagent}" if plan.subagent else "by the agent itself"
    text = f"Acknowledged. Response plan {plan.name} has it handled {handler}, in {plan.mode} mode."
    record = {
        "incident": incident.model_dump(by_alias=True),
        "mergeKey": incident.merge_key,
        "plan": plan.name,
        "subagent": plan.subagent,
        "instructions": plan.instructions,
        "investigatedAt": now,
        "alerts": 1,
        "resolvedBy": None,
        "resolvedOn": "",
    }
    opening = Opening(
        text=incident.alert_text(now),
        author=_platform_author(incident),
        owner=conversation.EVERYBODY,
        title=incident.thread_title,
        acknowledgement=f"{text}\n\n{plan.instructions}".strip(),
        origin=Origin(subagent=plan.subagent or None),
        state={"incident": record},
        members={
            "agentMode": plan.mode,
            "source": "Incident",
            "incidentSource": {
                "incidentType": incident.platform,
                "incidentId": incident.rule or incident.id,
            },
            "incidentDetails": incident.details(now),
            "status": incident_record.status_of(incident.id, "acknowledged"),
            "threadOrigin": "Trigger",
        },
    )
    thread = conversation.start(azure, agent, opening)
    incident_activity.write_snapshot(azure, agent, thread)
    return thread


def join(azure: AzureState, thread: Resource) -> Resource:
    """Count one more alert, which makes the agent do nothing."""
    return azure.store.put(incident_record.with_record(thread, alerts=thread.state["incident"]["alerts"] + 1))


def reopen(azure: AzureState, agent: Resource, thread: Resource, incident: Incident) -> Resource:
    now, count = clock.now(), thread.state["incident"]["alerts"] + 1
    thread = incident_record.with_status(
        thread, "acknowledged", alerts=count, investigatedAt=now, resolvedBy=None, resolvedOn=""
    )
    thread.document["thread"]["incidentDetails"]["isReactivated"] = True
    azure.store.put(thread)
    conversation.post(azure, agent, thread, incident.alert_text(now), _platform_author(incident))
    thread = azure.store.get(thread.id) or thread
    incident_activity.write_snapshot(azure, agent, thread)
    return thread


def body(agent: Resource, thread: Resource) -> Json:
    """Return an incident as `/_local/incidents` shows it."""
    record, shown = thread.state["incident"], thread_log.thread_body(thread)
    return {
        "agent": agent.id,
        "id": record["incident"]["id"],
        "title": shown["title"],
        "platform": record["incident"]["platform"],
        "plan": record["plan"],
        "subagent": record["subagent"] or None,
        "mode": shown["agentMode"],
        "thread": shown["id"],
        "status": shown["status"]["incidentStatus"]["status"],
        "investigation": shown["incidentDetails"]["investigationStatus"],
        "alerts": record["alerts"],
        "resolvedBy": record["resolvedBy"],
    }


def _platform_author(incident: Incident) -> Json:
    return payloads.user(incident.platform, PLATFORM_NAMES.get(incident.platform, incident.platform))

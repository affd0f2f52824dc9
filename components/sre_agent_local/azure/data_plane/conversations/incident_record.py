"""What is kept of the incident whose thread it is: how it stands, and who has mitigated it.

See docs/reference/product.md#life-of-an-incident.
"""

from dataclasses import replace

from sre_agent_local.azure import clock
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import incident_activity, thread_log


def resolve(azure: AzureState, agent: Resource, thread: Resource, by: str) -> Resource:
    """Mark the incident of a thread as mitigated, and write so."""
    thread = with_status(thread, "resolved", resolvedBy=by, resolvedOn=timestamp(clock.now()))
    azure.store.put(thread)
    incident_activity.write_snapshot(azure, agent, thread)
    return thread


def with_status(thread: Resource, status: str, **record: object) -> Resource:
    """Return a thread whose incident stands otherwise, not stored; `record`: as in `with_record`."""
    body = thread.document["thread"]
    thread = with_record(thread, **record)
    details = {**body["incidentDetails"], "incidentStatus": status}
    changed = status_of(thread.state["incident"]["incident"]["id"], status)
    return thread_log.with_members(thread, incidentDetails=details, status=changed)


def with_record(thread: Resource, **members: object) -> Resource:
    """Return a thread of whose incident something else is kept, not stored."""
    incident = {**thread.state["incident"], **members}
    return replace(thread, state={**thread.state, "incident": incident})


def status_of(incident_id: str, status: str) -> Json:
    """Return the member `status` of an incident's thread."""
    actions = {"hasCriticalActions": False, "hasWarningActions": False}
    return {"actionsStatus": actions, "incidentStatus": {"incidentId": incident_id, "status": status}}

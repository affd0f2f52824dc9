"""`/api/v2/incidents/indexing` and what else version 2 and ServiceNow have to do with incidents (C.9)."""

from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import INCIDENT_FILTERS, INDEXING_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, missing, page

BASE = "api/v2/incidents/indexing"
PLATFORMS = ("azmonitor", "pagerduty", "servicenow")
GROUPS = ("Application Development", "Database", "Network", "Service Desk")
"""What ServiceNow has here, since there is none."""


def put(request: AgentRequest) -> Answer:
    platform, body = _platform(request), request.json()
    if body.get("providerType") != platform:
        raise BadRequest(f"The member 'providerType' must be '{platform}'.")
    if platform == "servicenow" and not str(body.get("lookbackDays", 1)).removesuffix(".0").isdecimal():
        raise BadRequest("The member 'lookbackDays' must be a whole number.")
    kept = {member: value for member, value in body.items() if member != "providerType"}
    made = request.azure.store.put(Resource(_id(request), INDEXING_TYPE, {"properties": kept}))
    return Answer(200, made.properties)


def get(request: AgentRequest) -> Answer:
    """Show a configuration without its `providerType`."""
    platform = _platform(request)
    found = request.azure.store.get(_id(request))
    if found is None:
        raise missing("indexing configuration", platform)
    return Answer(200, found.properties)


def list_filters(request: AgentRequest) -> Answer:
    found = items.list_of(request.azure, request.agent, INCIDENT_FILTERS)
    return page([{"id": item.name, "name": item.name, **item.properties} for item in found])


def validate(request: AgentRequest) -> Answer:
    """Say whether a login of ServiceNow's is complete, which is all that can be told here."""
    body = request.json()
    complete = all(body.get(member) for member in ("endpoint", "username", "password"))
    shown: Json = {"result": "valid" if complete else "invalid"}
    return Answer(200, shown)


def assignment_groups(request: AgentRequest) -> Answer:
    wanted = request.query.get("search", "").lower()
    found = [name for name in GROUPS if wanted in name.lower()]
    return Answer(200, [{"sys_id": f"{GROUPS.index(name):032x}", "name": name} for name in found])


def _platform(request: AgentRequest) -> str:
    platform = request.names[0].lower()
    if platform not in PLATFORMS:
        raise missing("incident platform", request.names[0])
    return platform


def _id(request: AgentRequest) -> str:
    return f"{request.agent.id}/incidentIndexing/{_platform(request)}"


ROUTES = [
    AgentRoute("GET", f"{BASE}/{{}}/configuration", get),
    AgentRoute("PUT", f"{BASE}/{{}}/configuration", put),
    AgentRoute("GET", f"{BASE}/servicenow/assignment-groups", assignment_groups),
    AgentRoute("POST", "api/v1/incidentplatformvalidation/servicenow", validate),
    AgentRoute("GET", "api/v2/incidentManagement/incidentFilters", list_filters),
]

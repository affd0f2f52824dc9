"""`/api/v2/incidents/indexing` and what else version 2 and ServiceNow have to do with incidents.

See docs/reference/data-plane.md#incident-filters.
"""

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import INCIDENT_FILTERS, INDEXING_TYPE

from .request import AgentRequest, AgentRoute, not_found, page

BASE = "api/v2/incidents/indexing"
PLATFORMS = ("azmonitor", "pagerduty", "servicenow")
GROUPS = ("Application Development", "Database", "Network", "Service Desk")
"""What ServiceNow has here, since there is none."""


def put(request: AgentRequest) -> Response:
    platform, body = _platform(request), request.json()
    if body.get("providerType") != platform:
        raise BadRequest(f"The member 'providerType' must be '{platform}'.")
    if platform == "servicenow" and not str(body.get("lookbackDays", 1)).removesuffix(".0").isdecimal():
        raise BadRequest("The member 'lookbackDays' must be a whole number.")
    properties = {member: value for member, value in body.items() if member != "providerType"}
    configuration = request.put_child(_id(request), INDEXING_TYPE, properties)
    return Response(200, configuration.properties)


def get(request: AgentRequest) -> Response:
    """Show a configuration without its `providerType`."""
    platform = _platform(request)
    configuration = request.azure.store.get(_id(request))
    if configuration is None:
        raise not_found("indexing configuration", platform)
    return Response(200, configuration.properties)


def list_filters(request: AgentRequest) -> Response:
    filters = request.items(INCIDENT_FILTERS)
    return page([{"id": item.name, "name": item.name, **item.properties} for item in filters])


def validate(request: AgentRequest) -> Response:
    """Say whether a login of ServiceNow's is complete, which is all that can be told here."""
    body = request.json()
    complete = all(body.get(member) for member in ("endpoint", "username", "password"))
    return Response(200, {"result": "valid" if complete else "invalid"})


def assignment_groups(request: AgentRequest) -> Response:
    search = request.query.get("search", "").lower()
    groups = [{"sys_id": f"{index:032x}", "name": name} for index, name in enumerate(GROUPS)]
    return Response(200, [group for group in groups if search in group["name"].lower()])


def _platform(request: AgentRequest) -> str:
    platform = request.names[0].lower()
    if platform not in PLATFORMS:
        raise not_found("incident platform", request.names[0])
    return platform


def _id(request: AgentRequest) -> str:
    return request.child_id("incidentIndexing", _platform(request))


ROUTES = [
    AgentRoute("GET", f"{BASE}/{{}}/configuration", get),
    AgentRoute("PUT", f"{BASE}/{{}}/configuration", put),
    AgentRoute("GET", f"{BASE}/servicenow/assignment-groups", assignment_groups),
    AgentRoute("POST", "api/v1/incidentplatformvalidation/servicenow", validate),
    AgentRoute("GET", "api/v2/incidentManagement/incidentFilters", list_filters),
]

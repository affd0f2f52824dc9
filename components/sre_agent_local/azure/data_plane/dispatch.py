"""The data plane's front door: which agent, is it there yet, is this for the API at all, and whose.

See docs/reference/data-plane.md#general-behaviour.
"""

from sre_agent_local.azure import clock, tokens
from sre_agent_local.azure.agent_items.items import MalformedBody
from sre_agent_local.azure.control_plane import agents
from sre_agent_local.azure.http import media_types
from sre_agent_local.azure.http.messages import IncomingRequest, Response
from sre_agent_local.azure.http.routes import Routes
from sre_agent_local.azure.state.azure_state import AzureState

from . import (
    approvals,
    code_credentials,
    connector_catalogue,
    connector_v2,
    data_actions,
    documents,
    extended_agent,
    extended_agent_v1,
    http_triggers,
    hub,
    incidents_v1,
    incidents_v2,
    instructions,
    plugins,
    repos,
    scheduled_tasks,
    threads,
    tool_permissions,
    tools,
    trigger_runs,
    workspace_memory,
)
from .request import METHOD_NOT_ALLOWED, NO_AGENT, NOT_READY, WEB_PAGE, AgentRequest, AgentRoute, Handler

ROUTES: Routes[Handler] = Routes(
    [
        *extended_agent.ROUTES,
        *extended_agent_v1.ROUTES,
        *repos.ROUTES,
        *threads.ROUTES,
        *approvals.ROUTES,
        *hub.ROUTES,
        *trigger_runs.ROUTES,
        *scheduled_tasks.ROUTES,
        *connector_v2.ROUTES,
        *connector_catalogue.ROUTES,
        *code_credentials.ROUTES,
        *plugins.ROUTES,
        *documents.ROUTES,
        *workspace_memory.ROUTES,
        *instructions.ROUTES,
        *tool_permissions.ROUTES,
        *tools.ROUTES,
        *incidents_v1.ROUTES,
        *incidents_v2.ROUTES,
        *http_triggers.ROUTES,
    ]
)


def dispatch(azure: AzureState, incoming: IncomingRequest) -> Response:
    """Answer a request to `/agents/{label}/…`. Raises AzureError."""
    label, *segments = incoming.segments[1:]
    agent = agents.find_by_label(azure, label)
    if agent is None:
        return NO_AGENT
    if clock.now() < agent.state["readyAt"]:
        return NOT_READY
    match = ROUTES.find(incoming.method, segments)
    if match is None or match.route is None or _wants_page(azure, incoming):
        return WEB_PAGE if incoming.method in ("GET", "HEAD") else METHOD_NOT_ALLOWED
    caller = _caller(azure, incoming, match.route)
    if caller and not data_actions.is_allowed(azure, agent, caller, incoming.method, "/".join(segments)):
        return data_actions.FORBIDDEN
    request = AgentRequest(
        azure,
        agent,
        incoming.method,
        incoming.path,
        match.names,
        incoming.query,
        incoming.content,
        incoming.headers,
        caller,
        incoming.base_url,
        incoming.parts,
        incoming.archive,
    )
    try:
        with azure.store.atomic():
            return match.route.handler(request)
    except MalformedBody:
        return METHOD_NOT_ALLOWED


def _wants_page(azure: AzureState, incoming: IncomingRequest) -> bool:
    """Tell a browser's look at the web application from an API call; files are for browsers, too.

    See docs/reference/data-plane.md#general-behaviour, docs/reference/assumptions.md#accept-header.
    """
    is_file = [segment.lower() for segment in incoming.segments[2:4]] == ["api", "files"]
    if incoming.method != "GET" or is_file:
        return False
    if azure.settings.strict_accept:
        return "application/json" not in incoming.accept.lower()
    return media_types.prefers(incoming.accept, "text/html", "application/json")


def _caller(azure: AzureState, incoming: IncomingRequest, route: AgentRoute) -> str:
    """Return who asks. Raises NotAuthenticated, but for a webhook that anyone may call.

    See docs/reference/assumptions.md#webhook-authentication.
    """
    is_public = route.handler is trigger_runs.webhook and not azure.settings.webhook_needs_token
    return "" if is_public else azure.tokens.check(incoming.authorization, tokens.DATA_AUDIENCES)

"""The data plane's front door: which agent, is it there yet, is this for the API at all, and whose (C.0)."""

import time

from sre_agent_local.azure import tokens
from sre_agent_local.azure.agent_items.items import WrongShape
from sre_agent_local.azure.control_plane import agents
from sre_agent_local.azure.http.messages import Answer, Incoming
from sre_agent_local.azure.http.routes import Routes
from sre_agent_local.azure.state.azure_state import Azure

from . import (
    approvals,
    code_credentials,
    connector_v2,
    data_actions,
    documents,
    extended_agent,
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
    trigger_runs,
    workspace_memory,
)
from .request import ABSENT, INDEX, NOT_ALLOWED, NOT_READY, AgentRequest, AgentRoute, Handler

ROUTES: Routes[Handler] = Routes(
    [
        *extended_agent.ROUTES,
        *repos.ROUTES,
        *threads.ROUTES,
        *approvals.ROUTES,
        *hub.ROUTES,
        *trigger_runs.ROUTES,
        *scheduled_tasks.ROUTES,
        *connector_v2.ROUTES,
        *code_credentials.ROUTES,
        *plugins.ROUTES,
        *documents.ROUTES,
        *workspace_memory.ROUTES,
        *instructions.ROUTES,
        *tool_permissions.ROUTES,
        *incidents_v1.ROUTES,
        *incidents_v2.ROUTES,
        *http_triggers.ROUTES,
    ]
)


def answer(azure: Azure, incoming: Incoming) -> Answer:
    """Answer a request to `/agents/{label}/…`. Raises AzureError."""
    label, *segments = incoming.segments[1:]
    agent = agents.find_by_label(azure, label)
    if agent is None:
        return ABSENT
    if time.time() < agent.state["readyAt"]:
        return NOT_READY
    found = ROUTES.find(incoming.method, segments)
    if found is None or found.route is None or not _wants_json(incoming):
        return INDEX if incoming.method in ("GET", "HEAD") else NOT_ALLOWED
    caller = _caller(azure, incoming, found.route)
    if caller and not data_actions.allow(azure, agent, caller, incoming.method, "/".join(segments)):
        return data_actions.DENIED
    request = AgentRequest(
        azure,
        agent,
        incoming.method,
        incoming.path,
        found.names,
        incoming.query,
        incoming.content,
        incoming.headers,
        caller,
        incoming.parts,
    )
    try:
        with azure.store.atomic():
            return found.route.handler(request)
    except WrongShape:
        return NOT_ALLOWED


def _wants_json(incoming: Incoming) -> bool:
    """Tell API calls from a browser's; files are for browsers, too."""
    is_file = [segment.lower() for segment in incoming.segments[2:4]] == ["api", "files"]
    return incoming.method != "GET" or is_file or "application/json" in incoming.accept.lower()


def _caller(azure: Azure, incoming: Incoming, route: AgentRoute) -> str:
    """Return who asks. Raises NotAuthenticated, but for a webhook that anyone may call (H-3)."""
    is_public = route.handler is trigger_runs.webhook and not azure.switches.webhook_needs_token
    return "" if is_public else tokens.check(incoming.authorization, tokens.DATA_AUDIENCES)

"""The data plane's front door: which agent, is it there yet, is this for the API at all, and whose (C.0)."""

import time

from sre_agent_local.azure import tokens
from sre_agent_local.azure.azure import Azure
from sre_agent_local.azure.control_plane import agents
from sre_agent_local.azure.items import WrongShape
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.routes import Routes
from sre_agent_local.azure.store import Resource
from sre_agent_local.azure.wire import Answer, Incoming

from . import (
    approvals,
    code_logins,
    connector_v2,
    documents,
    extended_agent,
    http_triggers,
    incident_indexing,
    incident_playground,
    instructions,
    negotiation,
    plugins,
    repos,
    roles,
    scheduled_tasks,
    threads,
    tool_policy,
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
        *negotiation.ROUTES,
        *trigger_runs.ROUTES,
        *scheduled_tasks.ROUTES,
        *connector_v2.ROUTES,
        *code_logins.ROUTES,
        *plugins.ROUTES,
        *documents.ROUTES,
        *workspace_memory.ROUTES,
        *instructions.ROUTES,
        *tool_policy.ROUTES,
        *incident_playground.ROUTES,
        *incident_indexing.ROUTES,
        *http_triggers.ROUTES,
    ]
)


def answer(azure: Azure, incoming: Incoming) -> Answer:
    """Answer a request to `/agents/{label}/…`. Raises AzureError."""
    label, *segments = incoming.segments[1:]
    agent = agent_behind(azure, label)
    if agent is None:
        return ABSENT
    if time.time() < agent.state["readyAt"]:
        return NOT_READY
    found = ROUTES.find(incoming.method, segments)
    if found is None or found.route is None or not _wants_json(incoming):
        return INDEX if incoming.method in ("GET", "HEAD") else NOT_ALLOWED
    caller = _caller(azure, incoming, found.route)
    if caller and not roles.allow(azure, agent, caller, incoming.method, "/".join(segments)):
        return roles.DENIED
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


def agent_behind(azure: Azure, label: str) -> Resource | None:
    """Return the agent behind an endpoint, once its creation has succeeded."""
    for agent in azure.store.named(AGENT, label.rpartition("--")[0]):
        if agents.label(agent) == label.lower() and agent.state["readyAt"] is not None:
            return agent
    return None

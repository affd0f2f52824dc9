"""The data plane's front door: which agent, is it there yet, is this for the API at all, and whose (C.0)."""

import time

from pulumi_sre_agent.local.azure import tokens
from pulumi_sre_agent.local.azure.azure import Azure
from pulumi_sre_agent.local.azure.control_plane import agents
from pulumi_sre_agent.local.azure.items import WrongShape
from pulumi_sre_agent.local.azure.kinds import AGENT
from pulumi_sre_agent.local.azure.routes import Routes
from pulumi_sre_agent.local.azure.store import Resource
from pulumi_sre_agent.local.azure.tokens import SUBSCRIPTION
from pulumi_sre_agent.local.azure.wire import Answer, Incoming

from . import extended_agent, repos
from .request import ABSENT, INDEX, NOT_ALLOWED, NOT_READY, AgentRequest, Handler

ROUTES: Routes[Handler] = Routes([*extended_agent.ROUTES, *repos.ROUTES])


def answer(azure: Azure, incoming: Incoming) -> Answer:
    """Answer a request to `/agents/{label}/…`. Raises AzureError."""
    label, *segments = incoming.segments[1:]
    agent = _agent(azure, label)
    if agent is None:
        return ABSENT
    if time.time() < agent.state["readyAt"]:
        return NOT_READY
    found = ROUTES.find(incoming.method, segments)
    if found is None or found.route is None or not _wants_json(incoming):
        return INDEX if incoming.method in ("GET", "HEAD") else NOT_ALLOWED
    tokens.check(incoming.authorization, tokens.DATA_AUDIENCES)
    request = AgentRequest(
        azure, agent, incoming.method, incoming.path, found.names, incoming.query, incoming.content
    )
    try:
        with azure.store.atomic():
            return found.route.handler(request)
    except WrongShape:
        return NOT_ALLOWED


def _wants_json(incoming: Incoming) -> bool:
    return incoming.method != "GET" or "application/json" in incoming.accept.lower()


def _agent(azure: Azure, label: str) -> Resource | None:
    """Return the agent behind an endpoint, once its creation has succeeded."""
    for agent in azure.store.of_type(AGENT, f"/subscriptions/{SUBSCRIPTION}"):
        if agents.label(agent) == label.lower() and agent.state["readyAt"] is not None:
            return agent
    return None

"""Approvals by their three routes, of which the first is the one seen working.

See docs/reference/run-time.md#approvals, docs/reference/assumptions.md#approval-routes.
"""

from sre_agent_local.azure.errors import NotFound, ProblemDetails
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.store import Resource

from . import threads
from .conversations import conversation, payloads, thread_log
from .conversations.turn import Command
from .request import AgentRequest, AgentRoute, Handler

_DECISIONS = {"approved": "run", "rejected": "cancel"}


def list_all(request: AgentRequest) -> Response:
    """Answer an empty list, as in every published observation."""
    threads.find_thread(request)
    return Response(200, [])


def decide(request: AgentRequest) -> Response:
    """Take a decision; the body is not published, this is one author's guess."""
    body = request.json()
    action = _DECISIONS.get(str(body.get("decision")).lower())
    if action is None:
        raise ProblemDetails("The decision is 'Approved' or 'Rejected'.", status=400)
    thread = threads.find_thread(request)
    return Response(200, _act(request, thread, _find_command(thread, request.names[1]), action))


def approve(request: AgentRequest) -> Response:
    """Approve by id alone, in whichever thread it waits."""
    for thread in thread_log.list_threads(request.azure, request.agent):
        if command := conversation.find_command(thread, request.name):
            return Response(200, _act(request, thread, command, "run"))
    raise NotFound(f"The approval '{request.name}' was not found.")


def _action(slot: str) -> Handler:
    def handler(request: AgentRequest) -> Response:
        thread = threads.find_thread(request)
        action = str(request.json().get("action"))
        return Response(200, _act(request, thread, _find_command(thread, request.names[1], slot), action))

    return handler


def _status(slot: str) -> Handler:
    def handler(request: AgentRequest) -> Response:
        return Response(200, _find_command(threads.find_thread(request), request.names[1], slot).execution)

    return handler


def _find_command(thread: Resource, execution_id: str, slot: str = "") -> Command:
    command = conversation.find_command(thread, execution_id)
    if command is None or slot not in ("", command.slot):
        raise NotFound(f"The execution '{execution_id}' was not found.")
    return command


def _act(request: AgentRequest, thread: Resource, command: Command, action: str) -> Json:
    by = payloads.user(str(request.json().get("user") or request.caller), "")
    lent = request.headers.get("x-sreagent-obo-scope", "")
    scopes = {scope.strip() for scope in lent.split(",")}
    return conversation.decide(request.azure, request.agent, thread, command, action, by, scopes)


ROUTES = [
    AgentRoute("GET", "api/v1/approvals/{}", list_all),
    AgentRoute("POST", "api/v1/approvals/{}/{}/decision", decide),
    AgentRoute("POST", "api/v1/approvals/{}/approve", approve),
    *(AgentRoute("POST", f"api/v1/{slot}/{{}}/{{}}/action", _action(slot)) for slot in payloads.EXECUTIONS),
    *(AgentRoute("GET", f"api/v1/{slot}/{{}}/{{}}/status", _status(slot)) for slot in payloads.EXECUTIONS),
]

"""`/api/v1/threads`: conversations, their messages and what belongs to them.

See docs/reference/run-time.md#threads.
"""

import re
import uuid

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.agent_items.items import MalformedBody
from sre_agent_local.azure.arm_path import GUID
from sre_agent_local.azure.errors import ProblemDetails
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.store import Resource

from . import selection
from .conversations import Opening, Origin, circumstances, conversation, payloads, thread_log
from .conversations.turn import STREAMS, Command
from .request import AgentRequest, AgentRoute, page

BASE = "api/v1/threads"


def find_thread(request: AgentRequest) -> Resource:
    """Return the thread that the path names first. Raises ProblemDetails."""
    thread = request.azure.store.get(thread_log.thread_id(request.agent, request.names[0]))
    if thread is None:
        raise ProblemDetails("The thread was not found.", status=404)
    return thread


def list_all(request: AgentRequest) -> Response:
    """List oldest first, unless `$orderby` says otherwise."""
    threads = [
        thread_log.thread_body(thread) for thread in thread_log.list_threads(request.azure, request.agent)
    ]
    return page(selection.select(request, threads, ("createdTimestamp", "modifiedTimestamp")))


def get(request: AgentRequest) -> Response:
    return Response(200, thread_log.thread_body(find_thread(request)))


def create(request: AgentRequest) -> Response:
    start = payloads.member(request.json(), "startMessage")
    text, author = payloads.parse_message(
        {"text": start} if isinstance(start, str) else start, request.caller
    )
    subagent = payloads.member(start, "agent") if isinstance(start, dict) else None
    opening = Opening(
        text=text,
        author=author,
        owner=request.caller,
        origin=Origin(subagent=str(subagent) if subagent else None),
    )
    thread = conversation.start(request.azure, request.agent, opening)
    return Response(201, thread_log.thread_body(thread))


def delete(request: AgentRequest) -> Response:
    request.azure.store.delete(find_thread(request).id)
    return Response(204)


def send(request: AgentRequest) -> Response:
    """Say something; to a GUID that names no thread, it starts one.

    See docs/reference/assumptions.md#thread-creation.
    """
    text, author = payloads.parse_message(request.json(), request.caller)
    azure, agent, name = request.azure, request.agent, request.names[0]
    unknown = azure.store.get(thread_log.thread_id(agent, name)) is None
    if unknown and azure.settings.messages_start_threads and re.fullmatch(GUID, name):
        opening = Opening(text=text, author=author, owner=request.caller, name=name)
        thread = conversation.start(azure, agent, opening)
        return Response(201, thread_log.messages(thread)[0])
    return Response(201, conversation.post(azure, agent, find_thread(request), text, author))


def messages(request: AgentRequest) -> Response:
    thread = find_thread(request)
    state = thread_log.BUSY if thread_log.is_busy(thread) else thread_log.IDLE
    shown = selection.select(request, thread_log.messages(thread), ("timeStamp",))
    return Response(200, {"value": shown, "nextLink": None, "state": state})


def insights(request: AgentRequest) -> Response:
    """Show one insight for each thread whose turn is over."""
    skip, take = selection.number(request, "skip", 0), selection.number(request, "take", 100)
    over = [
        thread
        for thread in thread_log.list_threads(request.azure, request.agent)
        if not thread_log.is_busy(thread)
    ]
    return Response(200, {"insights": [_insight_body(thread) for thread in over][skip:][:take]})


def needs_attention(request: AgentRequest) -> Response:
    """List the commands that wait for a person, oldest first."""
    threads = thread_log.list_threads(request.azure, request.agent)
    waiting = [
        _attention_body(thread, command) for thread in threads for command in conversation.waiting(thread)
    ]
    return Response(200, sorted(waiting, key=lambda one: str(one["pendingSince"])))


def hooks(request: AgentRequest) -> Response:
    """Show every hook of the agent, and whether it is active in this thread."""
    thread = find_thread(request)
    return Response(200, {"hooks": [_hook_body(thread, hook) for hook in request.items(kinds.HOOKS)]})


def activate(request: AgentRequest) -> Response:
    return _set_active(request, "activatedHooks", "deactivatedHooks")


def deactivate(request: AgentRequest) -> Response:
    return _set_active(request, "deactivatedHooks", "activatedHooks")


def permit(request: AgentRequest) -> Response:
    """Let tools of these patterns run unasked in one thread (docs/reference/data-plane.md#tool-policies)."""
    thread, allow = find_thread(request), request.json().get("allow")
    if not isinstance(allow, list) or not all(isinstance(pattern, str) for pattern in allow):
        raise MalformedBody("the member 'allow' is not an array of strings")
    thread.state["allowed"] = allow
    request.azure.store.put(thread)
    return Response(200, {"allow": allow})


def file(request: AgentRequest) -> Response:
    content = find_thread(request).state["files"].get(request.name)
    if content is None:
        raise ProblemDetails("The file was not found.", status=404)
    return Response(200, content, media_type="text/markdown; charset=utf-8")


def _insight_body(thread: Resource) -> Json:
    body = thread_log.thread_body(thread)
    return {
        "id": str(uuid.uuid5(uuid.UUID(body["id"]), "insight")),
        "threadId": body["id"],
        "title": body["title"],
        "generatedTimestamp": body["modifiedTimestamp"],
        "insightMarkdown": f"**{body['title']}**\n\n{body['lastMessage']['text']}",
        "feedbackCount": 0,
        "positiveFeedbackCount": 0,
        "negativeFeedbackCount": 0,
    }


def _attention_body(thread: Resource, command: Command) -> Json:
    """Describe a command that waits; which words the service has for `pendingOn` is not published.

    See docs/reference/assumptions.md#what-nobody-publishes.
    """
    execution = command.execution
    return {
        "threadId": thread.name,
        "title": thread.document["thread"]["title"],
        "pendingOn": "Approval" if execution["status"] == "Pending" else "Authorization",
        "pendingSince": command.message["timeStamp"] if command.is_card else execution["createdTimestamp"],
        "executionId": execution["id"],
        "executionType": STREAMS.get(command.slot, "Approval"),
    }


def _hook_body(thread: Resource, hook: Resource) -> Json:
    return {
        "name": hook.name,
        "eventType": hook.properties.get("eventType"),
        "activationMode": hook.properties.get("activationMode") or "always",
        "description": hook.properties.get("description"),
        "isActive": circumstances.is_active(thread, hook),
        "isSystemHook": False,
        "canModify": True,
    }


def _set_active(request: AgentRequest, into: str, out_of: str) -> Response:
    thread, hook = (
        find_thread(request),
        items.find(request.azure, request.agent, kinds.HOOKS, request.names[1]),
    )
    if hook is None:
        raise ProblemDetails("The hook was not found.", status=404)
    fields = thread.document["thread"]
    others = [name for name in fields[out_of] if name != hook.name]
    active = [*(name for name in fields[into] if name != hook.name), hook.name]
    thread = thread_log.update(request.azure, thread, **{into: active, out_of: others})
    return Response(200, _hook_body(thread, hook))


ROUTES = [
    AgentRoute("GET", BASE, list_all),
    AgentRoute("POST", BASE, create),
    AgentRoute("GET", f"{BASE}/insights", insights),
    AgentRoute("GET", f"{BASE}/needsAttention", needs_attention),
    AgentRoute("GET", f"{BASE}/{{}}", get),
    AgentRoute("DELETE", f"{BASE}/{{}}", delete),
    AgentRoute("GET", f"{BASE}/{{}}/messages", messages),
    AgentRoute("POST", f"{BASE}/{{}}/messages", send),
    AgentRoute("GET", f"{BASE}/{{}}/hooks", hooks),
    AgentRoute("POST", f"{BASE}/{{}}/hooks/{{}}/activate", activate),
    AgentRoute("POST", f"{BASE}/{{}}/hooks/{{}}/deactivate", deactivate),
    AgentRoute("PUT", "api/v2/threads/{}/permissions", permit),
    AgentRoute("GET", "api/files/tmp/ThreadFiles/{}/{}", file),
]

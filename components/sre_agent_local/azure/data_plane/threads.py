"""`/api/v1/threads`: conversations, their messages and what belongs to them (C.1)."""

import re
import uuid
from typing import Any

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.agent_items.items import WrongShape
from sre_agent_local.azure.errors import Problem
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state.store import Resource

from .conversations import conversation, payloads, thread_log
from .request import AgentRequest, AgentRoute, page

BASE = "api/v1/threads"
_ORDER = re.compile(r"(createdTimestamp|modifiedTimestamp)(?: (asc|desc))?", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BY_NAME = {"createdtimestamp": "createdTimestamp", "modifiedtimestamp": "modifiedTimestamp"}


def found(request: AgentRequest) -> Resource:
    """Return the thread that the path names first. Raises Problem."""
    thread = request.azure.store.get(thread_log.thread_id(request.agent, request.names[0]))
    if thread is None:
        raise Problem("The thread was not found.", status=404)
    return thread


def list_all(request: AgentRequest) -> Answer:
    """List oldest first, unless `$orderby` says otherwise."""
    order = _ORDER.fullmatch(request.query.get("$orderby", "createdTimestamp"))
    top = request.query.get("$top", "1000")
    if order is None or not top.isdecimal():
        raise Problem("The query is invalid: $top is a number, $orderby such as 'createdTimestamp desc'.")
    shown = [thread_log.shown(thread) for thread in thread_log.listed(request.azure, request.agent)]
    shown.sort(
        key=lambda thread: str(thread[_BY_NAME[order[1].lower()]]), reverse=(order[2] or "").lower() == "desc"
    )
    return page(shown[: int(top)])


def get(request: AgentRequest) -> Answer:
    return Answer(200, thread_log.shown(found(request)))


def create(request: AgentRequest) -> Answer:
    start = _member(request.json(), "startMessage")
    text, author = _said(request, {"text": start} if isinstance(start, str) else start)
    made = conversation.start(request.azure, request.agent, text, author=author, owner=request.caller)
    return Answer(201, thread_log.shown(made))


def delete(request: AgentRequest) -> Answer:
    request.azure.store.delete(found(request).id)
    return Answer(204)


def send(request: AgentRequest) -> Answer:
    """Say something; to a GUID that names no thread, it starts one (H-20)."""
    text, author = _said(request, request.json())
    azure, agent, name = request.azure, request.agent, request.names[0]
    unknown = azure.store.get(thread_log.thread_id(agent, name)) is None
    if unknown and azure.switches.messages_start_threads and _GUID.fullmatch(name):
        made = conversation.start(azure, agent, text, author=author, owner=request.caller, name=name)
        return Answer(201, thread_log.messages(made)[0])
    return Answer(201, conversation.post(azure, agent, found(request), text, author))


def messages(request: AgentRequest) -> Answer:
    thread = found(request)
    state = thread_log.BUSY if thread_log.is_busy(thread) else thread_log.IDLE
    return Answer(200, {"value": thread_log.messages(thread), "nextLink": None, "state": state})


def insights(request: AgentRequest) -> Answer:
    """Show one insight for each thread whose turn is over."""
    skip, take = (request.query.get(name, default) for name, default in (("skip", "0"), ("take", "100")))
    if not (skip.isdecimal() and take.isdecimal()):
        raise Problem("The query is invalid: skip and take are numbers.")
    over = [
        thread for thread in thread_log.listed(request.azure, request.agent) if not thread_log.is_busy(thread)
    ]
    return Answer(200, {"insights": [_insight(thread) for thread in over][int(skip) :][: int(take)]})


def hooks(request: AgentRequest) -> Answer:
    """Show every hook of the agent, and whether it is active in this thread."""
    thread = found(request)
    of_agent = items.list_of(request.azure, request.agent, kinds.HOOKS)
    return Answer(200, {"hooks": [_hook(thread, hook) for hook in of_agent]})


def activate(request: AgentRequest) -> Answer:
    return _switch(request, "activatedHooks", "deactivatedHooks")


def deactivate(request: AgentRequest) -> Answer:
    return _switch(request, "deactivatedHooks", "activatedHooks")


def permit(request: AgentRequest) -> Answer:
    """Let tools of these patterns run unasked in one thread (C.10)."""
    thread, allow = found(request), request.json().get("allow")
    if not isinstance(allow, list) or not all(isinstance(pattern, str) for pattern in allow):
        raise WrongShape("the member 'allow' is not an array of strings")
    thread.state["allowed"] = allow
    request.azure.store.put(thread)
    return Answer(200, {"allow": allow})


def file(request: AgentRequest) -> Answer:
    content = found(request).state["files"].get(request.name)
    if content is None:
        raise Problem("The file was not found.", status=404)
    return Answer(200, content, media_type="text/markdown; charset=utf-8")


def _said(request: AgentRequest, said: Any) -> tuple[str, Json]:
    """Return the text of a message that came in, and its author. Raises Problem."""
    text = _member(said, "text") if isinstance(said, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise Problem("The text of a message is required.", status=400)
    user_id = _member(said, "userId") or request.caller
    return text, payloads.user(str(user_id), str(_member(said, "displayName") or ""))


def _member(body: Json, name: str) -> Any:
    """Return a member whose name may have letters of any case (C.9)."""
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


def _insight(thread: Resource) -> Json:
    shown = thread_log.shown(thread)
    return {
        "id": str(uuid.uuid5(uuid.UUID(shown["id"]), "insight")),
        "threadId": shown["id"],
        "title": shown["title"],
        "generatedTimestamp": shown["modifiedTimestamp"],
        "insightMarkdown": f"**{shown['title']}**\n\n{shown['lastMessage']['text']}",
        "feedbackCount": 0,
        "positiveFeedbackCount": 0,
        "negativeFeedbackCount": 0,
    }


def _hook(thread: Resource, hook: Resource) -> Json:
    fields, mode = thread.document["thread"], hook.properties.get("activationMode") or "always"
    off = hook.name in fields["deactivatedHooks"]
    return {
        "name": hook.name,
        "eventType": hook.properties.get("eventType"),
        "activationMode": mode,
        "description": hook.properties.get("description"),
        "isActive": not off and (mode == "always" or hook.name in fields["activatedHooks"]),
        "isSystemHook": False,
        "canModify": True,
    }


def _switch(request: AgentRequest, into: str, out_of: str) -> Answer:
    thread, hook = found(request), items.find(request.azure, request.agent, kinds.HOOKS, request.names[1])
    if hook is None:
        raise Problem("The hook was not found.", status=404)
    fields = thread.document["thread"]
    left = [name for name in fields[out_of] if name != hook.name]
    joined = [*(name for name in fields[into] if name != hook.name), hook.name]
    changed = thread_log.change(request.azure, thread, **{into: joined, out_of: left})
    return Answer(200, _hook(changed, hook))


ROUTES = [
    AgentRoute("GET", BASE, list_all),
    AgentRoute("POST", BASE, create),
    AgentRoute("GET", f"{BASE}/insights", insights),
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

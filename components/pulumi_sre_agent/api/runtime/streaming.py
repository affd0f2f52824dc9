"""A turn as it happens: through the agent's hub, or by looking again where that is blocked.

See docs/reference/run-time.md#hub.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic

from pydantic import Field

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.planes.hub import Hub
from pulumi_sre_agent.api.runtime.threads import Message, Threads

log = logging.getLogger(__name__)

COMPLETE = "SignalProcessingComplete"
"""The action that ends a turn."""


@dataclass(frozen=True)
class Update:
    """Something new in a thread: a piece of a message, a command's state, the call of a tool."""

    thread_id: str
    message_id: str
    role: str
    """`user`, `assistant` or `tool`."""
    text: str = ""
    """What the message goes on with; of a command its state so far, as JSON and maybe in pieces."""
    kind: str | None = None
    """None for an answer; `Reasoning`; `AzCli` for a command."""
    tool: str | None = None
    """The tool that is called, if that is what is new."""


class Content(Body):
    kind: str | None = Field(None, alias="$type")
    text: str | None = None
    name: str | None = None


class Event(Body):
    """The argument of `MessageUpdate`."""

    role: str | None = None
    contents: tuple[Content, ...] = ()
    additional_properties: Json = Field(default_factory=dict)


def start(data: DataPlane, text: str) -> Iterator[Update]:
    """Start a conversation, and yield what happens until the agent has answered. Raises as `turn`."""
    return turn(data, lambda: Threads(data).create(text).id)


def send(data: DataPlane, thread_id: str, text: str) -> Iterator[Update]:
    """Say something in a thread, and yield what happens until the agent has answered. Raises as `turn`."""

    def begin() -> str:
        Threads(data).send(thread_id, text)
        return thread_id

    return turn(data, begin, thread_id)


def turn(
    data: DataPlane,
    begin: Callable[[], str],
    thread_id: str | None = None,
    *,
    deadline: float = limits.TURN_DEADLINE,
) -> Iterator[Update]:
    """Call `begin`, which makes the agent do something, and yield what happens until its turn is over.

    `begin` returns the thread's id; `thread_id` says it before, for a thread that exists, so that what is
    old is not told again. Raises `Unavailable` after `deadline` seconds, and as the data plane does.
    """
    reported = _Reported(_known_ids(data, thread_id))
    with ExitStack() as connection:
        try:
            hub = connection.enter_context(data.hub())  # first, so that nothing is missed
        except Unavailable as unreachable:
            log.info("%s Looking at the thread instead.", unreachable)
            hub = None
        thread_id = begin()
        if hub:
            try:
                yield from reported.remember(_listen(data, hub, thread_id, deadline))
            except Unavailable as lost:
                log.info("%s Looking at the thread instead.", lost)
            else:
                return
    for message in Threads(data).follow(thread_id, deadline=deadline):
        yield from reported.remember(reported.news(thread_id, message))


def _known_ids(data: DataPlane, thread_id: str | None) -> set[str]:
    return {message.id for message in Threads(data).messages(thread_id).messages} if thread_id else set()


def _listen(data: DataPlane, hub: Hub, thread_id: str, deadline: float) -> Iterator[Update]:
    """Yield what the hub says of a thread until the turn is over; `Unavailable` where it stops saying it."""
    end = monotonic() + deadline
    began = False
    while monotonic() < end:
        event_body = hub.event(limits.HUB_SILENCE)
        if event_body is None:
            if Threads(data).is_idle(thread_id):
                raise Unavailable("The hub did not say that the turn is over.")
            continue
        event = Event.read(event_body)
        if event.additional_properties.get("threadId") != thread_id:
            continue
        if event.additional_properties.get("actionName") == COMPLETE:
            if began:
                return
            continue  # that of the turn before, which comes late
        began = began or (event.role != "user" and bool(event.contents))
        yield from _updates(thread_id, event)


def _updates(thread_id: str, event: Event) -> Iterator[Update]:
    properties = event.additional_properties
    message_id, role, kind = (
        str(properties.get("messageId")),
        event.role or "assistant",
        properties.get("streamMessageType"),
    )
    for content in event.contents:
        if content.kind == "text" and content.text:
            yield Update(thread_id, message_id, role, content.text, kind)
        elif content.kind == "functionCall":
            yield Update(thread_id, message_id, role, kind=kind, tool=content.name)


@dataclass
class _Reported:
    """What was told already, so that changing over to looking repeats nothing."""

    known: set[str]
    """Messages of turns before."""
    texts: dict[str, str] = field(default_factory=dict)
    """By message: what was told of it."""

    def remember(self, updates: Iterator[Update]) -> Iterator[Update]:
        for update in updates:
            self.texts[update.message_id] = self.texts.get(update.message_id, "") + update.text
            yield update

    def news(self, thread_id: str, message: Message) -> Iterator[Update]:
        """Yield what is new in a message that is there."""
        if execution := message.az_cli_execution or message.kubectl_execution or message.psql_execution:
            state = json.dumps(execution.model_dump(by_alias=True, exclude_unset=True))
            if message.id not in self.known and not self.texts.get(message.id, "").endswith(state):
                yield Update(thread_id, message.id, "tool", state, "AzCli")
            return
        text = message.text or ""
        if message.id in self.known or text in self.texts.values():
            return
        rest = text.removeprefix(self.texts.get(message.id, ""))
        role = "user" if message.is_from_user else "assistant"
        yield Update(thread_id, message.id, role, rest, message.message_type)

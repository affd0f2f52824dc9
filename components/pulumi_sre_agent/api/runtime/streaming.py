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
from pulumi_sre_agent.api.runtime.messages import Execution, Message
from pulumi_sre_agent.api.runtime.threads import Threads

log = logging.getLogger(__name__)

COMPLETE = "SignalProcessingComplete"
"""The action that ends a turn."""
ERROR = "Error"
COMMANDS = ("AzCli", "Kubectl", "Psql")
"""How the hub calls messages that show a command, in the order of `Message.executions`; the first is known,
the others are likely."""


@dataclass(frozen=True)
class Update:
    """Something new in a thread: a piece of a message, a command's state, the call of a tool."""

    thread_id: str
    message_id: str
    role: str
    """`user`, `assistant` or `tool`."""
    text: str = ""
    """What the message goes on with; of a command its new state, as JSON."""
    kind: str | None = None
    """None for an answer; `Reasoning`; `AzCli`, `Kubectl` or `Psql` for a command; `Error` for why the agent
    broke off, which the hub alone tells."""
    tool: str | None = None
    """The tool that is called, if that is what is new."""


class Content(Body):
    kind: str | None = Field(None, alias="$type")
    text: str | None = None
    name: str | None = None
    message: str | None = None
    """Of an `error`."""


class Event(Body):
    """The argument of `MessageUpdate`."""

    role: str | None = None
    contents: tuple[Content, ...] = ()
    additional_properties: Json = Field(default_factory=dict)


def start(data: DataPlane, text: str, *, subagent: str = "") -> Iterator[Update]:
    """Start a conversation, and yield what happens until the agent has answered. Raises as `turn`."""
    return turn(data, lambda: Threads(data).create(text, subagent=subagent).id)


def send(data: DataPlane, thread_id: str, text: str, *, subagent: str = "") -> Iterator[Update]:
    """Say something in a thread, and yield what happens until the agent has answered. Raises as `turn`."""

    def begin() -> str:
        Threads(data).send(thread_id, text, subagent=subagent)
        return thread_id

    return turn(data, begin, thread_id)


def turn(
    data: DataPlane,
    begin: Callable[[], str],
    thread_id: str | None = None,
    *,
    deadline: float = limits.TURN_DEADLINE,
    missed: Callable[[str], None] = lambda _why: None,
) -> Iterator[Update]:
    """Call `begin`, which makes the agent do something, and yield what happens until its turn is over.

    `begin` returns the thread's id; `thread_id` says it before, for a thread that exists, so that what is
    old is not told again. `missed` hears why the hub does not tell (any more): calls of tools are then
    missing. Raises `Unavailable` after `deadline` seconds, and as the data plane does.
    """
    reported = _Reported.of(Threads(data).messages(thread_id).messages if thread_id else [])
    with ExitStack() as connection:
        try:
            hub = connection.enter_context(data.hub())  # first, so that nothing is missed
        except Unavailable as unreachable:
            log.info("%s Looking at the thread instead.", unreachable)
            missed(str(unreachable))
            hub = None
        thread_id = begin()
        if hub:
            try:
                for event in _listen(data, hub, thread_id, deadline):
                    yield from reported.news_of_event(thread_id, event)
            except _TooLate:
                raise
            except Unavailable as lost:
                log.info("%s Looking at the thread instead.", lost)
                missed(str(lost))
            else:
                return
    yield from _look(data, reported, thread_id, deadline)


def look(
    data: DataPlane, begin: Callable[[], str], thread_id: str, known: list[Message] | None = None
) -> Iterator[Update]:
    """Do as `turn`, by looking at the thread alone: for what may have the agent do nothing at all.

    `known`: messages that are not told again, by default those that are there.
    """
    reported = _Reported.of(Threads(data).messages(thread_id).messages if known is None else known)
    yield from _look(data, reported, begin(), limits.TURN_DEADLINE)


def _look(data: DataPlane, reported: "_Reported", thread_id: str, deadline: float) -> Iterator[Update]:
    for message in Threads(data).follow(thread_id, deadline=deadline):
        yield from reported.news_of_message(thread_id, message)


def _listen(data: DataPlane, hub: Hub, thread_id: str, deadline: float) -> Iterator[Event]:
    """Yield what the hub says of a thread until the turn is over; `Unavailable` where it stops saying it."""
    end = monotonic() + deadline
    began = False
    while (left := end - monotonic()) > 0:
        event_body = hub.event(min(left, limits.HUB_SILENCE))
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
        yield event
    raise _TooLate(f"The agent in thread {thread_id} is still at work after {deadline:g} s.")


class _TooLate(Unavailable):
    """The turn takes longer than somebody waits."""


@dataclass
class _Reported:
    """What was told already, so that changing over to looking repeats nothing."""

    known: set[str]
    """Messages of turns before."""
    texts: dict[str, str] = field(default_factory=dict)
    """By message: what was told of it."""
    found: set[str] = field(default_factory=set)
    """Messages of this turn that the thread has had."""
    pieces: dict[str, str] = field(default_factory=dict)
    """By message: JSON of a command of which more is to come."""
    states: dict[str, str | None] = field(default_factory=dict)
    """By command: its status when it was told last, under whichever message."""

    @classmethod
    def of(cls, messages: list[Message]) -> "_Reported":
        """Begin with what was there before the turn."""
        commands = [execution for message in messages for execution in message.executions if execution]
        states = {execution.id: execution.status for execution in commands}
        return cls({message.id for message in messages}, states=states)

    def news_of_event(self, thread_id: str, event: Event) -> Iterator[Update]:
        """Yield what is new in an event of the hub."""
        properties = event.additional_properties
        message_id, kind = str(properties.get("messageId")), properties.get("streamMessageType")
        role = event.role or "assistant"
        for content in event.contents:
            if content.kind == "functionCall":
                yield Update(thread_id, message_id, role, kind=kind, tool=content.name)
            elif content.kind == "error":
                self.texts[message_id] = content.message or ""
                yield Update(thread_id, message_id, role, content.message or "", ERROR)
            elif content.kind != "text" or not content.text:
                continue
            elif kind in COMMANDS:
                yield from self._news_of_command(thread_id, message_id, kind, content.text)
            else:
                self.texts[message_id] = self.texts.get(message_id, "") + content.text
                yield Update(thread_id, message_id, role, content.text, kind)

    def news_of_message(self, thread_id: str, message: Message) -> Iterator[Update]:
        """Yield what is new in a message that is there."""
        for kind, execution in zip(COMMANDS, message.executions, strict=True):
            if execution:
                state = json.dumps(execution.model_dump(by_alias=True, exclude_unset=True))
                yield from self._news_of_command(thread_id, message.id, kind, state)
        text = message.text or ""
        if message.id in self.known or any(message.executions):
            return
        told = self._told_of(message.id, text)
        self.texts[message.id] = text
        self.found.add(message.id)
        if not (rest := text.removeprefix(told)):
            return
        role = "user" if message.is_from_user else "assistant"
        yield Update(thread_id, message.id, role, rest, message.message_type)

    def _told_of(self, message_id: str, text: str) -> str:
        """Return what was told of a message; the hub may have told it all, under an id of its own."""
        if message_id not in self.texts:
            same = (other for other, told in self.texts.items() if told == text and other not in self.found)
            if other := next(same, None):
                return self.texts.pop(other)
        return self.texts.get(message_id, "")

    def _news_of_command(self, thread_id: str, message_id: str, kind: str, piece: str) -> Iterator[Update]:
        """Yield a command's state once all of its JSON is there, and once, however many messages tell it."""
        text = self.pieces.pop(message_id, "") + piece
        while text:
            try:
                state, end = _DECODER.raw_decode(text)
            except ValueError:
                self.pieces[message_id] = text
                return
            execution = Execution.read(state)
            if execution.id not in self.states or self.states[execution.id] != execution.status:
                self.states[execution.id] = execution.status
                yield Update(thread_id, message_id, "assistant", text[:end], kind)
            text = text[end:].lstrip()


_DECODER = json.JSONDecoder()

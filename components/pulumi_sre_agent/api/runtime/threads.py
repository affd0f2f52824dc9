"""Threads: an agent's conversations, their messages and what belongs to them.

See docs/reference/run-time.md#threads.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.errors import ApiError, NotFound
from pulumi_sre_agent.api.http.paging import items
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.runtime.messages import (
    Attention,
    Conversation,
    Insight,
    Message,
    Thread,
    ThreadHook,
)
from pulumi_sre_agent.api.runtime.selection import select_by_beginning

PATH = "/api/v1/threads"
IDLE = "idle"
ID_LENGTH = 36
"""Of a GUID."""

T = TypeVar("T")


class Threads:
    """The threads of one agent. Errors are those of the data plane; `NotFound` for a thread that is not."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def list(self, *, top: int | None = None, oldest_first: bool = False) -> Iterator[Thread]:
        """Yield threads by the time of their creation, newest first; `top`: at most so many."""
        query = {"$orderby": f"createdTimestamp {'asc' if oldest_first else 'desc'}"}
        if top is not None:
            query["$top"] = str(top)
        for number, thread in enumerate(self._data.list(PATH, query)):
            if number == top:
                return
            yield Thread.read(thread)

    def get(self, thread_id: str) -> Thread:
        return Thread.read(self._data.get(_at(thread_id)))

    def find(self, beginning: str) -> Thread:
        """Return the thread whose id is this, or begins so, which costs a list.

        Raises `NotFound`, and `ConfigError` where several ids do.
        """
        if len(beginning) >= ID_LENGTH:
            return self.get(beginning)
        return select_by_beginning(self.list(), beginning, "thread")

    def create(self, text: str, *, user_id: str = "", display_name: str = "", subagent: str = "") -> Thread:
        """Start a conversation; the agent begins to answer at once.

        `user_id`, `display_name`: how the author is shown, by default the caller. `subagent`: who answers.
        """
        start = _message_body(text, user_id, display_name, subagent)
        try:
            created = self._data.post(PATH, {"startMessage": start})
        except ApiError as refused:
            if refused.status not in {400, 405} or len(start) > 1:
                raise
            # what older services take (docs/reference/assumptions.md#thread-creation)
            created = self._data.post(PATH, {"StartMessage": text})
        return Thread.read(created)

    def send(
        self, thread_id: str, text: str, *, user_id: str = "", display_name: str = "", subagent: str = ""
    ) -> Message:
        """Say something in a thread, waiting a while for an agent that is busy; options as in `create`."""
        body = _message_body(text, user_id, display_name, subagent)
        return Message.read(self._data.post(_at(thread_id, "messages"), body))

    def delete(self, thread_id: str) -> None:
        """Delete; gone already counts as deleted."""
        with suppress(NotFound):
            self._data.delete(_at(thread_id))

    def messages(self, thread_id: str) -> Conversation:
        messages: list[Message] = []
        state = None
        for reply in self._data.pages(_at(thread_id, "messages")):
            messages += map(Message.read, items(reply))
            state = reply.body.get("state") if isinstance(reply.body, dict) else None
        return Conversation(messages, state)

    def is_idle(self, thread_id: str) -> bool:
        """Tell whether the agent has finished its turn."""
        return self._idle(thread_id, self.messages(thread_id))

    def follow(self, thread_id: str, *, deadline: float = limits.TURN_DEADLINE) -> Iterator[Message]:
        """Yield messages as they come, those that are there first, until the agent's turn is over.

        A message that changes, as a command's state does, comes again. Raises `Unavailable` after
        `deadline` seconds without news.
        """
        known: dict[str, Message] = {}

        def attempt() -> tuple[list[Message], bool]:
            conversation = self.messages(thread_id)
            news = [message for message in conversation.messages if known.get(message.id) != message]
            idle = self._idle(thread_id, conversation)
            if not news and not idle:
                raise StillPending("at work")
            return news, idle

        idle = False
        while not idle:
            news, idle = self._poll(attempt, thread_id, deadline)
            known.update({message.id: message for message in news})
            yield from news

    def wait_until_idle(self, thread_id: str, *, deadline: float = limits.TURN_DEADLINE) -> Conversation:
        """Wait until the agent has finished its turn; return what was said.

        Raises `Unavailable` after `deadline` seconds.
        """

        def attempt() -> Conversation:
            conversation = self.messages(thread_id)
            if not self._idle(thread_id, conversation):
                raise StillPending("at work")
            return conversation

        return self._poll(attempt, thread_id, deadline)

    def insights(self, *, skip: int = 0, take: int = 100) -> Iterator[Insight]:
        query = {"skip": str(skip), "take": str(take)}
        return map(Insight.read, self._data.list(f"{PATH}/insights", query))

    def needs_attention(self) -> Iterator[Attention]:
        """Yield what waits for a person, in all threads."""
        return map(Attention.read, self._data.list(f"{PATH}/needsAttention"))

    def hooks(self, thread_id: str) -> Iterator[ThreadHook]:
        return map(ThreadHook.read, self._data.list(_at(thread_id, "hooks")))

    def activate_hook(self, thread_id: str, hook: str) -> None:
        self._data.post(_at(thread_id, "hooks", hook, "activate"), {})

    def deactivate_hook(self, thread_id: str, hook: str) -> None:
        self._data.post(_at(thread_id, "hooks", hook, "deactivate"), {})

    def allow(self, thread_id: str, patterns: Iterable[str]) -> None:
        """Let tools of these patterns run unasked in this thread, and no others.

        See docs/reference/data-plane.md#tool-policies.
        """
        self._data.put(f"/api/v2/threads/{segment(thread_id)}/permissions", {"allow": [*patterns]})

    def file(self, thread_id: str, name: str) -> bytes:
        """Return a file that the agent made in a thread."""
        return self._data.download(f"/api/files/tmp/ThreadFiles/{segment(thread_id)}/{segment(name)}")

    def _idle(self, thread_id: str, conversation: Conversation) -> bool:
        """Believe the state; without one, go by the last message, and by the investigation of an incident."""
        if conversation.state is not None:
            return conversation.state.lower() == IDLE
        thread = self.get(thread_id)
        last, details = thread.last_message, thread.incident_details or {}
        answered = (
            last is not None
            and not last.is_from_user
            and last.is_complete is True
            and last.id in {message.id for message in conversation.messages}
        )
        return answered and details.get("investigationStatus") != "InProgress"

    def _poll(self, attempt: Callable[[], T], thread_id: str, deadline: float) -> T:
        return poll(
            attempt,
            what=f"The agent in thread {thread_id}",
            deadline=deadline,
            clock=self._data.clock,
            longest=limits.TURN_POLL,
        )


def _message_body(text: str, user_id: str, display_name: str, subagent: str) -> Json:
    optional = {"userId": user_id, "displayName": display_name, "agent": subagent}
    return {"text": text, **{name: value for name, value in optional.items() if value}}


def _at(*path: str) -> str:
    return "/".join([PATH, *map(segment, path)])

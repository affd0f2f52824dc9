"""A conversation as Markdown: what was said, and what was run, by whom and how it ended."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.cli import ages

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.messages import Conversation, Execution, Message, Thread

LANGUAGES = ("sh", "sh", "sql")
"""What the commands are written in, in the order of `Message.executions`."""

NO_SLOTS = {"posted"}
"""Members of a message that are objects, and nothing that it is about."""


def render(thread: "Thread", conversation: "Conversation") -> str:
    """Write a thread down."""
    head = [f"# {' '.join((thread.title or 'Thread').split())}", *_facts(thread)]
    parts = (part for message in conversation.messages for part in _message(message))
    return "\n\n".join([*head, *parts]) + "\n"


def author(message: "Message") -> str:
    """Return who says something, in a line."""
    name = message.author.display_name if message.author else None
    return _line(name) or ("User" if message.is_from_user else "Agent")


def _facts(thread: "Thread") -> Iterator[str]:
    facts = {
        "Thread": f"`{thread.id}`",
        "Began": ages.clock_time(thread.created_timestamp),
        "Mode": thread.agent_mode,
        "Incident": thread.incident,
        "Response plan": thread.response_plan,
    }
    yield "\n".join(f"- {name}: {value}" for name, value in facts.items() if value)


def _message(message: "Message") -> Iterator[str]:
    when = ages.clock_time(message.time_stamp)
    yield f"## {author(message)}{f', {when}' if when else ''}"
    text = (message.text or "").strip()
    if text and message.message_type == "Reasoning":
        yield _quoted(f"*Reasoning:* {text}")
    elif text:
        yield text
    if card := message.approval:
        head = f"**Approval** ({card.status or 'without a status'})"
        yield ": ".join(filter(None, [head, _line(card.description or card.title)]))
        if card.command:
            yield _fenced(card.command, "sh")
    for language, execution in zip(LANGUAGES, message.executions, strict=True):
        if execution:
            yield from _execution(execution, language)
    if others := _other_slots(message):
        yield f"*({', '.join(others)})*"


def _execution(execution: "Execution", language: str) -> Iterator[str]:
    by = execution.executed_by
    who = f" by {_line(by.display_name or by.user_id)}" if by else ""
    head = f"**Command** ({execution.status or 'without a status'}{who})"
    yield ": ".join(filter(None, [head, _line(execution.description)]))
    if execution.command:
        yield _fenced(execution.command, language)
    for title, value in (("Output", execution.output), ("Error", execution.error)):
        if value:
            yield f"{title}:"
            yield _fenced(value if isinstance(value, str) else json.dumps(value, indent=2), "text")


def _other_slots(message: "Message") -> list[str]:
    """Name what a message is about and what is not written here; the service's JSON has it."""
    extra: dict[str, Any] = message.model_extra or {}
    return sorted(name for name, value in extra.items() if name not in NO_SLOTS and isinstance(value, dict))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _fenced(text: str, language: str) -> str:
    """Return code that nothing in it can end."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"

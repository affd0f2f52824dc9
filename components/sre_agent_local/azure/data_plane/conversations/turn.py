"""One turn of a conversation: what happens in which order, laid out in time.

See docs/reference/run-time.md#hub.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sre_agent_local.azure.http.json_values import Json, timestamp

from . import payloads

Step = Callable[[float], Json]
"""From the moment it happens to what the log keeps of it: a `message`, an `event`, or both."""

WAITING = ("Pending", "PendingAuthorization")
"""States of a command that nobody has let run yet."""
STREAMS = {"azCliExecution": "AzCli", "kubectlExecution": "Kubectl", "psqlExecution": "Psql"}
"""How the hub calls a command's state; only the first is known."""
ENDED = dict.fromkeys(("Completed", "Failed"), "completedTimestamp")
CARD = "approval"
"""The slot of a card by which a policy or a hook asks (docs/reference/run-time.md#approvals)."""


@dataclass
class Command:
    """A command of the agent's or a card that asks, the message that shows it, and its state so far."""

    slot: str
    message: Json

    @property
    def id(self) -> str:
        return str(self.execution["id"])

    @property
    def is_card(self) -> bool:
        """Whether a policy or a hook asks, before there is an execution."""
        return self.slot == CARD

    @property
    def tool(self) -> str:
        if self.is_card:
            return str(self.execution["title"])
        return str(json.loads(self.execution["originalFunctionCall"])["Name"])

    @property
    def execution(self) -> Json:
        execution: Json = self.message[self.slot]
        return execution

    @property
    def call_id(self) -> str:
        """Id of the message that calls the tool, which is not the one that shows the command."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, str(self.execution.get("toolCallId") or self.id)))

    @classmethod
    def of(cls, message: Json) -> "Command | None":
        """Return the command or the card that a message shows, if it shows one."""
        slot = next((slot for slot in (*payloads.EXECUTIONS, CARD) if message[slot]), None)
        return cls(slot, message) if slot else None

    @classmethod
    def new(cls, slot: str, execution: Json) -> "Command":
        """Return a new one; `execution` may be a card."""
        message_type = "Approval" if execution["status"] == "Pending" else None
        message = payloads.message(payloads.AGENT_ON_COMMANDS, message_type=message_type)
        return cls(slot, message | {slot: execution})


class Turn:
    """Collects the steps of a turn."""

    def __init__(self, thread_id: str) -> None:
        self._event = partial(payloads.update, thread_id)
        self._steps: list[Step] = []

    def add_user_message(self, message: Json) -> None:
        """Begin with what the user said, which the hub echoes."""
        text = payloads.text(message["text"])
        self._add(self._event(message["id"], "user", text, action="AppendUserStreamMessage"), message)

    def add_reasoning(self, *pieces: str) -> None:
        self._stream(pieces, "Reasoning")

    def add_text(self, *pieces: str) -> None:
        self._stream(pieces, None)

    def add_message(self, message: Json) -> None:
        """Add a message that the hub does not tell of."""
        self._add(None, message)

    def add_call(self, call_id: str, tool: str, description: str) -> None:
        """Announce a tool's call."""
        self._add(self._event(call_id, "assistant", finish="tool_calls"))
        call: Json = {
            "$type": "functionCall",
            "name": tool,
            "additionalProperties": {"userDescription": description},
        }
        self._add(self._event(call_id, "tool", call, action="AppendAgentToolCallMessage"))

    def add_result(self, call_id: str) -> None:
        """Tell that a tool has answered; the hub does not say what."""
        result: Json = {"$type": "functionResult"}
        self._add(self._event(call_id, "assistant", result, action="AppendAgentToolCallResult"))

    def add_command(self, command: Command) -> None:
        """Announce a command, and show its state."""
        self.add_call(command.call_id, command.tool, command.execution["description"])
        if command.is_card:  # of which the hub is not known to tell
            self.add_message(command.message)
        else:
            self._show(command, command.message["id"], command.execution["status"])

    def set_status(self, command: Command, status: str, **members: object) -> None:
        """Change the state of a command, which the hub tells under a message id of its own each time."""
        if command.is_card:
            command.message = {**command.message, CARD: {**command.execution, "status": status, **members}}
            self.add_message(command.message)
        else:
            self._show(command, str(uuid.uuid4()), status, **members)

    def complete(self, command: Command, output: str, error: str | None = None) -> None:
        self.set_status(command, "Failed" if error else "Completed", output=output or None, error=error)
        self.add_result(command.call_id)

    def add_error(self, text: str) -> None:
        """Break off with an error, as a chat update of Microsoft.Extensions.AI tells one."""
        message = payloads.message(payloads.AGENT, text)
        content: Json = {"$type": "error", "message": text}
        self._add(self._event(message["id"], "assistant", content), message)

    def add_cut(self) -> None:
        """Let the hub lose its connections here."""
        self._steps.append(lambda _: {"cut": True})

    def _show(self, command: Command, message_id: str, status: str, **members: object) -> None:
        def step(at: float) -> Json:
            moment = {"Running": "startedTimestamp"}.get(status) or ENDED.get(status)
            stamped = {moment: timestamp(at)} if moment else {}
            changed = {**command.execution, "status": status, **stamped, **members}
            command.message = {**command.message, command.slot: changed}
            content = payloads.text(json.dumps(changed))
            event = self._event(message_id, "assistant", content, stream=STREAMS[command.slot])
            return {"event": event, "message": command.message}

        self._steps.append(step)

    def end(self) -> None:
        event = self._event(str(uuid.uuid4()), "assistant", action="SignalProcessingComplete", finish="stop")
        self._add(event)

    def entries(self, began: float, seconds: float) -> list[Json]:
        """Return what the log is to keep: the first step at once, the last when the turn is over."""
        pause = seconds / max(len(self._steps) - 1, 1)
        moments = (began + pause * number for number in range(len(self._steps)))
        return [{"at": at, **step(at)} for at, step in zip(moments, self._steps, strict=True)]

    def _stream(self, pieces: tuple[str, ...], stream: str | None) -> None:
        """Say something piece by piece; the message is there with the last."""
        message = payloads.message(payloads.AGENT, "".join(pieces), message_type=stream)
        for number, piece in enumerate(pieces, 1):
            event = self._event(message["id"], "assistant", payloads.text(piece), stream=stream)
            self._add(event, message if number == len(pieces) else None)

    def _add(self, event: Json | None, message: Json | None = None) -> None:
        entry = {"event": event} if event else {}
        self._steps.append(lambda _: {**entry, "message": message} if message else entry)

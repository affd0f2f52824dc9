"""Starting a thread, saying something in it, and letting its commands run or not.

See docs/reference/run-time.md#threads, docs/reference/run-time.md#approvals.
"""

import time
import uuid
from dataclasses import dataclass, field, replace

from sre_agent_local.azure.errors import BadRequest, ProblemDetails
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import payloads, thread_log
from . import scripted_agent as scripted
from .turn import WAITING, Command, Turn

LONGEST_TITLE = 80
EVERYBODY = "*"
"""Owner of a thread that nobody's request began."""


class Busy(ProblemDetails):
    """422: one turn at a time (docs/reference/data-plane.md#general-behaviour)."""

    status = 422

    def __init__(self) -> None:
        super().__init__("The agent is currently busy processing another request.")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How a thread begins."""

    text: str
    author: Json
    owner: str
    """Object id of whoever the hub tells of it, or `EVERYBODY`."""
    title: str = ""
    """By default the text."""
    name: str = ""
    """The thread's id, by default a new one."""
    acknowledgement: str = ""
    """What the service says before the agent does."""
    members: Json = field(default_factory=dict)
    """Of the thread, beyond those of a chat, such as `threadOrigin` or `agentMode`."""
    state: Json = field(default_factory=dict)
    """What else is kept of it here."""


def start(azure: AzureState, agent: Resource, opening: Opening) -> Resource:
    """Start a thread, and the agent's first turn in it."""
    now, name = time.time(), opening.name or str(uuid.uuid4())
    mode = (agent.properties.get("actionConfiguration") or {}).get("mode") or "Review"
    members = {"agentMode": mode, **opening.members}
    body = payloads.thread(name, opening.title or _title(opening.text), now, **members)
    state = {"owner": opening.owner, "log": [], "idleAt": now, "allowed": [], "files": {}, **opening.state}
    thread = Resource(thread_log.thread_id(agent, name), thread_log.TYPE, {"thread": body}, state)
    message = payloads.message(opening.author, opening.text)
    return _take_turn(azure, agent, thread, message, opening.acknowledgement)


def post(azure: AzureState, agent: Resource, thread: Resource, text: str, author: Json) -> Json:
    """Say something in a thread, and return the message. Raises Busy."""
    if thread_log.is_busy(thread):
        raise Busy
    message = payloads.message(author, text)
    _take_turn(azure, agent, thread, message)
    return {**message, "timeStamp": timestamp(time.time())}


def find_command(thread: Resource, execution_id: str) -> Command | None:
    """Return the command of a thread whose execution has this id."""
    commands = (Command.of(message) for message in thread_log.messages(thread))
    wanted_id = execution_id.lower()
    return next(
        (command for command in commands if command and command.execution["id"].lower() == wanted_id), None
    )


def waiting(thread: Resource) -> list[Command]:
    """Return the commands of a thread that nobody has let run yet."""
    commands = (Command.of(message) for message in thread_log.messages(thread))
    return [command for command in commands if command and command.execution["status"] in WAITING]


def decide(
    azure: AzureState,
    agent: Resource,
    thread: Resource,
    command: Command,
    action: str,
    by: Json,
    scopes: set[str],
) -> Json:
    """Run or cancel what waits, and return the execution; what waits no more stays as it is.

    `scopes`: those in which the caller lends permissions. Raises BadRequest for another action.
    """
    if action not in ("run", "cancel"):
        raise BadRequest(f"The action '{action}' is not one of 'run', 'cancel'.")
    turn, status = Turn(thread.document["thread"]["id"]), command.execution["status"]
    lacks_permissions = status == "PendingAuthorization" or _scene(azure, agent, thread).lacks_permissions
    if status not in WAITING:
        return command.execution
    if action == "cancel":
        turn.set_status(command, "Cancelled")
    elif not lacks_permissions or scripted.SCOPE in scopes:
        scripted.run(turn, command, by)
        turn.end()
    else:
        turn.set_status(command, "PendingAuthorization", requiredScopes=[scripted.SCOPE])
    stored = thread_log.append(azure, thread, turn.entries(time.time(), azure.settings.operation_seconds))
    return (find_command(stored, command.execution["id"]) or command).execution


def _take_turn(
    azure: AzureState, agent: Resource, thread: Resource, message: Json, acknowledgement: str = ""
) -> Resource:
    turn = Turn(thread.document["thread"]["id"])
    turn.add_user_message(message)
    if acknowledgement:
        turn.add_message(payloads.message(payloads.SERVICE, acknowledgement))
    files = scripted.respond(_scene(azure, agent, thread), turn, message["text"], waiting(thread))
    turn.end()
    state = {**thread.state, "files": {**thread.state["files"], **files}}
    entries = turn.entries(time.time(), azure.settings.operation_seconds)
    return thread_log.append(azure, replace(thread, state=state), entries)


def _scene(azure: AzureState, agent: Resource, thread: Resource) -> scripted.Scene:
    mode = str(thread.document["thread"]["agentMode"])
    return scripted.Scene(azure, agent, mode, tuple(thread.state["allowed"]))


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[:LONGEST_TITLE]}…"

"""Starting a thread, saying something in it, and letting its commands run or not.

See docs/reference/run-time.md#threads, docs/reference/run-time.md#approvals.
"""

import re
import uuid
from dataclasses import asdict, dataclass, field, replace

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest, ProblemDetails
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import agent_telemetry, gate, incident_record, payloads, scripted_agent, thread_log
from .occasion import Origin, occasion_of, take_turn
from .scripted_agent import Performance, Scene
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
    origin: Origin = field(default_factory=Origin)
    state: Json = field(default_factory=dict)
    """What else is kept of it here."""


def start(azure: AzureState, agent: Resource, opening: Opening) -> Resource:
    """Start a thread, and the agent's first turn in it."""
    now, name = clock.now(), opening.name or str(uuid.uuid4())
    members = {**opening.members, "agentMode": _mode(azure, agent, opening.members.get("agentMode"))}
    body = payloads.thread(name, opening.title or _title(opening.text), now, **members)
    state = {
        "owner": opening.owner,
        "log": [],
        "busyAt": now,
        "idleAt": now,
        "allowed": [],
        "files": {},
        "origin": asdict(opening.origin),
        **opening.state,
    }
    thread = Resource(thread_log.thread_id(agent, name), thread_log.TYPE, {"thread": body}, state)
    message = payloads.message(opening.author, opening.text)
    return _take_turn(azure, agent, thread, message, opening.acknowledgement)


def post(
    azure: AzureState,
    agent: Resource,
    thread: Resource,
    text: str,
    author: Json,
    origin: Origin | None = None,
) -> Json:
    """Say something in a thread, and return the message; `origin`: why, if not for what began the thread.

    Raises Busy.
    """
    if thread_log.is_busy(thread):
        raise Busy
    message = payloads.message(author, text)
    if origin:
        thread = replace(thread, state={**thread.state, "origin": asdict(origin)})
    _take_turn(azure, agent, thread, message)
    return {**message, "timeStamp": timestamp(clock.now())}


def find_command(thread: Resource, execution_id: str) -> Command | None:
    """Return the command or the card of a thread with this id."""
    commands = (Command.of(message) for message in thread_log.messages(thread))
    wanted_id = execution_id.lower()
    return next((command for command in commands if command and command.id.lower() == wanted_id), None)


def waiting(thread: Resource) -> list[Command]:
    """Return the commands and cards of a thread that nobody has decided about yet."""
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
    if command.execution["status"] not in WAITING:
        return command.execution
    turn, kept = Turn(thread.name), _kept(thread, command)
    occasion = occasion_of(agent, thread, kept["text"])
    performance = Performance(Scene(azure, agent, thread, occasion), turn, kept["named"])
    if action == "run":
        performance.approve(command, kept, by, lends=scripted_agent.SCOPE in scopes)
        goes_on = command.id not in performance.calls
    else:
        goes_on = performance.reject(command, kept)
    if goes_on:
        turn.end()
    stored = _store(azure, agent, thread, performance, turn, azure.settings.operation_seconds)
    return (find_command(stored, command.id) or command).execution


def _take_turn(
    azure: AzureState, agent: Resource, thread: Resource, message: Json, acknowledgement: str = ""
) -> Resource:
    """Let the agent answer. Raises Busy where the script says so."""
    occasion, unanswered = occasion_of(agent, thread, message["text"]), waiting(thread)
    turn = Turn(thread.name)
    turn.add_user_message(message)
    if acknowledgement:
        turn.add_message(payloads.message(payloads.SERVICE, acknowledgement))
    scene, seconds = Scene(azure, agent, thread, occasion), azure.settings.operation_seconds
    if unanswered and re.search(r"\bapproved?\b", message["text"], re.IGNORECASE):
        performance = _propose_anew(scene, turn, unanswered)
    else:
        scripted, named = take_turn(azure, occasion)
        if scripted.busy:
            raise Busy
        performance = Performance(scene, turn, named)
        performance.perform(scripted.steps or ())
        seconds = seconds if scripted.seconds is None else scripted.seconds
    turn.end()
    thread = replace(thread, state={**thread.state, "turns": occasion.number})
    return _store(azure, agent, thread, performance, turn, seconds)


def _propose_anew(scene: Scene, turn: Turn, unanswered: list[Command]) -> Performance:
    """Words are no approval: cancel what waits, and propose the last of it again."""
    kept = _kept(scene.thread, unanswered[-1])
    performance = Performance(scene, turn, kept["named"])
    for command in unanswered:
        turn.set_status(command, "Rejected" if command.is_card else "Cancelled")
    performance.propose_anew(kept)
    return performance


def _kept(thread: Resource, command: Command) -> Json:
    """Return what was kept of a call that waits; of one from before scripts, as much as can be told."""
    call = {"call": command.tool, "arguments": {"command": command.execution["command"]}}
    unknown = {"step": call, "rest": [], "text": "", "named": {}}
    kept: Json = thread.state.get("calls", {}).get(command.id, unknown)
    return kept


def _store(
    azure: AzureState, agent: Resource, thread: Resource, performance: Performance, turn: Turn, seconds: float
) -> Resource:
    state = {
        **thread.state,
        "files": {**thread.state["files"], **performance.files},
        "calls": {**thread.state.get("calls", {}), **performance.calls},
    }
    entries = turn.entries(clock.now(), seconds)
    stored = thread_log.append(azure, replace(thread, state=state), entries)
    said = [entry["message"] for entry in entries if entry.get("message")]
    agent_telemetry.write_generation(azure, agent, stored, said)
    if performance.resolves and stored.state.get("incident"):
        stored = incident_record.resolve(azure, agent, stored, "agent")
    return stored


def _mode(azure: AzureState, agent: Resource, wanted: str | None) -> str:
    """Return a thread's mode: what began it says so, else the agent does, whose mode may be a ceiling."""
    own = str((agent.properties.get("actionConfiguration") or {}).get("mode") or "Review")
    modes = [wanted or own, *([own] if azure.settings.agent_mode_caps else [])]
    return min(modes, key=lambda mode: gate.MODES.index(gate.mode_of(mode)))


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[:LONGEST_TITLE]}…"

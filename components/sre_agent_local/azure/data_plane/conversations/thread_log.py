"""What a thread keeps, and what of it has happened by now."""

from collections.abc import Iterator
from dataclasses import replace

from sre_agent_local.azure import clock
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

TYPE = f"{AGENT}/threads"
IDLE = "Idle"
BUSY = "Processing"
"""An assumption: no public source names a state other than Idle.

See docs/reference/assumptions.md#what-nobody-publishes.
"""


def thread_id(agent: Resource, name: str) -> str:
    return f"{agent.id}/threads/{name}"


def messages(thread: Resource) -> list[Json]:
    """Return the messages so far, oldest first, each as it is now."""
    now = clock.now()
    by_id: dict[str, Json] = {}
    for entry in thread.state["log"]:
        if entry["at"] <= now and (message := entry.get("message")):
            first = by_id.get(message["id"], {}).get("timeStamp") or timestamp(entry["at"])
            by_id[message["id"]] = {**message, "timeStamp": first}
    return list(by_id.values())


def events(thread: Resource) -> Iterator[tuple[float, Json | None]]:
    """Yield what the hub tells of a thread and when, also what is still to come, in order of time.

    None: there it loses its connections.
    """
    for entry in thread.state["log"]:
        if "event" in entry or "cut" in entry:
            yield entry["at"], entry.get("event")


def is_busy(thread: Resource) -> bool:
    """Say whether a turn runs; one that begins later than now does not, as after a reset of the clock."""
    began = float(thread.state.get("busyAt", 0.0))  # which a thread of an older version does not say
    return began <= clock.now() < float(thread.state["idleAt"])


def thread_body(thread: Resource) -> Json:
    """Return the thread as the API shows it."""
    body: Json = {**thread.document["thread"]}
    if all_messages := messages(thread):
        body |= {
            "startMessage": all_messages[0],
            "lastMessage": all_messages[-1],
            "modifiedTimestamp": all_messages[-1]["timeStamp"],
        }
    if body["incidentDetails"]:
        state = "InProgress" if is_busy(thread) else "Complete"
        body["incidentDetails"] = {**body["incidentDetails"], "investigationStatus": state}
    return body


def list_threads(azure: AzureState, agent: Resource) -> list[Resource]:
    """Return the threads of an agent, oldest first."""
    threads = azure.store.of_type(TYPE, agent.id)
    return sorted(threads, key=lambda thread: str(thread.document["thread"]["createdTimestamp"]))


def append(azure: AzureState, thread: Resource, entries: list[Json]) -> Resource:
    """Keep more of what happens, and tell whoever listens."""
    log = sorted([*thread.state["log"], *entries], key=lambda entry: float(entry["at"]))
    moments = [float(entry["at"]) for entry in entries]
    if is_busy(thread):
        moments.append(thread.state["idleAt"])
    changes = {"log": log, "busyAt": min(moments), "idleAt": max(moments)}
    stored = azure.store.put(replace(thread, state={**thread.state, **changes}))
    azure.change_notifier.notify()
    return stored


def update(azure: AzureState, thread: Resource, **members: object) -> Resource:
    """Change members of the thread itself, such as its hooks."""
    return azure.store.put(with_members(thread, **members))


def with_members(thread: Resource, **members: object) -> Resource:
    """Return a thread with other members, not stored."""
    return replace(thread, document={"thread": {**thread.document["thread"], **members}})

"""What a thread keeps, and what of it has happened by now."""

import time
from collections.abc import Iterator
from dataclasses import replace

from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import Azure
from sre_agent_local.azure.state.store import Resource

TYPE = f"{AGENT}/threads"
IDLE = "Idle"
BUSY = "Processing"
"""An assumption: no public source names a state other than Idle (H-26)."""


def thread_id(agent: Resource, name: str) -> str:
    return f"{agent.id}/threads/{name}"


def messages(thread: Resource) -> list[Json]:
    """Return the messages so far, oldest first, each as it is now."""
    now = time.time()
    found: dict[str, Json] = {}
    for entry in thread.state["log"]:
        if entry["at"] <= now and (message := entry.get("message")):
            first = found.get(message["id"], {}).get("timeStamp") or timestamp(entry["at"])
            found[message["id"]] = {**message, "timeStamp": first}
    return list(found.values())


def events(thread: Resource) -> Iterator[tuple[float, Json]]:
    """Yield what the hub tells of a thread and when, also what is still to come, in order of time."""
    for entry in thread.state["log"]:
        if event := entry.get("event"):
            yield entry["at"], event


def is_busy(thread: Resource) -> bool:
    return time.time() < float(thread.state["idleAt"])


def shown(thread: Resource) -> Json:
    """Return the thread as the API shows it."""
    said = messages(thread)
    latest = {"startMessage": said[0], "lastMessage": said[-1], "modifiedTimestamp": said[-1]["timeStamp"]}
    return {**thread.document["thread"], **(latest if said else {})}


def listed(azure: Azure, agent: Resource) -> list[Resource]:
    """Return the threads of an agent, oldest first."""
    found = azure.store.of_type(TYPE, agent.id)
    return sorted(found, key=lambda thread: str(thread.document["thread"]["createdTimestamp"]))


def append(azure: Azure, thread: Resource, entries: list[Json]) -> Resource:
    """Keep more of what happens, and tell whoever listens."""
    log = sorted([*thread.state["log"], *entries], key=lambda entry: float(entry["at"]))
    idle = max(thread.state["idleAt"], *(entry["at"] for entry in entries))
    kept = azure.store.put(replace(thread, state={**thread.state, "log": log, "idleAt": idle}))
    azure.news.notify()
    return kept


def change(azure: Azure, thread: Resource, **members: object) -> Resource:
    """Change members of the thread itself, such as its hooks."""
    return azure.store.put(replace(thread, document={"thread": {**thread.document["thread"], **members}}))

"""What tests of conversations need: turns of the local Azure's agent, and triggers put where no route is."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pulumi_sre_agent.local.azure.store import Resource, Store
from support.azure import Json, LocalAzure, running

THREADS = "/api/v1/threads"
LENT = {"x-sreagent-obo-scope": "https://management.azure.com/.default"}


def high_access(azure: LocalAzure, name: str = "sre-one", mode: str = "Review") -> str:
    """Make an agent whose own identity may do everything."""
    identity = azure.identity()["id"]
    return azure.agent(name, actionConfiguration={"identity": identity, "mode": mode, "accessLevel": "High"})


def begin(azure: LocalAzure, agent: str, text: str) -> str:
    """Start a thread; return its id."""
    answer = azure.data("POST", agent, THREADS, {"startMessage": {"text": text}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def settled(azure: LocalAzure, agent: str, thread: str) -> list[Json]:
    """Wait until the agent's turn is over; return the messages."""

    def idle() -> list[Json] | None:
        body = azure.data("GET", agent, f"{THREADS}/{thread}/messages").json()
        return body["value"] if body["state"] == "Idle" else None

    found: list[Json] = azure.poll(idle)
    return found


def executions(messages: list[Json]) -> list[Json]:
    """Return the Azure CLI executions among messages."""
    return [message["azCliExecution"] for message in messages if message["azCliExecution"]]


@contextmanager
def triggered(folder: Path, trigger_id: str, **properties: Any) -> Iterator[tuple[LocalAzure, str]]:
    """Run a local Azure with an agent that has an HTTP trigger; give both, the agent by its id.

    The trigger is put into the store between two runs of the server, as its own routes keep it.
    """
    with running(folder) as azure:
        agent = azure.agent()
    with closing(Store(folder / "azure.sqlite3")) as store, store.atomic():
        kind = "Microsoft.App/agents/httpTriggers"
        store.put(Resource(f"{agent}/httpTriggers/{trigger_id}", kind, {"properties": properties}))
    with running(folder) as azure:
        yield azure, agent

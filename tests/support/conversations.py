"""What tests of conversations need: turns of the local Azure's agent, and triggers that begin them."""

from typing import Any

from support.azure import Json, LocalAzure

THREADS = "/api/v1/threads"
TRIGGERS = "/api/v1/httptriggers"
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


def triggered(azure: LocalAzure, **properties: Any) -> tuple[str, str]:
    """Make an agent that has an HTTP trigger; return the ids of both."""
    agent = azure.agent()
    body = {"name": "deploys", "agentPrompt": "Look.", **properties}
    made = azure.data("POST", agent, f"{TRIGGERS}/create", body)
    assert made.status_code == 201, made.text
    return agent, str(made.json()["triggerId"])

"""HTTP triggers: their ids are the service's, and a name may be there twice."""

import pytest

from support.azure import Json, LocalAzure, error

BASE = "/api/v1/httptriggers"
TRIGGER: Json = {
    "name": "deploys",
    "description": "d",
    "agentPrompt": "Look at {payload.id}.",
    "agent": "guard",
}


def test_a_trigger_lives(azure: LocalAzure) -> None:
    agent = azure.agent()
    made = azure.data("POST", agent, f"{BASE}/create", TRIGGER)
    trigger = made.json()["triggerId"]
    path = f"{BASE}/{trigger}"

    assert made.status_code == 201
    assert made.json()["triggerUrl"] == f"{azure.endpoint(agent)}{BASE}/trigger/{trigger}"
    got = azure.data("GET", agent, path).json()
    assert (got["triggerId"], got["triggerUrl"]) == (trigger, made.json()["triggerUrl"])
    assert TRIGGER.items() <= got.items()
    assert (got["agentMode"], got["threadId"]) == ("Autonomous", None)
    (listed,) = azure.data("GET", agent, BASE).json()
    assert (listed["id"], listed["name"], listed.get("triggerUrl")) == (trigger, "deploys", None)

    azure.data("POST", agent, f"{path}/disable")
    changed = azure.data("PUT", agent, path, {**TRIGGER, "agentMode": "Review"}).json()
    assert (changed["agentMode"], changed["enabled"], changed["triggerId"]) == ("Review", False, trigger)
    assert azure.data("POST", agent, f"{path}/enable").json()["enabled"] is True

    assert azure.data("DELETE", agent, path).status_code == 204
    assert azure.data("GET", agent, BASE).json() == []
    for method in ("GET", "DELETE"):
        assert error(azure.data(method, agent, path)) == (404, "NotFound")
    assert error(azure.data("PUT", agent, path, TRIGGER)) == (404, "NotFound")


def test_a_name_may_be_there_twice(azure: LocalAzure) -> None:
    agent = azure.agent()
    ids = {azure.data("POST", agent, f"{BASE}/create", TRIGGER).json()["triggerId"] for _ in range(2)}

    assert {listed["id"] for listed in azure.data("GET", agent, BASE).json()} == ids
    assert len(ids) == 2


@pytest.mark.parametrize("missing", ["name", "agentPrompt"])
def test_a_trigger_needs_a_name_and_a_prompt(azure: LocalAzure, missing: str) -> None:
    answer = azure.data("POST", azure.agent(), f"{BASE}/create", {**TRIGGER, missing: " "})

    assert error(answer) == (400, "BadRequest")

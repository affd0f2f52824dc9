"""Approvals: when a write waits, for what, and what each answer does to it."""

import pytest

from support.azure import Json, LocalAzure
from support.conversations import LENT, THREADS, begin, executions, high_access, settled

SCOPES = ["https://management.azure.com/.default"]
COMMAND = "az webapp restart --name web-1 --resource-group rg-sre"


def proposed(azure: LocalAzure, agent: str) -> tuple[str, Json]:
    """Have the agent propose a restart; return the thread and the execution."""
    thread = begin(azure, agent, "Please restart web-1")
    return thread, executions(settled(azure, agent, thread))[-1]


def act(
    azure: LocalAzure,
    agent: str,
    thread: str,
    execution: Json,
    action: str,
    headers: dict[str, str] | None = None,
) -> Json:
    path = f"/api/v1/azCliExecution/{thread}/{execution['id']}/action"
    body = {"action": action, "user": "uma", "ApproveScope": "none"}
    answer = azure.data("POST", agent, path, body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def ended(azure: LocalAzure, agent: str, thread: str, execution: Json) -> Json:
    path = f"/api/v1/azCliExecution/{thread}/{execution['id']}/status"

    def over() -> Json | None:
        body: Json = azure.data("GET", agent, path).json()
        return body if body["status"] == "Completed" else None

    found: Json = azure.poll(over)
    return found


def test_a_write_waits_in_review_and_runs_when_approved(azure: LocalAzure) -> None:
    """Pending, Running, Completed, and then the agent tells of it."""
    agent = high_access(azure)
    thread, execution = proposed(azure, agent)
    azure.switch(operationSeconds=0.2)
    running = act(azure, agent, thread, execution, "run")
    completed = ended(azure, agent, thread, execution)
    messages = settled(azure, agent, thread)

    assert (execution["status"], execution["command"]) == ("Pending", COMMAND)
    assert execution["startedTimestamp"] is None
    assert (running["status"], running["executedBy"]["userId"]) == ("Running", "uma")
    assert completed["startedTimestamp"] <= completed["completedTimestamp"]
    assert messages[-1]["text"] == f"Done: `{COMMAND}` completed."
    assert executions(messages) == [completed]
    assert azure.data("GET", agent, f"/api/v1/approvals/{thread}").json() == []


def test_two_phases_where_the_agent_lacks_permissions(azure: LocalAzure) -> None:
    """The agent of the fixture has little access of its own."""
    agent = azure.agent()
    thread, execution = proposed(azure, agent)
    first = act(azure, agent, thread, execution, "run")
    again = act(azure, agent, thread, execution, "run")
    lent = act(azure, agent, thread, execution, "run", LENT)

    assert (first["status"], first["requiredScopes"]) == ("PendingAuthorization", SCOPES)
    assert again["status"] == "PendingAuthorization"
    assert lent["status"] in ("Running", "Completed")
    assert ended(azure, agent, thread, execution)["executedBy"]["userId"] == "uma"


@pytest.mark.parametrize(
    ("switches", "mode", "access", "status"),
    [
        pytest.param({}, "Review", "High", "Pending", id="review"),
        pytest.param({}, "Autonomous", "High", "Completed", id="autonomous"),
        pytest.param({}, "automatic", "High", "Completed", id="automatic-in-any-case"),
        pytest.param({}, "Autonomous", "Low", "PendingAuthorization", id="autonomous-without-permissions"),
        pytest.param({"onBehalfOf": "never"}, "Autonomous", "Low", "Completed", id="never-on-behalf"),
        pytest.param(
            {"onBehalfOf": "always"}, "Autonomous", "High", "PendingAuthorization", id="always-on-behalf"
        ),
        pytest.param({"reviewBlocks": False}, "Review", "High", "Completed", id="july-2026"),
    ],
)
def test_how_a_write_begins(azure: LocalAzure, switches: Json, mode: str, access: str, status: str) -> None:
    action = {"identity": azure.identity()["id"], "mode": mode, "accessLevel": access}
    agent = azure.agent(actionConfiguration=action)
    azure.switch(**switches)

    assert proposed(azure, agent)[1]["status"] == status


def test_an_agent_that_only_reads_proposes_nothing(azure: LocalAzure) -> None:
    agent = high_access(azure, mode="ReadOnly")
    messages = settled(azure, agent, begin(azure, agent, "restart web-1"))

    assert executions(messages) == []
    assert messages[-1]["text"] == f"I may only read here: run `{COMMAND}` yourself."


def test_cancelled_stays_cancelled(azure: LocalAzure) -> None:
    agent = high_access(azure)
    thread, execution = proposed(azure, agent)

    assert act(azure, agent, thread, execution, "cancel")["status"] == "Cancelled"
    assert act(azure, agent, thread, execution, "run")["status"] == "Cancelled"


def test_words_are_no_approval(azure: LocalAzure) -> None:
    """Saying "approve" cancels what waits, and proposes it anew."""
    agent = high_access(azure)
    thread, _ = proposed(azure, agent)
    azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "Approved, go ahead"})
    first, second = executions(settled(azure, agent, thread))

    assert (first["status"], second["status"]) == ("Cancelled", "Pending")
    assert first["command"] == second["command"]


@pytest.mark.parametrize(
    ("text", "slot", "command"),
    [
        pytest.param(
            "restart deployment/web",
            "kubectlExecution",
            "kubectl rollout restart deployment/web",
            id="kubectl",
        ),
        pytest.param("vacuum orders", "psqlExecution", "VACUUM ANALYZE orders;", id="psql"),
    ],
)
def test_the_twins(azure: LocalAzure, text: str, slot: str, command: str) -> None:
    """Each by its own route, and by no other."""
    agent = high_access(azure)
    thread = begin(azure, agent, text)
    execution = next(message[slot] for message in settled(azure, agent, thread) if message[slot])
    path = f"{thread}/{execution['id']}/action"
    run = azure.data("POST", agent, f"/api/v1/{slot}/{path}", {"action": "run", "user": "uma"})

    assert execution["command"] == command
    assert run.json()["status"] in ("Running", "Completed")
    assert azure.data("POST", agent, f"/api/v1/azCliExecution/{path}", {"action": "run"}).status_code == 404


@pytest.mark.parametrize(("decision", "status"), [("Approved", "Completed"), ("Rejected", "Cancelled")])
def test_the_documented_route_decides(azure: LocalAzure, decision: str, status: str) -> None:
    agent = high_access(azure)
    thread, execution = proposed(azure, agent)
    azure.data(
        "POST", agent, f"/api/v1/approvals/{thread}/{execution['id']}/decision", {"decision": decision}
    )

    assert executions(settled(azure, agent, thread))[-1]["status"] == status


def test_the_route_without_a_thread_approves(azure: LocalAzure) -> None:
    agent = high_access(azure)
    thread, execution = proposed(azure, agent)
    azure.data("POST", agent, f"/api/v1/approvals/{execution['id']}/approve", {"user": "uma"})

    assert executions(settled(azure, agent, thread))[-1]["status"] == "Completed"


def test_refusals(azure: LocalAzure) -> None:
    agent = high_access(azure)
    thread, execution = proposed(azure, agent)
    missing = "00000000-0000-4000-8000-000000000000"

    def post(path: str, body: Json) -> int:
        return azure.data("POST", agent, path, body).status_code

    assert post(f"/api/v1/azCliExecution/{thread}/{execution['id']}/action", {"action": "ponder"}) == 400
    assert post(f"/api/v1/azCliExecution/{thread}/{missing}/action", {"action": "run"}) == 404
    assert post(f"/api/v1/azCliExecution/{missing}/{execution['id']}/action", {"action": "run"}) == 404
    assert post(f"/api/v1/approvals/{thread}/{execution['id']}/decision", {"decision": "Maybe"}) == 400
    assert post(f"/api/v1/approvals/{missing}/approve", {"user": "uma"}) == 404

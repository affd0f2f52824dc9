"""Approvals through the client, against the local agent."""

import pytest

from pulumi_sre_agent.api import ApiError, Client, NotFound, Unavailable
from pulumi_sre_agent.api.runtime.approvals import Approvals, Waiting
from pulumi_sre_agent.api.runtime.messages import Execution
from pulumi_sre_agent.api.runtime.threads import Threads
from support.azure import LocalAzure
from support.conversations import high_access
from support.scripted import AGENT, Script, refused, reply

SCOPES = ["https://management.azure.com/.default"]


def proposed(client: Client, agent: str, text: str = "restart web-1") -> tuple[Threads, Approvals, Waiting]:
    data = client.data_plane(agent)
    threads, approvals = Threads(data), Approvals(data)
    made = threads.create(text)
    threads.wait_until_idle(made.id)
    (waiting,) = approvals.list(made.id)
    return threads, approvals, waiting


def test_a_command_is_approved_and_runs(azure: LocalAzure, client: Client) -> None:
    threads, approvals, waiting = proposed(client, high_access(azure))
    ended = approvals.approve_and_wait(waiting, user="uma")

    assert not waiting.needs_permissions
    assert ended.status == "Completed"
    assert ended.executed_by is not None
    assert ended.executed_by.user_id == "uma"
    assert (threads.wait_until_idle(waiting.thread_id).messages[-1].text or "").startswith("Done: ")
    assert list(approvals.list(waiting.thread_id)) == []
    assert list(approvals.from_service(waiting.thread_id)) == []


def test_a_command_that_needs_permissions(azure: LocalAzure, client: Client) -> None:
    """The first phase says so, and which; the second lends them, now or when it is found again."""
    _, approvals, waiting = proposed(client, azure.agent())
    asked = approvals.approve_and_wait(waiting, user="uma")
    (again,) = approvals.list(waiting.thread_id)
    ended = approvals.approve_and_wait(again, user="uma", lend=True)

    assert (asked.status, asked.required_scopes) == ("PendingAuthorization", SCOPES)
    assert again.needs_permissions
    assert ended.status == "Completed"


def test_both_phases_at_once(azure: LocalAzure, client: Client) -> None:
    _, approvals, waiting = proposed(client, azure.agent())

    assert approvals.approve_and_wait(waiting, user="uma", lend=True).status == "Completed"


def test_a_token_that_cannot_be_lent(script: Script) -> None:
    """One from a single sign-on is not exchanged again: the command waits on.

    See docs/reference/run-time.md#approvals.
    """
    stuck = {"id": "e", "status": "PendingAuthorization", "requiredScopes": SCOPES}
    script.agent().on("POST", "/action$", reply(200, stuck))
    waiting = Waiting("t", "azCliExecution", Execution(id="e", status="Pending"))
    with script.azure() as azure:
        ended = Approvals(azure.data_plane(AGENT)).approve_and_wait(waiting, user="uma", lend=True)

    assert ended.status == "PendingAuthorization"
    assert script.requests[-1].headers["x-sreagent-obo-scope"] == SCOPES[0]


def test_a_command_is_cancelled(azure: LocalAzure, client: Client) -> None:
    _, approvals, waiting = proposed(client, high_access(azure))

    assert approvals.cancel(waiting, user="uma").status == "Cancelled"
    assert approvals.status(waiting).status == "Cancelled"
    assert list(approvals.list(waiting.thread_id)) == []


@pytest.mark.parametrize(
    ("text", "slot"), [("restart deployment/web", "kubectlExecution"), ("vacuum orders", "psqlExecution")]
)
def test_the_twins_have_routes_of_their_own(azure: LocalAzure, client: Client, text: str, slot: str) -> None:
    _, approvals, waiting = proposed(client, high_access(azure), text)

    assert waiting.slot == slot
    assert approvals.approve_and_wait(waiting, user="uma").status == "Completed"


def test_what_waits_is_found_in_all_threads(azure: LocalAzure, client: Client) -> None:
    """With the threads that wait as the service names them, and no others read."""
    agent = high_access(azure)
    _, approvals, first = proposed(client, agent)
    threads, _, second = proposed(client, agent, "restart web-2")
    quiet = threads.create("Hello.")
    threads.wait_until_idle(quiet.id)
    azure.forget_requests()

    assert {waiting.id for waiting in approvals.list()} == {first.id, second.id}
    read = " ".join(request["path"] for request in azure.requests(plane="data"))
    assert first.thread_id in read
    assert quiet.id not in read
    assert approvals.get(second.id) == second
    approvals.cancel(second, user="uma")
    assert [waiting.id for waiting in approvals.list()] == [first.id]
    with pytest.raises(NotFound, match=f"No command '{second.id}' waits for approval"):
        approvals.get(second.id)


@pytest.mark.parametrize("status", [404, 405])
def test_all_threads_are_read_where_the_service_does_not_say_which(script: Script, status: int) -> None:
    command = {"id": "e", "status": "Pending", "command": "az vm list"}
    waits = {"id": "m", "azCliExecution": command, "approval": {"id": "a", "status": "Pending"}}
    script.agent().on("GET", "/needsAttention$", refused(status))
    script.on("GET", "/threads$", reply(200, {"value": [{"id": "t1"}, {"id": "t2"}]}))
    script.on("GET", "/t1/messages$", reply(200, {"value": [], "state": "Idle"}))
    script.on("GET", "/t2/messages$", reply(200, {"value": [waits], "state": "Idle"}))
    with script.azure() as azure:
        approvals = azure.agent(AGENT).approvals

        assert [(waiting.thread_id, waiting.id) for waiting in approvals.list()] == [("t2", "e")]
        assert [card.id for card in approvals.cards()] == ["m"]


def test_a_refusal_is_not_taken_for_a_service_that_does_not_say(script: Script) -> None:
    script.agent().on("GET", "/needsAttention$", refused(400))
    with script.azure() as azure, pytest.raises(ApiError):
        list(azure.agent(AGENT).approvals.list())


def test_the_other_two_routes(azure: LocalAzure, client: Client) -> None:
    agent = high_access(azure)
    _, approvals, first = proposed(client, agent)
    approvals.decide(first.thread_id, first.execution.id, approve=False, reason="Not now.")
    _, _, second = proposed(client, agent)
    approvals.decide(second.thread_id, second.execution.id, approve=True)
    _, _, third = proposed(client, agent)
    approvals.approve(third.execution.id, user="uma")

    assert approvals.status(first).status == "Cancelled"
    assert approvals.wait(second).status == "Completed"
    assert approvals.wait(third).status == "Completed"


def test_a_policy_asks_in_a_card(script: Script) -> None:
    asks = {"id": "m1", "approval": {"id": "a1", "status": "Pending", "title": "May I?"}}
    asked = {"id": "m2", "approval": {"id": "a2", "status": "Approved"}}
    script.agent().on("GET", "/messages$", reply(200, {"value": [asks, asked], "state": "Idle"}))
    with script.azure() as azure:
        (card,) = Approvals(azure.data_plane(AGENT)).cards("t")

    assert card.approval is not None
    assert card.approval.id == "a1"


def test_a_command_that_does_not_end_is_given_up_on(script: Script) -> None:
    """Looked at every two seconds at most, for a minute and a half."""
    script.agent().on("GET", "/status$", reply(200, {"id": "e", "status": "Running"}))
    waiting = Waiting("t", "azCliExecution", Execution(id="e", command="az webapp restart"))
    with script.azure() as azure, pytest.raises(Unavailable) as raised:
        Approvals(azure.data_plane(AGENT)).wait(waiting)

    assert str(raised.value) == "az webapp restart is still Running after 1.5 minutes."
    assert max(script.time.slept) == 2

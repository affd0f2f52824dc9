"""Threads through the client: conversations with the local agent, and what older services answer."""

import pytest

from pulumi_sre_agent.api import ApiError, Client, NotFound, Unavailable
from pulumi_sre_agent.api.runtime.threads import Threads
from support.azure import LocalAzure
from support.conversations import high_access
from support.scripted import AGENT, Script, page, refused, reply

MISSING = "not-there"
BUSY = reply(422, {"title": "The agent is currently busy processing another request."})
SAID = {"id": "m1", "text": "hello", "author": {"role": "User"}}


def test_a_chat_round_trip(azure: LocalAzure, client: Client) -> None:
    """Started, answered, gone on with, listed, deleted twice."""
    threads = Threads(client.data_plane(azure.agent()))
    made = threads.create("What is here?", user_id="u1", display_name="Uma")
    first = threads.wait_until_idle(made.id)
    sent = threads.send(made.id, "And now?")
    second = threads.wait_until_idle(made.id)

    assert made.title == "What is here?"
    assert first.state == "Idle"
    assert first.messages[0].author is not None
    assert first.messages[0].author.display_name == "Uma"
    assert (first.messages[-1].text or "").startswith('You asked: "What is here?".')
    assert sent.text == "And now?"
    assert (second.messages[-1].text or "").startswith('You asked: "And now?".')
    assert threads.get(made.id).last_message == second.messages[-1]
    threads.delete(made.id)
    threads.delete(made.id)
    with pytest.raises(NotFound, match="The thread was not found"):
        threads.get(made.id)


def test_threads_come_newest_first(azure: LocalAzure, client: Client) -> None:
    threads = Threads(client.data_plane(azure.agent()))
    made = [threads.create(text).id for text in ("one", "two", "three")]

    assert [thread.id for thread in threads.list(top=2)] == [made[2], made[1]]
    assert [thread.id for thread in threads.list(oldest_first=True)] == made


def test_a_turn_is_followed_message_by_message(azure: LocalAzure, client: Client) -> None:
    """Each comes once, and again when it changes, as a command does that runs."""
    azure.switch(operationSeconds=0.5)
    agent = azure.agent(actionConfiguration=_autonomous(azure))
    threads = Threads(client.data_plane(agent))
    made = threads.create("restart web-1")
    followed = list(threads.follow(made.id))
    left = threads.messages(made.id).messages

    assert {message.id: message for message in followed} == {message.id: message for message in left}
    assert [message.id for message in left] == list(dict.fromkeys(message.id for message in followed))
    commands = [message.az_cli_execution for message in followed if message.az_cli_execution]
    assert commands[-1].status == "Completed"


def test_what_belongs_to_a_thread(azure: LocalAzure, client: Client) -> None:
    """Its insight, hooks, permissions and files."""
    agent = azure.agent()
    properties = {
        "eventType": "Stop",
        "activationMode": "onDemand",
        "hook": {"type": "prompt", "prompt": "x"},
    }
    azure.data("PUT", agent, "/api/v2/extendedAgent/hooks/careful", {"properties": properties})
    threads = Threads(client.data_plane(agent))
    made = threads.create("Write a report")
    threads.wait_until_idle(made.id)
    before = [hook.is_active for hook in threads.hooks(made.id)]
    threads.activate_hook(made.id, "careful")
    active = [hook.is_active for hook in threads.hooks(made.id)]
    threads.deactivate_hook(made.id, "careful")
    threads.allow(made.id, ["RunAzCliWriteCommands"])

    assert [insight.thread_id for insight in threads.insights()] == [made.id]
    assert (before, active) == ([False], [True])
    assert [hook.is_active for hook in threads.hooks(made.id)] == [False]
    assert threads.file(made.id, "report.md").startswith(b"# Write a report\n")
    with pytest.raises(NotFound):
        threads.file(made.id, "other.md")


def test_a_busy_agent_is_waited_for(script: Script) -> None:
    """From 1.5 seconds on, longer each time, five times."""
    script.agent().on("POST", "/messages$", *[BUSY] * 5, reply(201, SAID))
    with script.azure() as azure:
        sent = Threads(azure.data_plane(AGENT)).send("t", "hello")

    assert sent.id == "m1"
    assert len(script.time.slept) == 5
    assert all(1.5 <= seconds <= 24 for seconds in script.time.slept)
    assert script.time.slept[0] < 3 < script.time.slept[2] < script.time.slept[4]


def test_an_agent_that_stays_busy_is_one_sentence(script: Script) -> None:
    script.agent().on("POST", "/messages$", BUSY)
    with script.azure() as azure, pytest.raises(ApiError) as raised:
        Threads(azure.data_plane(AGENT)).send("t", "hello")

    assert str(raised.value) == (
        "POST api/v1/threads/t/messages of agent pay failed with 422: The agent is currently busy processing "
        "another request (after 6 attempts); one turn at a time: wait until the thread is idle, then send "
        "again."
    )


def test_an_older_service_takes_a_string(script: Script) -> None:
    """Unless the start says more than a string can."""
    script.agent().on("POST", "/threads$", refused(400), reply(201, {"id": "t"}))
    with script.azure() as azure:
        threads = Threads(azure.data_plane(AGENT))
        assert threads.create("hello").id == "t"
        assert script.requests[-1].content == b'{"StartMessage": "hello"}'
        script.on("POST", "/threads$", refused(400))
        with pytest.raises(ApiError):
            threads.create("hello", subagent="ops")


def test_an_older_service_does_not_tell_its_state(script: Script) -> None:
    """Then the last message counts, and of an incident its investigation.

    See docs/reference/run-time.md#threads.
    """
    answered = {"id": "m2", "author": {"role": "SREAgent"}, "isComplete": True}
    at_work = {"investigationStatus": "InProgress"}
    script.agent().on("GET", "/messages$", reply(200, [SAID, answered]))
    script.on(
        "GET",
        "/threads/t$",
        reply(200, {"id": "t", "lastMessage": SAID}),
        reply(200, {"id": "t", "lastMessage": {**answered, "isComplete": False}}),
        reply(200, {"id": "t", "lastMessage": answered, "incidentDetails": at_work}),
        reply(200, {"id": "t", "lastMessage": answered}),
    )
    with script.azure() as azure:
        threads = Threads(azure.data_plane(AGENT))
        idle = [threads.is_idle("t") for _ in range(4)]
        waited = threads.wait_until_idle("t")

    assert idle == [False, False, False, True]
    assert [message.id for message in waited.messages] == ["m1", "m2"]


def test_a_turn_that_never_ends_is_given_up_on(script: Script) -> None:
    """Looked at every three seconds at most."""
    script.agent().on("GET", "/messages$", reply(200, {"value": [], "state": "Working"}))
    with script.azure() as azure, pytest.raises(Unavailable) as raised:
        Threads(azure.data_plane(AGENT)).wait_until_idle("t", deadline=120)

    assert str(raised.value) == "The agent in thread t is still at work after 2 minutes."
    assert max(script.time.slept) == 3


@pytest.mark.parametrize("body", [[{"id": "a"}], {"value": [{"id": "a"}]}, {"data": [{"id": "a"}]}])
def test_lists_of_every_shape(script: Script, body: object) -> None:
    script.agent().on("GET", "/threads$", reply(200, body))
    with script.azure() as azure:
        assert [thread.id for thread in Threads(azure.data_plane(AGENT)).list()] == ["a"]


def test_messages_on_several_pages(script: Script) -> None:
    """The state is that of the last page; another host is not asked."""
    link = "https://pay--1.abc.swedencentral.azuresre.ai/api/v1/threads/t/messages?page=2"
    script.agent().on(
        "GET",
        "/messages$",
        reply(200, {"value": [SAID], "nextLink": link, "state": "Working"}),
        reply(200, {"value": [{"id": "m2"}], "nextLink": None, "state": "Idle"}),
    )
    with script.azure() as azure:
        threads = Threads(azure.data_plane(AGENT))
        found = threads.messages("t")
        script.on("GET", "/messages$", reply(200, {"value": [], "nextLink": "https://other.example/x"}))
        with pytest.raises(Unavailable, match="which was not followed"):
            threads.messages("t")

    assert ([message.id for message in found.messages], found.state) == (["m1", "m2"], "Idle")


def test_the_portal_in_place_of_a_file(script: Script) -> None:
    script.agent().on("GET", "/ThreadFiles/", page())
    with script.azure() as azure, pytest.raises(Unavailable, match="a web page instead of"):
        Threads(azure.data_plane(AGENT)).file("t", "report.md")


def test_a_thread_that_is_none(script: Script) -> None:
    """An answer of another shape says which member is wrong."""
    script.agent().on("GET", "/threads/t$", reply(200, {"title": "no id"}))
    with script.azure() as azure, pytest.raises(Unavailable, match="not a Thread: id does not fit"):
        Threads(azure.data_plane(AGENT)).get("t")


def _autonomous(azure: LocalAzure) -> dict[str, str]:
    return {"identity": azure.identity()["id"], "mode": "Autonomous", "accessLevel": "High"}


def test_what_needs_attention_in_all_threads(azure: LocalAzure, client: Client) -> None:
    """See docs/reference/run-time.md#threads."""
    threads = Threads(client.data_plane(high_access(azure)))
    quiet, asking = threads.create("What is here?").id, threads.create("restart web-1").id
    for thread in (quiet, asking):
        threads.wait_until_idle(thread)
    (one,) = threads.needs_attention()

    assert (one.thread_id, one.title, one.execution_type) == (asking, "restart web-1", "AzCli")
    assert one.execution_id is not None


def test_the_client_asks_for_json_by_name(azure: LocalAzure, client: Client) -> None:
    """So that it reads also a service that answers others with its web page.

    See docs/reference/assumptions.md#accept-header.
    """
    azure.switch(strictAccept=True)
    threads = Threads(client.data_plane(azure.agent()))
    started = threads.create("What is here?").id

    assert [thread.id for thread in threads.list()] == [started]

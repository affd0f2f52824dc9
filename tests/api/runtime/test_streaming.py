"""Turns as they happen: through the hub, and by looking where there is none or no longer one."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.api import Client, NotFound
from pulumi_sre_agent.api.runtime.approvals import Approvals
from pulumi_sre_agent.api.runtime.streaming import Update, send, start, turn
from pulumi_sre_agent.api.runtime.threads import Threads
from support.azure import LocalAzure
from support.conversations import high_access

ANSWER = 'You asked: "What is here?". Resource group rg-sre holds 2 resources: id-sre, sre-one.'


def texts(updates: list[Update], kind: str | None = None) -> list[str]:
    """Return what the agent said, put together by message."""
    found: dict[str, str] = {}
    for update in updates:
        if update.role == "assistant" and update.kind == kind:
            found[update.message_id] = found.get(update.message_id, "") + update.text
    return list(found.values())


def states(updates: list[Update]) -> list[str]:
    return [json.loads(update.text)["status"] for update in updates if update.kind == "AzCli"]


def hub_requests(azure: LocalAzure) -> list[Any]:
    return [entry for entry in azure.requests() if entry["path"].endswith("/agentHub")]


def test_a_turn_through_the_hub(azure: LocalAzure, client: Client) -> None:
    """Piece by piece, in order, and over when the agent is done."""
    updates = list(start(client.data_plane(azure.agent()), "What is here?"))

    assert (updates[0].role, updates[0].text) == ("user", "What is here?")
    assert texts(updates)[-1] == ANSWER
    assert texts(updates, "Reasoning")[0] == "I look at the resource group first."
    assert len([update for update in updates if update.role == "assistant"]) > len(texts(updates))
    assert [update.tool for update in updates if update.tool] == ["RunAzCliReadCommands"]
    assert states(updates) == ["Running", "Completed"]


def test_a_turn_through_a_hub_whose_events_are_in_lower_case(azure: LocalAzure, client: Client) -> None:
    """See docs/reference/assumptions.md#case-of-events."""
    azure.switch(lowerCaseEvents=True)
    updates = list(start(client.data_plane(azure.agent()), "What is here?"))

    assert texts(updates)[-1] == ANSWER
    assert len([update for update in updates if update.role == "assistant"]) > len(texts(updates))


def test_each_turn_is_told_once(azure: LocalAzure, client: Client) -> None:
    data = client.data_plane(azure.agent())
    thread = next(start(data, "What is here?")).thread_id  # and nobody listens to the rest
    Threads(data).wait_until_idle(thread)
    updates = list(send(data, thread, "And now?"))

    assert updates[0].text == "And now?"
    assert not any("What is here?" in update.text for update in updates)


def test_a_write_turn_and_its_approval(azure: LocalAzure, client: Client) -> None:
    """What the approval begins is a turn, too."""
    data = client.data_plane(high_access(azure))
    proposal = list(start(data, "restart web-1"))
    thread = proposal[0].thread_id
    (waiting,) = Approvals(data).list(thread)

    def approve() -> str:
        Approvals(data).run(waiting, user="uma")
        return thread

    narrative = list(turn(data, approve, thread))

    assert states(proposal) == ["Pending"]
    assert states(narrative) == ["Running", "Completed"]
    assert texts(narrative)[-1].startswith("Done: ")


def test_an_approved_turn_without_the_hub(azure: LocalAzure, client: Client) -> None:
    """The command's new states are told although its message was there before."""
    data = client.data_plane(high_access(azure))
    azure.fault("status", path="/agentHub$")
    proposal = list(start(data, "restart web-1"))
    thread = proposal[0].thread_id
    (waiting,) = Approvals(data).list(thread)

    def approve() -> str:
        Approvals(data).run(waiting, user="uma")
        return thread

    narrative = list(turn(data, approve, thread))

    assert states(narrative)[-1] == "Completed"
    assert texts(narrative)[-1].startswith("Done: ")


@pytest.mark.parametrize("fault", ["status", "reset", "html"])
@pytest.mark.parametrize(
    "where", [pytest.param("/agentHub$", id="upgrade"), pytest.param("/negotiate$", id="negotiation")]
)
def test_without_the_hub_the_thread_is_looked_at(
    azure: LocalAzure, client: Client, where: str, fault: str
) -> None:
    """As behind a proxy that lets no WebSocket through: whole messages, and the same in the end."""
    data = client.data_plane(azure.agent())
    azure.fault(fault, path=where, **({"status": 404} if fault == "status" else {}))
    updates = list(start(data, "What is here?"))

    assert texts(updates)[-1] == ANSWER
    assert len([update for update in updates if update.text == ANSWER]) == 1
    assert states(updates)[-1] == "Completed"


def test_a_hub_that_is_lost_midway(azure: LocalAzure, client: Client) -> None:
    """What was told is not told again, what was not is."""
    azure.switch(operationSeconds=0.3)
    data = client.data_plane(azure.agent())
    azure.fault("truncate", path="/agentHub$", times=1)
    updates = list(start(data, "What is here?"))

    assert texts(updates)[-1] == ANSWER
    assert texts(updates, "Reasoning") == [
        "I look at the resource group first.",
        "That is enough for an answer.",
    ]
    assert [update.text for update in updates].count("What is here?") == 1
    assert len({update.text for update in updates}) == len([update for update in updates if not update.tool])


def test_what_is_said_twice_is_told_twice(azure: LocalAzure, client: Client) -> None:
    """Whether the hub tells it or the thread does."""
    script = {"turns": [{"steps": [{"say": "Still down."}, {"say": "Still down."}, {"say": "Up."}]}]}
    azure.http.put("/_local/script", content=json.dumps(script)).raise_for_status()
    data = client.data_plane(azure.agent())
    through_hub = texts([*start(data, "Is it up?")])
    azure.fault("status", path="/agentHub$")
    by_looking = texts([*start(data, "Is it up?")])

    assert through_hub == by_looking == ["Still down.", "Still down.", "Up."]


def test_old_messages_are_not_told_when_looking(azure: LocalAzure, client: Client) -> None:
    data = client.data_plane(azure.agent())
    thread = next(start(data, "What is here?")).thread_id
    Threads(data).wait_until_idle(thread)
    azure.fault("status", path="/agentHub$")
    updates = list(send(data, thread, "And now?"))

    assert updates[0].text == "And now?"
    assert texts(updates)[-1].startswith('You asked: "And now?"')
    assert not any("What is here?" in update.text for update in updates)


def test_a_thread_that_is_not_there_is_an_error(azure: LocalAzure, client: Client) -> None:
    data = client.data_plane(azure.agent())
    with pytest.raises(NotFound):
        list(send(data, "not-there", "hello"))


def test_the_token_travels_in_a_header(azure: LocalAzure, client: Client) -> None:
    list(start(client.data_plane(azure.agent()), "What is here?"))
    (entry,) = azure.poll(lambda: hub_requests(azure))

    assert "token" not in entry["query"]

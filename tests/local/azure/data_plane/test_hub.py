"""The SignalR hub, spoken to frame by frame."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from support.azure import DATA_AUDIENCE, Json, LocalAzure, running
from support.conversations import THREADS, begin, executions, high_access, settled

END = "\x1e"
HANDSHAKE = json.dumps({"protocol": "json", "version": 1}) + END
TOGETHER = 20
"""Seconds within which everything happens here."""


def negotiated(azure: LocalAzure, agent: str, version: int = 1) -> str:
    answer = azure.data("POST", agent, f"/agentHub/negotiate?negotiateVersion={version}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["availableTransports"] == [{"transport": "WebSockets", "transferFormats": ["Text", "Binary"]}]
    return str(body["connectionToken"] if version else body["connectionId"])


def address(azure: LocalAzure, agent: str, token: str) -> str:
    return f"ws{azure.endpoint(agent).removeprefix('http')}/agentHub?id={token}"


@contextmanager
def listening(azure: LocalAzure, agent: str) -> Iterator[ClientConnection]:
    """Connect as a browser does, with the token in the query."""
    url = f"{address(azure, agent, negotiated(azure, agent))}&access_token={azure.token(DATA_AUDIENCE)}"
    with connect(url) as socket:
        socket.send(HANDSHAKE)
        assert socket.recv(TOGETHER) == "{}" + END
        yield socket


def update(socket: ClientConnection) -> Json:
    """Return the next update that the hub pushes; a ping instead would mean that none comes."""
    message = json.loads(str(socket.recv(TOGETHER)).removesuffix(END))
    assert (message["type"], message.get("target")) == (1, "MessageUpdate")
    (argument,) = message["arguments"]
    return dict(argument)


def turn(socket: ClientConnection) -> list[Json]:
    """Return the updates of one turn, the one that ends it included."""
    found = [update(socket)]
    while found[-1]["additionalProperties"].get("actionName") != "SignalProcessingComplete":
        found.append(update(socket))
    return found


def outline(updates: list[Json]) -> list[tuple[str, str | None]]:
    """Say of each update who and what, once for pieces of the same message."""
    steps: list[tuple[str, str | None]] = []
    for argument in updates:
        said = argument["additionalProperties"]
        kinds = [content["$type"] for content in argument["contents"] if content["$type"] != "text"]
        what = said.get("actionName") or said["streamMessageType"] or argument["finishReason"]
        step = (argument["role"], kinds[0] if kinds else what)
        if steps[-1:] != [step]:
            steps.append(step)
    return steps


def test_a_read_turn_in_its_order(azure: LocalAzure) -> None:
    agent = azure.agent()
    with listening(azure, agent) as socket:
        thread = begin(azure, agent, "What is here?")
        updates = turn(socket)

    assert outline(updates) == [
        ("user", "AppendUserStreamMessage"),
        ("assistant", "Reasoning"),
        ("assistant", None),
        ("assistant", "tool_calls"),
        ("tool", "functionCall"),
        ("tool", "AzCli"),
        ("tool", "functionResult"),
        ("assistant", "Reasoning"),
        ("assistant", None),
        ("assistant", "SignalProcessingComplete"),
    ]
    assert {argument["additionalProperties"]["threadId"] for argument in updates} == {thread}
    assert (updates[-1]["contents"], updates[-1]["finishReason"]) == ([], "stop")
    last = updates[-2]["additionalProperties"]["messageId"]
    pieces = [a["contents"][0]["text"] for a in updates if a["additionalProperties"]["messageId"] == last]
    assert len(pieces) > 1
    assert "".join(pieces) == settled(azure, agent, thread)[-1]["text"]


def test_a_write_turn_in_review_ends_with_a_command_that_waits(azure: LocalAzure) -> None:
    """After its approval comes a further turn, with the narrative."""
    agent = high_access(azure)
    with listening(azure, agent) as socket:
        thread = begin(azure, agent, "restart web-1")
        proposal = turn(socket)
        waiting = executions(settled(azure, agent, thread))[-1]
        azure.data(
            "POST", agent, f"/api/v1/azCliExecution/{thread}/{waiting['id']}/action", {"action": "run"}
        )
        narrative = turn(socket)

    assert [step for step in outline(proposal) if step[0] == "tool"] == [
        ("tool", "functionCall"),
        ("tool", "AzCli"),
    ]
    assert json.loads(proposal[-2]["contents"][0]["text"]) == waiting
    assert outline(narrative) == [
        ("tool", "AzCli"),
        ("tool", "functionResult"),
        ("assistant", "Reasoning"),
        ("assistant", None),
        ("assistant", "SignalProcessingComplete"),
    ]


def test_nothing_is_told_of_what_was_before(azure: LocalAzure) -> None:
    agent = azure.agent()
    thread = begin(azure, agent, "one")
    settled(azure, agent, thread)
    with listening(azure, agent) as socket:
        azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "two"})

        assert turn(socket)[0]["contents"] == [{"$type": "text", "text": "two"}]


def test_the_old_version_of_negotiation_connects_by_id(azure: LocalAzure) -> None:
    agent = azure.agent()
    headers = {"Authorization": f"Bearer {azure.token(DATA_AUDIENCE)}"}
    with connect(address(azure, agent, negotiated(azure, agent, 0)), additional_headers=headers) as socket:
        socket.send(HANDSHAKE)

        assert socket.recv(TOGETHER) == "{}" + END


def test_the_hub_has_no_methods_and_closes_when_asked(azure: LocalAzure) -> None:
    with listening(azure, azure.agent()) as socket:
        socket.send(json.dumps({"type": 6}) + END)
        call = {"type": 1, "invocationId": "7", "target": "Join", "arguments": []}
        socket.send(json.dumps(call) + END)
        answer = json.loads(str(socket.recv(TOGETHER)).removesuffix(END))
        socket.send(json.dumps({"type": 7}) + END)
        with pytest.raises(ConnectionClosed):
            socket.recv(TOGETHER)

    assert answer == {"type": 3, "invocationId": "7", "error": "Unknown hub method 'Join'"}


def test_only_the_json_protocol_is_spoken(azure: LocalAzure) -> None:
    agent = azure.agent()
    headers = {"Authorization": f"Bearer {azure.token(DATA_AUDIENCE)}"}
    with connect(address(azure, agent, negotiated(azure, agent)), additional_headers=headers) as socket:
        socket.send(json.dumps({"protocol": "messagepack", "version": 1}) + END)

        assert "messagepack" in json.loads(str(socket.recv(TOGETHER)).removesuffix(END))["error"]


def test_who_may_not_connect(azure: LocalAzure) -> None:
    """Without a token, with one for the other plane, or without a negotiation."""
    agent = azure.agent()
    good, wrong = f"Bearer {azure.token(DATA_AUDIENCE)}", f"Bearer {azure.token()}"
    for authorization, token in ((None, None), (wrong, None), (good, "made-up")):
        headers = {"Authorization": authorization} if authorization else {}
        url = address(azure, agent, token or negotiated(azure, agent))
        with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=headers):
            pass
        assert refused.value.response.status_code == 403


def test_the_server_stops_while_someone_listens(tmp_path: Path) -> None:
    """In good order, and with nothing to complain about."""
    with running(tmp_path) as azure:
        with listening(azure, azure.agent()) as socket:
            azure.http.post("/_local/stop")
            with pytest.raises(ConnectionClosed):
                socket.recv(TOGETHER)
        assert azure.process.stderr is not None

        assert azure.process.wait(TOGETHER) == 0
        assert azure.process.stderr.read() == ""


def test_tokens_stay_out_of_the_log(azure: LocalAzure) -> None:
    agent = azure.agent()
    with listening(azure, agent):
        pass
    (entry,) = azure.poll(lambda: [e for e in azure.requests() if e["path"].endswith("/agentHub")])

    assert entry["status"] == 101
    assert azure.token(DATA_AUDIENCE) not in entry["query"]
    assert "access_token=***" in entry["query"]

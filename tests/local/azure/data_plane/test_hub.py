"""The SignalR hub, spoken to frame by frame."""

import json
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from support.azure import DATA_AUDIENCE, Json, LocalAzure, running
from support.conversations import THREADS, begin, executions, high_access, settled
from support.hub import END, HANDSHAKE, TOGETHER, address, listening, negotiated, turn

MISSING = "0a1b2c3d-0000-4000-8000-000000000000"
"""Id of a thread that is not there until somebody makes it."""
ROLES = "providers/Microsoft.Authorization/roleAssignments"


def invoke(socket: ClientConnection, number: str, target: str, *arguments: object) -> None:
    call = {"type": 1, "invocationId": number, "target": target, "arguments": list(arguments)}
    socket.send(json.dumps(call) + END)


def completion(socket: ClientConnection) -> tuple[Json, list[Json]]:
    """Return what a call came to, and the turn that it began, whichever of them is told first."""
    completions: list[Json] = []
    updates: list[Json] = []
    while not completions or not _is_over(updates):
        message = json.loads(str(socket.recv(TOGETHER)).removesuffix(END))
        (completions if message["type"] == 3 else updates).append(message)
    return completions[0], [update["arguments"][0] for update in updates]


def _is_over(updates: list[Json]) -> bool:
    said = [update["arguments"][0]["additionalProperties"].get("actionName") for update in updates]
    return "SignalProcessingComplete" in said


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
        ("assistant", "AzCli"),
        ("assistant", "functionResult"),
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

    assert outline(proposal)[-3:] == [
        ("tool", "functionCall"),
        ("assistant", "AzCli"),
        ("assistant", "SignalProcessingComplete"),
    ]
    assert json.loads(proposal[-2]["contents"][0]["text"]) == waiting
    assert outline(narrative) == [
        ("assistant", "AzCli"),
        ("assistant", "functionResult"),
        ("assistant", "Reasoning"),
        ("assistant", None),
        ("assistant", "SignalProcessingComplete"),
    ]


def test_ids_of_commands_and_of_their_tool_calls(azure: LocalAzure) -> None:
    """As a client built from live traffic has them (docs/reference/run-time.md#hub).

    The tool's call and its result share one id. What shows the command has others: none of them the call's,
    and another one for each state, so that the JSON of one is never appended to that of another.
    """
    agent = azure.agent()
    with listening(azure, agent) as socket:
        begin(azure, agent, "What is here?")
        updates = turn(socket)

    def ids(*actions: str) -> list[str]:
        said = [argument["additionalProperties"] | argument for argument in updates]
        named = [s.get("actionName") or s["streamMessageType"] or s["finishReason"] for s in said]
        return [s["messageId"] for s, name in zip(said, named, strict=True) if name in actions]

    calls = ids("tool_calls", "AppendAgentToolCallMessage", "AppendAgentToolCallResult")
    states = ids("AzCli")
    assert len(calls) == 3
    assert len(set(calls)) == 1
    assert len(set(states)) == len(states) == 2
    assert not set(states) & set(calls)


def test_threads_and_messages_by_the_hubs_methods(azure: LocalAzure) -> None:
    """As a public client calls them, with an id of its own (docs/reference/run-time.md#hub)."""
    agent = azure.agent()
    author = {"userId": "v", "displayName": "Voice"}
    with listening(azure, agent) as socket:
        invoke(socket, "1", "CreateThread", MISSING, {"startMessage": {"text": "one", **author}}, False)
        created, first = completion(socket)
        invoke(socket, "2", "createmessage", MISSING, {"text": "two", **author}, False)
        said, second = completion(socket)
        messages = settled(azure, agent, MISSING)

    assert created == {"type": 3, "invocationId": "1", "result": None}
    assert said == {"type": 3, "invocationId": "2", "result": None}
    assert [turn[0]["contents"][0]["text"] for turn in (first, second)] == ["one", "two"]
    asked = [message for message in messages if message["author"]["role"] == "User"]
    assert [message["text"] for message in asked] == ["one", "two"]
    assert asked[0]["author"] == {"role": "User", **author}


REFUSED: list[tuple[str, list[object], str]] = [
    ("Join", [], "Unknown hub method 'Join'"),
    (
        "CreateMessage",
        [MISSING],
        (
            "Failed to invoke 'CreateMessage' due to an error on the server. "
            "InvalidDataException: Invocation provides 1 argument(s) but target expects 3."
        ),
    ),
    (
        "CreateMessage",
        [MISSING, "text", False],
        (
            "Failed to invoke 'CreateMessage' due to an error on the server. InvalidDataException: "
            "Error binding arguments. Make sure that the types of the provided values match."
        ),
    ),
    (
        "CreateMessage",
        [MISSING, {"text": "one"}, False],
        (
            "An unexpected error occurred invoking 'CreateMessage' on the server. "
            "HubException: The thread was not found."
        ),
    ),
    (
        "CreateThread",
        [MISSING, {"startMessage": {}}, False],
        (
            "An unexpected error occurred invoking 'CreateThread' on the server. "
            "HubException: The text of a message is required."
        ),
    ),
    (
        "CreateThread",
        ["mine", {"startMessage": {"text": "one"}}, False],
        (
            "An unexpected error occurred invoking 'CreateThread' on the server. "
            "HubException: 'mine' is not the id of a thread, which is a GUID."
        ),
    ),
]


def test_what_the_hubs_methods_refuse(azure: LocalAzure) -> None:
    """In the words of ASP.NET's SignalR, which the JavaScript client throws as they are."""
    agent = azure.agent()
    with listening(azure, agent) as socket:
        for target, arguments, error in REFUSED:
            invoke(socket, "7", target, *arguments)
            answer = json.loads(str(socket.recv(TOGETHER)).removesuffix(END))

            assert answer == {"type": 3, "invocationId": "7", "error": error}
    assert azure.data("GET", agent, THREADS).json()["value"] == []


def test_whoever_may_not_write_threads_may_not_by_the_hub(azure: LocalAzure) -> None:
    agent = azure.agent()
    with listening(azure, agent) as socket:
        roles = azure.arm("GET", f"{agent}/{ROLES}", api_version="2022-04-01").json()["value"]
        azure.arm("DELETE", roles[0]["id"], api_version="2022-04-01")
        azure.switch(dataPlaneRoles=True)
        invoke(socket, "1", "CreateThread", MISSING, {"startMessage": {"text": "one"}}, False)
        answer = json.loads(str(socket.recv(TOGETHER)).removesuffix(END))

    assert "Access denied by PDP" in answer["error"]


def test_events_in_lower_case_if_so_switched(azure: LocalAzure) -> None:
    """See docs/reference/assumptions.md#case-of-events."""
    azure.switch(lowerCaseEvents=True)
    agent = azure.agent()
    with listening(azure, agent) as socket:
        begin(azure, agent, "one")
        message = json.loads(str(socket.recv(TOGETHER)).removesuffix(END))

    assert (message["type"], message["target"]) == (1, "messageupdate")


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


def test_the_hub_closes_when_asked(azure: LocalAzure) -> None:
    with listening(azure, azure.agent()) as socket:
        socket.send(json.dumps({"type": 6}) + END)
        socket.send(json.dumps({"type": 7}) + END)
        with pytest.raises(ConnectionClosed):
            socket.recv(TOGETHER)


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

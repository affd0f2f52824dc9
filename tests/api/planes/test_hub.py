"""The hub's protocol, against a server that says what a test tells it to."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from pulumi_sre_agent.api import Unavailable
from pulumi_sre_agent.api.runtime.streaming import Update, turn
from support.scripted import AGENT, ENDPOINT, Script, page, reply

END = "\x1e"
IDLE = {"value": [], "state": "Idle"}


def frame(*messages: object) -> str:
    return "".join(json.dumps(message) + END for message in messages)


def event(
    text: str = "",
    role: str = "assistant",
    thread: str = "t",
    action: str | None = None,
    message: str = "",
    kind: str | None = None,
) -> dict[str, object]:
    contents = [{"$type": "text", "text": text}] if text else []
    said = {
        "threadId": thread,
        "messageId": message or f"{thread}-{role}",
        "actionName": action,
        "streamMessageType": kind,
    }
    argument = {"role": role, "contents": contents, "additionalProperties": said, "finishReason": None}
    return {"type": 1, "target": "MessageUpdate", "arguments": [argument]}


def command(message: str, text: str) -> dict[str, object]:
    return event(text, message=message, kind="AzCli")


COMPLETE = event(action="SignalProcessingComplete")


@contextmanager
def hub(*frames: str, after_ping: str = "") -> Iterator[tuple[str, list[ServerConnection]]]:
    """Serve a WebSocket that answers the handshake with these frames; give its origin and who came."""
    came: list[ServerConnection] = []

    def talk(connection: ServerConnection) -> None:
        came.append(connection)
        assert json.loads(str(connection.recv()).removesuffix(END)) == {"protocol": "json", "version": 1}
        for sent in frames:
            connection.send(sent)
        with suppress(ConnectionClosed):
            while True:  # until it is closed from the other side
                if connection.recv() == frame({"type": 6}) and after_ping:
                    connection.send(after_ping)

    with serve(talk, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}", came
        finally:
            server.shutdown()
            thread.join()


def negotiated(script: Script, origin: str) -> Script:
    """Have the agent's hub send us on to the server at `origin`, as a service in between does."""
    url = f"{origin}/client/?hub=agenthub"
    script.agent().on("GET", "/messages$", reply(200, IDLE))
    script.on("POST", "/agentHub/negotiate$", reply(200, {"url": url, "accessToken": "given-for-there"}))
    return script.on(
        "POST", "/client/negotiate$", reply(200, {"connectionId": "i", "connectionToken": "c&d"})
    )


def heard(script: Script, origin: str) -> list[Update]:
    with negotiated(script, origin).azure() as azure:
        return list(turn(azure.data_plane(AGENT), lambda: "t"))


def test_a_redirect_is_followed_with_its_own_token(script: Script) -> None:
    """And with the query that it came with; ours goes to the agent only."""
    with hub(frame({}, event("Hello."), COMPLETE)) as (origin, came):
        updates = heard(script, origin)

    asked = [request for request in script.requests if request.url.path.endswith("/negotiate")]
    assert [update.text for update in updates] == ["Hello."]
    assert [str(request.url) for request in asked] == [
        f"{ENDPOINT}/agentHub/negotiate?negotiateVersion=1",
        f"{origin}/client/negotiate?hub=agenthub&negotiateVersion=1",
    ]
    assert "given-for-there" not in asked[0].headers["Authorization"]
    assert asked[1].headers["Authorization"] == "Bearer given-for-there"
    request = came[0].request
    assert request is not None
    assert request.path == "/client?hub=agenthub&id=c%26d"
    assert request.headers["Authorization"] == "Bearer given-for-there"


def test_frames_in_any_cut(script: Script) -> None:
    """Several messages in one frame, one message in several."""
    whole = frame(event("Hel"), {"type": 6}, event("lo."), COMPLETE)
    with hub(frame({}) + whole[:30], whole[30:90], whole[90:]) as (origin, _):
        assert [update.text for update in heard(script, origin)] == ["Hel", "lo."]


@pytest.mark.parametrize("name", ["MessageUpdate", "messageupdate", "MESSAGEUPDATE"])
def test_events_have_names_of_any_case(script: Script, name: str) -> None:
    """As two public clients have seen them (docs/reference/assumptions.md#case-of-events)."""
    events = [{**one, "target": name} for one in (event("Hello."), COMPLETE)]
    with hub(frame({}, *events)) as (origin, _):
        assert [update.text for update in heard(script, origin)] == ["Hello."]


def test_each_state_of_a_command_is_told_once(script: Script) -> None:
    """In pieces, under several ids, two states under one: as JSON it is whole, and no answer of the agent's.

    See docs/reference/run-time.md#hub.
    """
    running, done = (
        json.dumps({"id": "e", "command": "az vm list", "status": s}) for s in ("Running", "Completed")
    )
    told = [
        command("c1", running[:20]),
        command("c1", running[20:]),
        command("c2", running),
        command("c2", done),
        command("c3", done),
    ]
    with hub(frame({}, *told, event("Hello."), COMPLETE)) as (origin, _):
        updates = heard(script, origin)

    assert [(update.role, update.kind, update.text) for update in updates] == [
        ("assistant", "AzCli", running),
        ("assistant", "AzCli", done),
        ("assistant", None, "Hello."),
    ]


def test_a_late_completion_ends_nothing(script: Script) -> None:
    """Nor does what happens in other threads."""
    other = event("Not for you.", thread="other")
    late = [COMPLETE, event("What?", role="user"), COMPLETE, other]
    with hub(frame({}, *late, event("Hello."), COMPLETE)) as (origin, _):
        assert [update.text for update in heard(script, origin)] == ["What?", "Hello."]


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([frame({"error": "No JSON today."})], id="a-refused-handshake"),
        pytest.param([frame({}, {"type": 7, "error": "Going down."})], id="a-close"),
        pytest.param(
            [frame({}, {"type": 1, "target": "MessageUpdate", "arguments": [7]})], id="another-shape"
        ),
        pytest.param([frame({}, {"type": 1, "target": "Other"}), "no JSON" + END], id="no-json"),
    ],
)
def test_a_hub_that_fails_is_done_without(script: Script, frames: list[str]) -> None:
    """The thread tells the rest."""
    said = {"id": "m", "text": "Hello.", "author": {"role": "SREAgent"}}
    with hub(*frames) as (origin, _):
        negotiated(script, origin).on("GET", "/messages$", reply(200, {"value": [said], "state": "Idle"}))
        with script.azure() as azure:
            updates = list(turn(azure.data_plane(AGENT), lambda: "t"))

    assert [update.text for update in updates] == ["Hello."]


def test_it_is_said_why_a_hub_does_not_open(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_sre_agent.api.limits.HUB_TIMEOUT", 0.05)
    said: list[str] = []
    with hub() as (origin, _):
        negotiated(script, origin)
        with script.azure() as azure:
            assert list(turn(azure.data_plane(AGENT), lambda: "t", missed=said.append)) == []

    assert said == ["The hub of agent pay was lost: timed out in 0.0s."]


def test_a_silent_hub_is_checked_against_the_thread(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some silence the state decides: here the end of the turn was missed."""
    monkeypatch.setattr("pulumi_sre_agent.api.limits.HUB_SILENCE", 0.05)
    with hub(frame({}, event("Hello."))) as (origin, _):
        negotiated(script, origin).on(
            "GET", "/messages$", reply(200, {"value": [], "state": "Working"}), reply(200, IDLE)
        )
        with script.azure() as azure:
            updates = list(turn(azure.data_plane(AGENT), lambda: "t"))

    assert [update.text for update in updates] == ["Hello."]


def test_a_silent_listener_pings(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the service would take it for gone."""
    monkeypatch.setattr("pulumi_sre_agent.api.limits.HUB_PING", 0.05)
    with hub(frame({}), after_ping=frame(event("Hello."), COMPLETE)) as (origin, _):
        assert [update.text for update in heard(script, origin)] == ["Hello."]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(page(status=404), "a web page instead of JSON", id="no-hub"),
        pytest.param(
            reply(200, {"url": "http://elsewhere.example/x"}), "which is not https", id="plain-http"
        ),
        pytest.param(reply(200, {"url": f"{ENDPOINT}/agentHub"}), "it sends us on and on", id="in-circles"),
    ],
)
def test_a_hub_that_cannot_be_reached(script: Script, answer: object, sentence: str) -> None:
    script.agent().on("POST", "/negotiate$", answer)  # type: ignore[arg-type]  # one of the answers of a script
    with script.azure() as azure, pytest.raises(Unavailable, match=sentence), azure.data_plane(AGENT).hub():
        pass


def test_no_token_is_logged(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    """Even where everything is: websockets itself logs headers."""
    with caplog.at_level(logging.DEBUG), hub(frame({}, event("Hello."), COMPLETE)) as (origin, _):
        heard(script, origin)

    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith("websockets.server")
    ]
    assert "given-for-there" in caplog.text, "what plays the hub logs what it was sent"
    assert ours
    assert not any("given-for-there" in message for message in ours)

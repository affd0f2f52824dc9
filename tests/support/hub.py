"""The SignalR hub, spoken to frame by frame: connections, and the turns that it tells of."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.sync.client import ClientConnection, connect

from support.azure import DATA_AUDIENCE, Json, LocalAzure

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

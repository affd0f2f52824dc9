"""The hub through Microsoft's own SignalR client for JavaScript, where node and `@microsoft/signalr` are.

The tests install nothing: `npm install --no-save @microsoft/signalr` in the repository lets them run, and so
does a folder in NODE_PATH that has it.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from support.azure import DATA_AUDIENCE, Json, LocalAzure, running
from support.conversations import executions, high_access, settled

PROGRAM = Path(__file__).with_name("signalr_client.cjs")
THREAD = "0a1b2c3d-0000-4000-8000-000000000000"
TOGETHER = 30
"""Seconds within which everything happens here."""


class SignalRClient:
    """The program beside this file, connected."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._told: Queue[Json] = Queue()
        self._updates: list[Json] = []
        Thread(target=self._read, daemon=True).start()

    def call(self, method: str, *arguments: Any) -> Json:
        """Call a method of the hub; return its result, or its error."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, *arguments]) + "\n")
        self._process.stdin.flush()
        return self.next("result", "error")

    def next(self, *kinds: str) -> Json:
        """Return what is told next of these kinds, and keep the updates that come before."""
        while True:
            told = self._told.get(timeout=TOGETHER)
            if "update" in told:
                self._updates.append(told["update"])
            if not set(kinds).isdisjoint(told):
                return told

    def turn(self) -> list[Json]:
        """Return the updates of one turn."""
        while not (ends := [n for n, update in enumerate(self._updates) if action(update) == "end"]):
            self.next("update")
        turn, self._updates = self._updates[: ends[0] + 1], self._updates[ends[0] + 1 :]
        return turn

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._told.put(json.loads(line))


def action(update: Json) -> str:
    said = update["additionalProperties"]
    name = said.get("actionName") or said.get("streamMessageType") or update["finishReason"] or "text"
    return {"SignalProcessingComplete": "end"}.get(name, str(name))


def outline(turn: list[Json]) -> list[tuple[str, str]]:
    """Say of each update who and what, once for pieces of one message."""
    steps = [(update["role"], action(update)) for update in turn]
    return [step for number, step in enumerate(steps) if number == 0 or steps[number - 1] != step]


@pytest.fixture(scope="session")
def node() -> str:
    """Find node and the client, or skip."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node on PATH")
    look = "require.resolve('@microsoft/signalr')"
    looked = subprocess.run([found, "-e", look], cwd=PROGRAM.parent, capture_output=True, check=False)
    if looked.returncode:
        pytest.skip("node does not find @microsoft/signalr: install it in the repository, or set NODE_PATH")
    return found


@contextmanager
def connected(node: str, azure: LocalAzure, agent: str) -> Iterator[SignalRClient]:
    environ = {**os.environ, "TOKEN": azure.token(DATA_AUDIENCE)}
    command = [node, str(PROGRAM), f"{azure.endpoint(agent)}/agentHub"]
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            client = SignalRClient(process)
            assert client.next("state", "error") == {"state": "connected"}
            yield client
        finally:
            process.terminate()


def test_methods_a_turn_an_approval_and_a_reconnect(node: str, tmp_path: Path) -> None:
    """In the shapes that live clients show (docs/reference/run-time.md#hub)."""
    author = {"userId": "v", "displayName": "Voice"}
    with running(tmp_path) as azure, connected(node, azure, agent := high_access(azure)) as client:
        created = client.call("CreateThread", THREAD, {"startMessage": {"text": "hello", **author}}, False)
        answer = client.turn()
        client.call("CreateMessage", THREAD, {"text": "restart web-1", **author}, False)
        proposal = client.turn()
        waiting = executions(settled(azure, agent, THREAD))[-1]
        approval = f"/api/v1/azCliExecution/{THREAD}/{waiting['id']}/action"
        azure.data("POST", agent, approval, {"action": "run", "user": "v"})
        narrative = client.turn()
        unknown = client.call("Join", THREAD)
        azure.process.terminate()
        lost = client.next("state")
        azure.process.wait(TOGETHER)
        with running(tmp_path, port=int(azure.url.rpartition(":")[2])) as again:
            back = client.next("state")
            client.call("CreateMessage", THREAD, {"text": "still there?", **author}, False)
            after = client.turn()
            kept = [message["text"] for message in settled(again, agent, THREAD)]

    assert created == {"result": None}
    assert outline(answer) == [
        ("user", "AppendUserStreamMessage"),
        ("assistant", "Reasoning"),
        ("assistant", "text"),
        ("assistant", "tool_calls"),
        ("tool", "AppendAgentToolCallMessage"),
        ("assistant", "AzCli"),
        ("assistant", "AppendAgentToolCallResult"),
        ("assistant", "Reasoning"),
        ("assistant", "text"),
        ("assistant", "end"),
    ]
    assert outline(proposal)[-2:] == [("assistant", "AzCli"), ("assistant", "end")]
    assert json.loads(proposal[-2]["contents"][0]["text"])["status"] == "Pending"
    assert outline(narrative)[0] == ("assistant", "AzCli")
    assert narrative[-2]["contents"] == [{"$type": "text", "text": f"`{waiting['command']}` completed."}]
    assert unknown["error"].endswith("Unknown hub method 'Join'")
    assert [lost["state"], back["state"]] == ["reconnecting", "reconnected"]
    assert outline(after)[-1] == ("assistant", "end")
    assert {"hello", "still there?"} <= set(kept)

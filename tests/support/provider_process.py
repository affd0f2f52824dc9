"""The dynamic-provider process, spoken to as an engine does: gRPC, protobuf structs, pickled providers.

Nothing here knows what a provider does; values go in and come out as plain Python, `UNKNOWN` for what an
engine does not know yet.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from support import fork_server
from support.fork_server import Forked

Json = dict[str, Any]

UNKNOWN = rpc.UNKNOWN
"""How a value that is not known yet travels."""


PROGRAM = """
import runpy, sys, threading, time
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.resources._core.claims import CLAIMS
from pulumi_sre_agent.resources._core.dependents import DEPENDENTS
from pulumi_sre_agent.resources._core.item_crud import LISTINGS

def follow():
    for line in sys.stdin:
        CLAIMS.clear()
        DEPENDENTS.clear()
        LISTINGS.clear()
        print(line, end="", flush=True)

Clock.__init__.__defaults__ = lambda: 5 * time.monotonic(), time.time, lambda seconds: time.sleep(seconds / 5)
threading.Thread(target=follow, daemon=True).start()
runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
"""
"""The SDK's own process, which an engine starts for each run; this one can be told that another begins.

What it waits for, from one attempt to the next, takes a fifth of its time.
"""


class ProviderError(Exception):
    """What the engine would print for a call that failed."""


@dataclass
class Checked:
    inputs: Json
    failures: list[tuple[str, str]] = field(default_factory=list)
    """Property (may be empty) and reason of each."""


@dataclass
class Diffed:
    changes: bool | None
    """None: the engine is to compare the inputs itself."""
    replaces: list[str]
    delete_before_replace: bool


@dataclass
class Found:
    id: str
    inputs: Json
    outputs: Json


class ProviderProcess:
    """A running provider process; calls may come from several threads."""

    def __init__(self, child: Forked, config: Mapping[str, str]) -> None:
        self.pid, self._commands, self._answers = child.pid, child.stdin, child.stdout
        self._lock = threading.Lock()
        self.port = int(child.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._stub.Configure(provider_pb2.ConfigureRequest(args=_struct(config), acceptSecrets=True))

    def begin_run(self) -> None:
        """Have the process forget what it did, as the one of the next run knows nothing of it."""
        with self._lock:
            self._commands.write("new run\n")
            self._commands.flush()
            assert self._answers.readline() == "new run\n"

    def close(self) -> None:
        self._channel.close()

    def check(self, provider: ResourceProvider, news: Json, olds: Json | None = None) -> Checked:
        request = provider_pb2.CheckRequest(
            olds=self._bag(provider, olds or {}), news=self._bag(provider, news)
        )
        answer = self._call("Check", request)
        return Checked(
            _plain(answer.inputs), [(failure.property, failure.reason) for failure in answer.failures]
        )

    def checked(self, provider: ResourceProvider, news: Json, olds: Json | None = None) -> Json:
        """Check arguments that nothing is wrong with, and return the inputs."""
        found = self.check(provider, news, olds)
        assert found.failures == []
        return found.inputs

    def made(self, provider: ResourceProvider, agent_id: str, **args: Any) -> tuple[str, Json, Json]:
        """Create something of an agent's; return its id, outputs and inputs."""
        inputs = self.checked(provider, {"agent_id": agent_id, **args})
        found = self.create(provider, inputs)
        return found.id, found.outputs, inputs

    def diff(self, provider: ResourceProvider, id_: str, olds: Json, news: Json) -> Diffed:
        request = provider_pb2.DiffRequest(
            id=id_, olds=self._bag(provider, olds), news=self._bag(provider, news)
        )
        answer = self._call("Diff", request)
        said = {answer.DIFF_SOME: True, answer.DIFF_NONE: False, answer.DIFF_UNKNOWN: None}[answer.changes]
        return Diffed(said, list(answer.replaces), answer.deleteBeforeReplace)

    def create(self, provider: ResourceProvider, inputs: Json, urn: str = "") -> Found:
        request = provider_pb2.CreateRequest(urn=urn, properties=self._bag(provider, inputs))
        answer = self._call("Create", request)
        return Found(answer.id, inputs, _plain(answer.properties))

    def read(self, provider: ResourceProvider, id_: str, outputs: Json, inputs: Json | None = None) -> Found:
        request = provider_pb2.ReadRequest(
            id=id_, properties=self._bag(provider, outputs), inputs=self._bag(provider, inputs or {})
        )
        answer = self._call("Read", request)
        return Found(answer.id, _plain(answer.inputs), _plain(answer.properties))

    def update(self, provider: ResourceProvider, id_: str, olds: Json, news: Json) -> Json:
        request = provider_pb2.UpdateRequest(
            id=id_, olds=self._bag(provider, olds), news=self._bag(provider, news)
        )
        return _plain(self._call("Update", request).properties)

    def delete(
        self, provider: ResourceProvider, id_: str, outputs: Json, *, in_same_run: bool = False
    ) -> None:
        """Delete, by default in a later run than whatever was done before."""
        if not in_same_run:
            self.begin_run()
        self._call("Delete", provider_pb2.DeleteRequest(id=id_, properties=self._bag(provider, outputs)))

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=120)
        except grpc.RpcError as error:
            raise ProviderError(error.details()) from None

    def _bag(self, provider: ResourceProvider, values: Json) -> struct_pb2.Struct:
        return _struct({**values, "__provider": serialize_provider(provider)})


class EngineLog(engine_pb2_grpc.EngineServicer):
    """An engine's log: what providers tell it."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def Log(self, request: Any, _context: object) -> Any:  # noqa: N802 - gRPC's name
        self.heard.append(request)
        return empty_pb2.Empty()


@contextmanager
def listening(log: EngineLog) -> Iterator[str]:
    """Serve an engine's log at the address that is yielded."""
    server = grpc.server(ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(log, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0).wait()


@contextmanager
def running(
    config: Mapping[str, str], environ: Mapping[str, str], engine: str = "127.0.0.1:0"
) -> Iterator[ProviderProcess]:
    """Run a provider process of one's own, configured like the dynamic package of a stack."""
    env = {**os.environ, **fork_server.environment(), **environ}
    command = [sys.executable, "-u", "-c", PROGRAM, engine]
    with closing(Forked(command, cwd=Path.cwd(), env=env, stderr=2)) as child:
        try:
            process = ProviderProcess(child, config)
            yield process
            process.close()
        finally:
            end(child)


def end(child: Forked) -> None:
    """Ask a process to end, and end it if it does not: a signal may meet coverage in its own handler."""
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def _plain(values: struct_pb2.Struct) -> Json:
    found: Json = json_format.MessageToDict(values)
    return {key: value for key, value in found.items() if key != "__provider"}

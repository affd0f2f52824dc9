"""The stand-in plugin as an engine sees it: a process found in the plugin cache, spoken to over gRPC."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from sre_agent_local.azure_native.__main__ import serving
from sre_agent_local.azure_native.arm_client import ArmClient
from sre_agent_local.azure_native.engine_log import EngineLog
from sre_agent_local.azure_native.property_values import from_struct, to_struct
from sre_agent_local.azure_native.provider import AzureNative
from support.arm_script import ORIGIN, Script, Step, Tokens
from support.azure import SUBSCRIPTION, TENANT, LocalAzure

Json = dict[str, Any]


class Engine(engine_pb2_grpc.EngineServicer):
    """What a plugin finds of the engine that started it: someone to tell."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(0).wait()

    def Log(self, request: Any, _context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802 - gRPC's name
        assert request.urn
        self.warnings.append(request.message)
        return empty_pb2.Empty()


class Plugin:
    """A connection to a plugin; `token` in its methods leaves out `azure-native:`."""

    def __init__(self, port: int, engine: "Engine") -> None:
        self.engine = engine
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def configure(self, **config: str) -> proto.ConfigureResponse:
        request = proto.ConfigureRequest(args=to_struct(config), acceptSecrets=True)
        answer: proto.ConfigureResponse = self.stub.Configure(request)
        return answer

    def check(
        self, token: str, news: Json, olds: Json | None = None, seed: bytes = b"seed", name: str = "it"
    ) -> tuple[Json, list[str]]:
        """Return the inputs with defaults, and why they are refused."""
        answer = self.stub.Check(
            proto.CheckRequest(
                urn=urn(token, name), news=to_struct(news), olds=to_struct(olds or {}), randomSeed=seed
            )
        )
        assert not any(failure.property for failure in answer.failures), "azure-native names it in the reason"
        return from_struct(answer.inputs), [failure.reason for failure in answer.failures]

    def diff(
        self, token: str, old_inputs: Json, news: Json, outputs: Json | None = None
    ) -> proto.DiffResponse:
        request = proto.DiffRequest(
            urn=urn(token),
            old_inputs=to_struct(old_inputs),
            news=to_struct(news),
            olds=to_struct(outputs or {}),
        )
        answer: proto.DiffResponse = self.stub.Diff(request)
        return answer

    def create(
        self, token: str, inputs: Json, *, preview: bool = False, timeout: float = 20
    ) -> tuple[str, Json]:
        """Return id and outputs."""
        answer = self.stub.Create(
            proto.CreateRequest(
                urn=urn(token), properties=to_struct(inputs), preview=preview, timeout=timeout
            )
        )
        return answer.id, from_struct(answer.properties)

    def update(self, token: str, arm_id: str, olds: Json, news: Json, *, preview: bool = False) -> Json:
        request = proto.UpdateRequest(
            urn=urn(token), id=arm_id, olds=to_struct(olds), news=to_struct(news), preview=preview, timeout=20
        )
        return from_struct(self.stub.Update(request).properties)

    def read(self, token: str, arm_id: str, state: Json | None = None, inputs: Json | None = None) -> Any:
        """Return id, inputs and outputs."""
        answer = self.stub.Read(
            proto.ReadRequest(
                urn=urn(token), id=arm_id, properties=to_struct(state or {}), inputs=to_struct(inputs or {})
            )
        )
        return answer.id, from_struct(answer.inputs), from_struct(answer.properties)

    def delete(self, token: str, arm_id: str) -> None:
        self.stub.Delete(proto.DeleteRequest(urn=urn(token), id=arm_id, timeout=20))

    def invoke(self, token: str, **args: Any) -> Json:
        request = proto.InvokeRequest(tok=f"azure-native:{token}", args=to_struct(args))
        found: struct_pb2.Struct = getattr(self.stub.Invoke(request), "return")
        return from_struct(found)

    def made(self, token: str, **inputs: Any) -> tuple[str, Json, Json]:
        """Check and create; return id, inputs and outputs."""
        checked, refusals = self.check(token, inputs)
        assert refusals == []
        arm_id, outputs = self.create(token, checked)
        return arm_id, checked, outputs

    def cancel(self) -> None:
        self.stub.Cancel(empty_pb2.Empty())


@contextmanager
def spawned(launcher: Path, environ: Mapping[str, str]) -> Iterator[Plugin]:
    """Run the plugin as engines do: in a process of its own."""
    with (
        Engine() as engine,
        subprocess.Popen(
            [launcher, engine.address], stdout=subprocess.PIPE, text=True, env={**os.environ, **environ}
        ) as process,
    ):
        assert process.stdout is not None
        plugin = Plugin(int(process.stdout.readline()), engine)
        with plugin.channel:
            yield plugin
        process.terminate()
        assert process.wait(10) == 0


@contextmanager
def served() -> Iterator[Plugin]:
    """Serve a plugin from this process, over gRPC all the same."""
    with Engine() as engine, serving(AzureNative(EngineLog(engine.address))) as port:
        plugin = Plugin(port, engine)
        with plugin.channel:
            yield plugin


@contextmanager
def scripted(*steps: Step) -> Iterator[tuple[Plugin, Script]]:
    """Serve a plugin whose Azure answers as the test says."""
    script = Script(*steps)
    with Engine() as engine:
        log = EngineLog(engine.address)
        provider = AzureNative(log, lambda settings: ArmClient(settings, Tokens, script))
        with serving(provider) as port:
            plugin = Plugin(port, engine)
            plugin.configure(metadataHost=ORIGIN, subscriptionId=SUBSCRIPTION, location="swedencentral")
            with plugin.channel:
                yield plugin, script


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:local::test::sre:index:Agent$azure-native:{token}::{name}"


def sentence(error: "pytest.ExceptionInfo[grpc.RpcError]") -> str:
    """Return what the engine prints of a failed call."""
    return str(error.value.details())


def half_made(error: "pytest.ExceptionInfo[grpc.RpcError]") -> provider_pb2.ErrorResourceInitFailed:
    """Return what a failed call says of a resource that exists all the same."""
    metadata: Any = error.value.trailing_metadata()  # grpc-stubs does not know that its items are pairs
    details = dict(metadata)["grpc-status-details-bin"]
    found = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(found)
    return found


def settings(azure: LocalAzure) -> dict[str, str]:
    return {
        "metadataHost": azure.url,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "useMsi": "true",
        "location": "swedencentral",
    }

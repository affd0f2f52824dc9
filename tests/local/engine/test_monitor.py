"""The services that a program calls, over real gRPC."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

from sre_agent_local.engine.events import Diagnostic
from sre_agent_local.engine.monitor import REFUSED, SERVED, Server
from sre_agent_local.engine.responses import ProviderError
from support.rig import THING, Parts, Rig, urn


class Program:
    """A program's end of the services."""

    def __init__(self, server: Server, parts: Parts, said: list[str]) -> None:
        channel = grpc.insecure_channel(server.address)
        self.monitor, self.engine = (
            resource_pb2_grpc.ResourceMonitorStub(channel),
            engine_pb2_grpc.EngineStub(channel),
        )
        self.parts, self.finished, self.said = parts, server.finished, said

    def register(self, name: str, **members: Any) -> Any:
        request = {"type": THING, "name": name, "custom": True, **members}
        return self.monitor.RegisterResource(resource_pb2.RegisterResourceRequest(**request))

    @property
    def errors(self) -> list[str]:
        return self.parts.outcome.errors


@pytest.fixture
def program(rig: Rig, tmp_path: Path) -> Iterator[Program]:
    said: list[str] = []
    server = Server(parallel=2)
    with rig._parts() as parts:
        server.start(parts.deployment, parts.report, tmp_path, said.append)
        yield Program(server, parts, said)
        server.close()


def ended(call: Any, *arguments: Any) -> None:
    """Check that a call is answered as the SDK expects it at the end of a run."""
    with pytest.raises(grpc.RpcError) as error:
        call(*arguments)
    assert error.value.code() == grpc.StatusCode.UNAVAILABLE


def struct(**values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def test_features(program: Program) -> None:
    """What is refused by name is claimed too: the request has to arrive to be refused."""
    info = program.monitor.GetDeploymentInfo(empty_pb2.Empty())

    assert set(info.supportedFeatures) == {*SERVED, *REFUSED}


def test_registering(program: Program) -> None:
    """A resource is answered with its outputs, a component without."""
    made = program.register("a", object=struct(size=1))
    box = program.register("box", type="toy:index:Box", custom=False)
    program.monitor.RegisterResourceOutputs(
        resource_pb2.RegisterResourceOutputsRequest(urn=box.urn, outputs=struct(n=1))
    )

    assert (made.urn, made.id) == (urn("a"), "id-a")
    assert json_format.MessageToDict(made.object) == {"endpoint": "a", "size": 1}
    assert (box.id, box.HasField("object")) == ("", False)
    assert program.parts.deployment.snapshot.finished(box.urn).outputs == {"n": 1}  # type: ignore[union-attr]  # it was registered


def test_a_status_is_no_message(program: Program) -> None:
    """What is of interest only for a moment is told to who shows it, and kept nowhere."""
    heard: list[tuple[str, str]] = []
    program.parts.outcome.status = lambda urn, message: heard.append((urn, message))  # type: ignore[method-assign]
    program.engine.Log(
        engine_pb2.LogRequest(severity=engine_pb2.INFO, message="waiting: x", urn=urn("a"), ephemeral=True)
    )

    assert (heard, program.parts.outcome.notes) == ([(urn("a"), "waiting: x")], [])


def test_reading(program: Program, rig: Rig) -> None:
    """The answer has the id, so that previews of what uses it know it."""
    rig.cloud.things["a"] = {"size": 7}
    found = program.monitor.ReadResource(resource_pb2.ReadResourceRequest(id="x", type=THING, name="a"))

    assert (found.urn, found.id) == (urn("a"), "x")
    assert json_format.MessageToDict(found.properties)["size"] == 7


def test_invoking(program: Program) -> None:
    answer = program.monitor.Invoke(resource_pb2.ResourceInvokeRequest(tok="toy:index:f", args=struct(a=1)))

    assert json_format.MessageToDict(getattr(answer, "return")) == {
        "token": "toy:index:f",
        "a": 1,
        "region": "here",
    }


def test_a_function_that_fails_is_the_programs_to_handle(program: Program, rig: Rig) -> None:
    rig.cloud.errors["start other"] = ProviderError("no plugin")

    with pytest.raises(grpc.RpcError) as error:
        program.monitor.Invoke(resource_pb2.ResourceInvokeRequest(tok="other:index:f"))
    assert error.value.details() == "no plugin"
    assert program.said == []


@pytest.mark.parametrize(
    ("method", "request_", "what"),
    [
        ("Call", resource_pb2.ResourceCallRequest(tok="a:b:c/d"), "the program uses methods of remote"),
        ("RegisterStackTransform", None, "the program uses transforms"),
        ("RegisterStackInvokeTransform", None, "the program uses invoke transforms"),
        (
            "RegisterResourceHook",
            resource_pb2.RegisterResourceHookRequest(),
            "the program uses resource hooks",
        ),
        ("RegisterErrorHook", resource_pb2.RegisterErrorHookRequest(), "the program uses error hooks"),
        ("RegisterPackage", resource_pb2.RegisterPackageRequest(name="p"), "a parameterised package"),
        ("ExistsResource", resource_pb2.ExistsResourceRequest(), "whether a resource exists"),
        (
            "Invoke",
            resource_pb2.ResourceInvokeRequest(tok="pulumi:pulumi:getResource"),
            "of the engine itself",
        ),
        (
            "RegisterResource",
            resource_pb2.RegisterResourceRequest(type="a:b:C", remote=True),
            "a remote component",
        ),
    ],
)
def test_what_is_refused_ends_the_run(program: Program, method: str, request_: Any, what: str) -> None:
    """One sentence from the engine, and a quiet end for the program."""
    ended(getattr(program.monitor, method), request_ or callback_pb2.Callback())

    assert what in program.errors[0]
    assert program.said == ["stopped"]


def test_a_step_that_fails_ends_the_run_without_saying_it_twice(program: Program, rig: Rig) -> None:
    rig.cloud.errors["create a"] = ProviderError("no room")
    ended(program.register, "a")
    ended(program.register, "b")

    assert program.errors == ["no room"]
    assert program.said == ["stopped", "stopped"]


def test_the_program_waits_until_all_is_done(program: Program) -> None:
    """It has asked for everything; it ends once the engine has deleted the rest."""
    waiting = program.monitor.SignalAndWaitForShutdown.future(empty_pb2.Empty())
    while program.said != ["signalled"]:
        threading.Event().wait(0.01)
    before = waiting.done()
    program.finished.set()

    assert not before
    assert waiting.result(10) == empty_pb2.Empty()


def test_log(program: Program) -> None:
    """What a program says is told, until it only says that it was stopped; what it warns of always is."""
    words = ("info", "warning", "error")
    severities = (engine_pb2.INFO, engine_pb2.WARNING, engine_pb2.ERROR)
    program.engine.Log(engine_pb2.LogRequest(severity=engine_pb2.DEBUG, message="unheard"))
    for severity, word in zip(severities, words, strict=True):
        program.engine.Log(engine_pb2.LogRequest(severity=severity, message=word, urn="urn:a"))
    program.parts.deployment.stopped.set()
    program.engine.Log(engine_pb2.LogRequest(severity=engine_pb2.ERROR, message="monitor has terminated"))
    program.engine.Log(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message="later", urn="urn:a"))
    program.engine.RequirePulumiVersion(engine_pb2.RequirePulumiVersionRequest(pulumi_version_range=">=3"))

    assert program.parts.outcome.notes == [
        *(Diagnostic(severity=word, message=word, urn="urn:a") for word in words),
        Diagnostic(severity="warning", message="later", urn="urn:a"),
    ]
    assert not program.parts.report.failed
    assert program.parts.report.has_errors

"""The engine's side of a program's calls: Pulumi's services ResourceMonitor and Engine."""
# ruff: noqa: N802, ARG002 - names and parameters are the protocol's

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2

from sre_agent_local.protocol import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
)

from .deployment import Deployment
from .errors import EngineError
from .events import Reporter
from .goals import UnsupportedError, read_inputs, read_read_request, read_register_request, refuse_invoke
from .responses import ProviderError
from .step_executor import RunStopped, StepFailed
from .values import Properties, to_struct

SERVED = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
)
REFUSED = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
)
"""Claimed so that the request arrives, to be refused by name: else the SDK raises, with a traceback."""
SERVER_OPTIONS = (
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
    # The default cancels a call that has waited 30 s for a thread.
    ("grpc.server_max_unrequested_time_in_server", 1800),
)
SPARE_THREADS = 16


def _refusal(what: str) -> Any:
    """Make the answer to a request that this engine does not serve."""

    def refuse(monitor: "Monitor", _request: object, context: grpc.ServicerContext) -> None:
        with monitor.aborting_on_error(context):
            raise UnsupportedError(what, "the program")

    return refuse


class Server:
    """Serves the program and the providers of one run at an address of this machine."""

    def __init__(self, parallel: int, address: str = "127.0.0.1:0") -> None:
        # A registration holds its thread for as long as its step takes.
        threads = ThreadPoolExecutor(parallel * 4 + SPARE_THREADS)
        self._server = grpc.server(threads, options=SERVER_OPTIONS)
        self.address = f"127.0.0.1:{self._server.add_insecure_port(address)}"
        self.finished = threading.Event()
        """Set it to let the program end."""

    def start(
        self, deployment: Deployment, report: Reporter, root: Path, put_outcome: Callable[[str], None]
    ) -> None:
        """Serve. `put_outcome` hears `signalled`: the program has asked for all it wants; and `stopped`."""
        monitor = Monitor(deployment, report, root, self.finished, put_outcome)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(EngineService(report, deployment.stopped), self._server)
        self._server.start()
        # gRPC loads half of itself with the first channel: now, while the program loads, nobody waits for it.
        grpc.insecure_channel(self.address).close()

    def close(self) -> None:
        self.finished.set()
        self._server.stop(0).wait()


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Turns requests into calls of a Deployment, and whatever goes wrong into the end of the run."""

    def __init__(
        self,
        deployment: Deployment,
        report: Reporter,
        root: Path,
        finished: threading.Event,
        put_outcome: Callable[[str], None],
    ) -> None:
        self._deployment, self._report, self._root = deployment, report, root
        self._finished, self._put_outcome = finished, put_outcome

    def GetDeploymentInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return resource_pb2.DeploymentInfo(supportedFeatures=[*SERVED, *REFUSED])

    def RegisterResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self.aborting_on_error(context):
            state = self._deployment.register(read_register_request(request, self._root))
        outputs = _struct(state.outputs) if state.custom else None
        return resource_pb2.RegisterResourceResponse(urn=state.urn, id=state.id, object=outputs)

    def ReadResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self.aborting_on_error(context):
            state = self._deployment.register(read_read_request(request, self._root))
        return resource_pb2.ReadResourceResponse(
            urn=state.urn, id=state.id, properties=_struct(state.outputs)
        )

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self.aborting_on_error(context):
            refuse_invoke(request)
            args = read_inputs(request.args, f"invoke of {request.tok}")
            try:
                result, failures = self._deployment.invoke(
                    request.tok,
                    args,
                    provider=request.provider,
                    version=request.version,
                    parent=request.parent,
                )
            except ProviderError as error:  # the program may handle it
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
        reasons = [provider_pb2.CheckFailure(property=each.property, reason=each.reason) for each in failures]
        answer = resource_pb2.ResourceInvokeResponse(failures=reasons)
        getattr(answer, "return").CopyFrom(_struct(result))
        return answer

    def RegisterResourceOutputs(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self.aborting_on_error(context):
            self._deployment.outputs(
                request.urn, read_inputs(request.outputs, f"the outputs of {request.urn}")
            )
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._put_outcome("signalled")
        self._finished.wait()
        return empty_pb2.Empty()

    Call = _refusal("methods of remote components")
    RegisterStackTransform = _refusal("transforms")
    RegisterStackInvokeTransform = _refusal("invoke transforms")
    RegisterResourceHook = _refusal("resource hooks")
    RegisterErrorHook = _refusal("error hooks")
    RegisterPackage = _refusal("a parameterised package")
    ExistsResource = _refusal("the question whether a resource exists")

    @contextmanager
    def aborting_on_error(self, context: grpc.ServicerContext) -> Iterator[None]:
        """End the run on anything wrong; the SDK takes UNAVAILABLE as the word to shut down quietly."""
        try:
            yield
        except (EngineError, ProviderError) as error:
            self._report.error(str(error))
        except (RunStopped, StepFailed):
            pass
        else:
            return
        self._deployment.stopped.set()
        self._put_outcome("stopped")
        context.abort(grpc.StatusCode.UNAVAILABLE, "the run is ending")


class EngineService(engine_pb2_grpc.EngineServicer):
    """What program and providers have to say; of a run that is being stopped, only that and warnings."""

    def __init__(self, report: Reporter, stopped: threading.Event) -> None:
        self._report, self._stopped = report, stopped

    def Log(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.ephemeral:
            self._report.status(request.message, request.urn)
            return empty_pb2.Empty()
        heard = request.severity == engine_pb2.WARNING or not self._stopped.is_set()
        if request.severity != engine_pb2.DEBUG and heard:
            severity = engine_pb2.LogSeverity.Name(request.severity).lower()
            self._report.diagnose(severity, request.message, request.urn)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any, context: grpc.ServicerContext) -> Any:
        return engine_pb2.RequirePulumiVersionResponse()


def _struct(properties: Properties) -> struct_pb2.Struct:
    return to_struct(properties, secrets=True, resources=True)

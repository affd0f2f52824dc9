"""Everything that one run needs, put together: state, providers, steps, and the server for the program."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc

from .aliases import Names
from .deployment import Deployment
from .execution import Executor
from .generation import Generator
from .monitor import Log, Monitor
from .plugins import Plugins
from .process import Child
from .protocol import engine_pb2_grpc, resource_pb2_grpc
from .registry import Registry
from .report import Report
from .resource import STACK
from .session import Unlocked
from .snapshot import Snapshot
from .values import Properties

if TYPE_CHECKING:
    from .run import Engine

SERVER_OPTIONS = (
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
    # The default cancels a call that has waited 30 s for a thread.
    ("grpc.server_max_unrequested_time_in_server", 1800),
)
SPARE_THREADS = 16


class Service:
    """The parts of one run."""

    def __init__(
        self,
        engine: "Engine",
        unlocked: Unlocked,
        early: Child | None,
        *,
        preview: bool,
        report: Report,
        happened: Callable[[str], None],
    ) -> None:
        """Read the state and start to serve; `early`: the provider of dynamic resources, if it runs already.

        Raises EngineError for a state that is not for this engine.
        """
        # A registration holds its thread for as long as its step takes.
        self._server = grpc.server(
            ThreadPoolExecutor(engine.parallel * 4 + SPARE_THREADS), options=SERVER_OPTIONS
        )
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        project = engine.project
        self._plugins = Plugins(
            project=project.name,
            root=project.root,
            program=project.working_dir,
            engine=self.address,
            named=project.plugins,
            environ=engine.environ,
            tell=lambda line: report.say("info", line),
            early=early,
        )
        self.config = unlocked.config
        self.snapshot = Snapshot(engine.backend, unlocked.secrets, read_only=preview)
        self.registry = Registry(self._plugins, self.snapshot.base, preview=preview)
        self.names = Names(project.name, engine.stack, self.snapshot.base)
        self.generator = Generator(self.names, self.snapshot, self.registry, report, preview=preview)
        self.executor = Executor(
            self.snapshot,
            self.registry,
            report,
            self.generator.deletions,
            parallel=engine.parallel,
            preview=preview,
        )
        self.deployment = Deployment(self.generator, self.executor, self.registry, self.config)
        self._happened, self._report = happened, report
        self.monitor = Monitor(
            self.deployment, report, project.root, stop=self.stop, signal=lambda: happened("signalled")
        )
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(self.monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(Log(report, self.executor.stopped), self._server)
        self._server.start()
        # gRPC loads half of itself with the first channel: now, while the program loads, nobody waits for it.
        grpc.insecure_channel(self.address).close()

    def old_outputs(self) -> Properties:
        """Return the stack's outputs as they were before this run."""
        return next((resource.outputs for resource in self.snapshot.base if resource.type == STACK), {})

    def finish_outputs(self) -> Properties:
        """Write the stack's new outputs and return them; a failed run keeps old ones, too."""
        old, new = self.old_outputs(), self.deployment.stack_outputs
        if new is None:
            return old
        if self._report.failed:
            new = {**old, **new}
        self.executor.outputs(self.deployment.stack, new)
        return new

    def stop(self) -> None:
        """Let what runs finish, and start nothing more."""
        self.executor.stop()
        self._happened("stopped")

    def close(self) -> None:
        """End the providers and the server."""
        self.monitor.finished.set()
        self.registry.close()
        self._server.stop(0).wait()

    def kill(self) -> None:
        """End the providers in the middle of what they do; the state keeps what was begun."""
        self.snapshot.freeze()
        self._plugins.kill()

"""Everything that one run needs, put together: a deployment, and the server that its program talks to."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc

from .deployment import Deployment
from .monitor import Log, Monitor
from .plugins import Plugins
from .protocol import engine_pb2_grpc, resource_pb2_grpc

if TYPE_CHECKING:
    from .process import Child
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

    def __init__(self, engine: "Engine", early: "Child | None") -> None:
        """Read the state and start to serve; `early`: the provider of dynamic resources, if it runs already.

        Raises EngineError for a state that is not for this engine.
        """
        # A registration holds its thread for as long as its step takes.
        threads = ThreadPoolExecutor(engine.parallel * 4 + SPARE_THREADS)
        self._server = grpc.server(threads, options=SERVER_OPTIONS)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        unlocked = engine.unlocked()
        self.config = unlocked.config
        self._plugins = Plugins(
            project=engine.project,
            engine=self.address,
            environ=engine.environ,
            tell=engine.report.info,
            early=early,
        )
        self.deployment = Deployment(
            engine.backend,
            unlocked,
            self._plugins,
            engine.report,
            parallel=engine.parallel,
            preview=engine.preview,
        )
        self._finished = threading.Event()
        monitor = Monitor(
            self.deployment, engine.report, engine.project.root, self._finished, happened=engine.happened.put
        )
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(
            Log(engine.report, self.deployment.stopped), self._server
        )
        self._server.start()
        # gRPC loads half of itself with the first channel: now, while the program loads, nobody waits for it.
        grpc.insecure_channel(self.address).close()

    def finish(self) -> None:
        """Let the program end, and end the providers."""
        self._finished.set()
        self.deployment.close()

    def close(self) -> None:
        """End everything."""
        self.finish()
        self._server.stop(0).wait()

    def kill(self) -> None:
        """End the providers in the middle of what they do; the state keeps what was begun."""
        self.deployment.snapshot.freeze()
        self._plugins.kill()

"""`python -m sre_agent_local.azure_native <engine address>`: serve the plugin until the engine ends.

Prints the port as the first line, as the engine expects of every plugin.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read when it is loaded

import grpc

from sre_agent_local.protocol import provider_pb2_grpc

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # httpx's own command line: half a second

from .engine_log import EngineLog  # noqa: E402 - after the line above
from .provider import AzureNative  # noqa: E402 - after the line above

WORKERS = 64
"""Calls at a time; each holds a worker until Azure is done, and an engine asks for 4 per core."""
MAX_MESSAGE_BYTES = 400 * 1024 * 1024
ORPHAN_SECONDS = 1.0
"""How often to look whether the engine, this process's parent, is still there: a killed one says nothing."""


@contextmanager
def serving(provider: AzureNative) -> Iterator[int]:
    """Serve a provider on a free loopback port, which is yielded."""
    server = grpc.server(
        ThreadPoolExecutor(WORKERS),
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", -1),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=0).wait()
        provider.close()


def main() -> None:
    parent = os.getppid()
    stop = threading.Event()
    provider = AzureNative(EngineLog(sys.argv[1] if len(sys.argv) > 1 else ""))

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        """Leave a Ctrl-C to the engine, which cancels first, and interrupts in the end, as after any run."""
        if provider.is_cancelled:
            stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, interrupt)
    with serving(provider) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        while not stop.wait(ORPHAN_SECONDS) and os.getppid() == parent:
            pass
    sys.stdout.flush()
    os._exit(0)  # the engine waits, and Python takes half a second to take all of it apart


if __name__ == "__main__":
    main()

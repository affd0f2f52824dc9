"""What the plugin tells people, by way of the engine."""

import sys
from contextlib import suppress
from contextvars import ContextVar

import grpc

from sre_agent_local.protocol import engine_pb2, engine_pb2_grpc

SECONDS = 5.0
"""How long the engine may take to listen."""


URN: ContextVar[str] = ContextVar("urn", default="")
"""The resource that this thread's call is about."""


class EngineLog:
    """The log of the engine that started this plugin; without one, standard error, which engines pass on."""

    def __init__(self, address: str = "") -> None:
        self._channel = grpc.insecure_channel(address) if address else None
        self._told: set[tuple[str, str]] = set()
        self._statuses: dict[str, str] = {}

    def warn(self, urn: str, message: str) -> None:
        """Show a warning at a resource, once: an engine has it checked several times."""
        if (urn, message) in self._told:
            return
        self._told.add((urn, message))
        request = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn)
        try:
            if self._channel:
                engine_pb2_grpc.EngineStub(self._channel).Log(request, timeout=SECONDS)
                return
        except grpc.RpcError:
            pass  # what it was to hear still goes somewhere
        sys.stderr.write(f"warning: {message}\n")

    def status(self, message: str) -> None:
        """Show beside the resource at hand what goes on, as long as nothing else is said of it."""
        urn = URN.get()
        before, self._statuses[urn] = self._statuses.get(urn), message
        is_new = message != before or message.endswith(" s left")  # a wait that begins anew
        if self._channel and is_new:
            request = engine_pb2.LogRequest(
                severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True
            )
            with suppress(grpc.RpcError):
                engine_pb2_grpc.EngineStub(self._channel).Log(request, timeout=SECONDS)

    def close(self) -> None:
        if self._channel:
            self._channel.close()

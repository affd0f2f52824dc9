"""What the plugin tells people, by way of the engine."""

import sys

import grpc

from sre_agent_local.protocol import engine_pb2, engine_pb2_grpc

SECONDS = 5.0
"""How long the engine may take to listen."""


class EngineLog:
    """The log of the engine that started this plugin; without one, standard error, which engines pass on."""

    def __init__(self, address: str = "") -> None:
        self._channel = grpc.insecure_channel(address) if address else None
        self._told: set[tuple[str, str]] = set()

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

    def close(self) -> None:
        if self._channel:
            self._channel.close()

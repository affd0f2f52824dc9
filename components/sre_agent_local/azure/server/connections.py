"""Sockets below the web server: what it takes to lose a connection on purpose."""

import asyncio
import socket
import struct

import h11
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_transports: dict[tuple[str, int] | None, asyncio.Transport] = {}


class Protocol(H11Protocol):
    """Uvicorn's HTTP/1.1, which remembers the connection that each client came through."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        _transports[self.client] = transport

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        _transports.pop(self.client, None)  # from here on it is no request's
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        _transports.pop(self.client, None)
        super().connection_lost(exc)


async def reset(scope: Scope) -> None:
    """Drop the connection of a request so that its client sees a reset, not an orderly end."""
    transport = _transports[scope["client"]]
    handle: socket.socket = transport.get_extra_info("socket")
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0)  # until uvicorn has noticed, or it would answer 500 to nobody


async def close(scope: Scope) -> None:
    """End the connection of a request after what has been sent."""
    _transports[scope["client"]].close()
    await asyncio.sleep(0)

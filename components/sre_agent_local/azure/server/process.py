"""One process on one loopback port: how it starts, says where it is, and stops."""

import contextlib
import json
import os
import signal
import socket
import ssl
from pathlib import Path

import uvicorn

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.settings import LocalSettings
from sre_agent_local.azure.state.store import Store, StoreInUse, StoreUnusable

from . import tls
from .app import build
from .connections import Protocol

HOST = "127.0.0.1"
"""Never anything else: whoever can reach this server can log in to it."""


class CannotStart(Exception):
    """Why the server cannot start, and what to do, in one sentence."""


class Server(uvicorn.Server):
    """Uvicorn, which says where it is once it listens."""

    def __init__(
        self, config: uvicorn.Config, announcement: Path, contents: Json, tls_context: ssl.SSLContext | None
    ) -> None:
        super().__init__(config)
        self._announcement, self._contents, self._tls_context = announcement, contents, tls_context

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._tls_context and sockets:
            await super().startup([])
            self.servers = [tls.Listener(sockets[0], self._protocol, self._tls_context)]  # type: ignore[list-item]
        else:
            await super().startup(sockets)
        _write_privately(self._announcement, json.dumps(self._contents))
        addresses = " and ".join(
            self._contents[name] for name in ("url", "httpsUrl") if name in self._contents
        )
        print(f"Local Azure is ready at {addresses} (data: {self._announcement.parent})", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._announcement.unlink()
        await super().shutdown(sockets)

    def _protocol(self) -> Protocol:
        return Protocol(self.config, self.server_state, self.lifespan.state)


def serve(data: Path, port: int, settings: LocalSettings, *, with_tls: bool = False) -> None:
    """Serve until a signal or `POST /_local/stop`. Raises CannotStart."""
    store = _open(data)
    try:
        listener = _bind(port)
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        azure = AzureState(store, url, settings, lambda: _stop(server))
        config = uvicorn.Config(
            build(azure),
            http=Protocol,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,  # clients that keep connections for reuse must not find them closed
            timeout_graceful_shutdown=2,
        )
        contents: Json = {
            "url": url,
            "pid": os.getpid(),
            "identityHeader": azure.identity_header,
            "administrationToken": azure.administration_token,
        }
        if with_tls:
            contents |= {
                "httpsUrl": url.replace("http", "https", 1),
                "certificateAuthority": str(tls.authority_file(data)),
            }
        context = tls.server_context(data) if with_tls else None
        server = Server(config, data / "azure.json", contents, context)
        # Uvicorn raises the signal that stopped it once more at its end; ours must find an orderly exit.
        for stopping in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stopping, lambda _number, _frame: _stop(server))
        server.run(sockets=[listener])
    finally:
        store.close()


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True


def _open(data: Path) -> Store:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} cannot be used: {error.strerror}; choose another with --data."
        ) from error
    try:
        return Store(data / "azure.sqlite3")
    except StoreInUse as error:
        raise CannotStart(
            f"The data folder {data} is already served{_current_server(data)}; stop that process first."
        ) from error
    except StoreUnusable as error:
        raise CannotStart(f"{error}; move it away, or choose another folder with --data.") from error


def _current_server(data: Path) -> str:
    try:
        other = json.loads((data / "azure.json").read_text())
        return f" at {other['url']} by process {other['pid']}"
    except (OSError, ValueError, KeyError):
        return " by another process"


def _bind(port: int) -> socket.socket:
    # the protocol is named so that asyncio switches Nagle off: each answer would wait 40 ms otherwise
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise CannotStart(
            f"Port {port} of {HOST} cannot be used: {error.strerror}; "
            "stop what uses it, or choose another with --port."
        ) from error
    return listener


def _write_privately(path: Path, content: str) -> None:
    """Write a file that only its owner may read, all at once."""
    partial = path.with_suffix(".partial")
    with contextlib.suppress(FileNotFoundError):
        partial.unlink()
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    partial.replace(path)

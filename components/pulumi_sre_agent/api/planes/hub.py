"""An agent's SignalR hub: the JSON protocol over a WebSocket, for one who only listens.

Negotiation goes through the transport, so it logs in, retries and refuses redirects as every request does.

See docs/reference/run-time.md#hub.
"""

import json
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidURI
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, Unavailable
from pulumi_sre_agent.api.http.endpoint import Endpoint, GivenToken, TokenSource
from pulumi_sre_agent.api.http.transport import Transport, trusted
from pulumi_sre_agent.api.http.urls import is_loopback, origin_of

PATH = "/agentHub"
END = "\x1e"
"""Ends every message of the protocol."""
INVOCATION, PING, CLOSE = 1, 6, 7
EVENT = "messageupdate"
"""In lower case: its case varies (docs/reference/assumptions.md#case-of-events)."""
REDIRECTS = 3
"""How often a negotiation may send us on; a service in between does so once."""

_socket_log = logging.getLogger(f"{__name__}.socket")
_socket_log.setLevel(logging.WARNING)  # below that, websockets logs headers, and with them the token


class Hub:
    """An open connection; events of every thread of the caller's come through it."""

    def __init__(self, socket: ClientConnection, name: str) -> None:
        self._socket = socket
        self._name = name
        self._next_ping = monotonic() + limits.HUB_PING
        self._left = ""
        self._events: list[Any] = []

    def event(self, seconds: float) -> Any:
        """Return the argument of the next event, or None after some seconds without one.

        Raises `Unavailable` once the connection is lost.
        """
        end = monotonic() + seconds
        try:
            while not self._events and (now := monotonic()) < end:
                if now >= self._next_ping:
                    self._socket.send(_message(type=PING))
                    self._next_ping = now + limits.HUB_PING
                with suppress(TimeoutError):
                    self._take(self._socket.recv(timeout=min(end, self._next_ping) - now))
        except ConnectionClosed as closed:
            raise self._lost_error(str(closed)) from None
        return self._events.pop(0) if self._events else None

    def shake_hands(self) -> None:
        """Agree on the protocol. Raises `Unavailable`."""
        try:
            self._socket.send(_message(protocol="json", version=1))
            answer, *others = self._messages(self._socket.recv(timeout=limits.HUB_TIMEOUT)) or [{}]
        except (ConnectionClosed, TimeoutError) as failure:
            raise self._lost_error(str(failure)) from None
        if error := answer.get("error"):
            raise self._lost_error(str(error))
        self._handle(others)

    def _take(self, frame: str | bytes) -> None:
        self._handle(self._messages(frame))

    def _messages(self, frame: str | bytes) -> list[dict[str, Any]]:
        """Return the messages that end in a frame; what begins in it is kept for the next."""
        *whole, self._left = (self._left + str(frame)).split(END)
        try:
            messages = [json.loads(text) for text in whole if text]
        except ValueError:
            raise self._lost_error("it said something that is not JSON") from None
        if not all(isinstance(message, dict) for message in messages):
            raise self._lost_error("it said something that is not a message")
        return messages

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if message.get("type") == CLOSE:
                raise self._lost_error(str(message.get("error") or "the service closed it"))
            if message.get("type") == INVOCATION and str(message.get("target")).lower() == EVENT:
                self._events += message.get("arguments") or []

    def _lost_error(self, why: str) -> Unavailable:
        return Unavailable(f"The hub of {self._name} was lost: {why.rstrip('.')}.")


@contextmanager
def connect(transport: Transport, endpoint: Endpoint) -> Iterator[Hub]:
    """Connect to the hub of the agent behind `endpoint`. Raises `Unavailable` where it cannot be reached."""
    try:
        link = _negotiate(transport, _Address(endpoint, PATH, ""))
        socket = open_socket(
            f"ws{link.url.removeprefix('http')}",
            additional_headers=_authorization(link.endpoint.tokens),
            ssl=_tls(link.url),
            proxy=None if is_loopback(urlsplit(link.url).hostname or "") else True,
            open_timeout=limits.HUB_TIMEOUT,
            max_size=None,
            logger=_socket_log,
        )
    except (ApiError, InvalidHandshake, InvalidProxy, InvalidURI, OSError) as failure:
        reason = str(failure).rstrip(".") or type(failure).__name__
        raise Unavailable(f"The hub of {endpoint.name} cannot be reached: {reason}.") from None
    with socket:
        hub = Hub(socket, endpoint.name)
        hub.shake_hands()
        yield hub


@dataclass(frozen=True)
class _Address:
    """Where a hub is: a site, a path on it, and a query that belongs to it."""

    endpoint: Endpoint
    path: str
    query: str

    @property
    def url(self) -> str:
        return self.endpoint.url(f"{self.path}?{self.query}")

    def with_query(self, **parameters: str) -> "_Address":
        added = "&".join(filter(None, [self.query, urlencode(parameters)]))
        return _Address(self.endpoint, self.path, added)


def _negotiate(transport: Transport, place: _Address) -> _Address:
    """Ask where to connect, and for a token for it; follow a redirect, with its own token only."""
    for _ in range(REDIRECTS):
        asking = place.with_query(negotiateVersion="1")
        link = f"{asking.path}/negotiate?{asking.query}"
        answer = transport.send(place.endpoint, "POST", link).object()
        if not answer.get("url"):
            return place.with_query(id=str(answer.get("connectionToken") or answer.get("connectionId") or ""))
        place = _redirect_target(place.endpoint, str(answer["url"]), str(answer.get("accessToken") or ""))
    raise Unavailable(f"The hub of {place.endpoint.name} cannot be reached: it sends us on and on.")


def _redirect_target(endpoint: Endpoint, url: str, token: str) -> _Address:
    parts, origin = urlsplit(url), origin_of(url)
    if origin is None or not (parts.scheme == "https" or is_loopback(parts.hostname or "")):
        raise Unavailable(
            f"The hub of {endpoint.name} cannot be reached: it sends us to {origin}, which is not https."
        )
    return _Address(
        Endpoint(origin, endpoint.name, "data", GivenToken(token)), parts.path.rstrip("/"), parts.query
    )


def _authorization(tokens: TokenSource | None) -> dict[str, str]:
    """Log in by header: a token in the query, as browsers send it, would end up in logs on the way."""
    return {"Authorization": f"Bearer {tokens.token()}"} if tokens else {}


def _tls(url: str) -> ssl.SSLContext | None:
    """Trust whom the transport trusts."""
    return trusted() if url.startswith("https") else None


def _message(**members: Any) -> str:
    return json.dumps(members) + END

"""The data plane: one agent's own endpoint, where it is told what it knows and does."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import AccessDenied, ApiError, Unavailable
from pulumi_sre_agent.api.http.bodies import Content
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.paging import items, pages, replies
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.http.transport import Reply, Transport
from pulumi_sre_agent.api.http.urls import with_query
from pulumi_sre_agent.api.kinds import Json

if TYPE_CHECKING:
    from pulumi_sre_agent.api.planes.hub import Hub

PROBE = "/api/v2/extendedAgent/commonprompts"
"""A collection that every agent has, and the smallest."""


class DataPlane:
    """One agent's endpoint. Paths begin with `/api`. Thread-safe.

    Every call raises `ApiError` and its kin for refusals (401 and 403 only after a new role had time to
    spread), `Unavailable` where no usable answer came and `ConfigError` where no login did.
    """

    def __init__(self, transport: Transport, endpoint: Endpoint) -> None:
        self.endpoint = endpoint.base
        self.owner = endpoint.name
        """Whose it is, in a sentence: `agent payments-oncall`."""
        self.clock = transport.clock
        self._transport = transport
        self._endpoint = endpoint

    def mask(self, text: str) -> str:
        """Blank out what has been sent as a secret."""
        return self._transport.mask(text)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json | None:
        """Return what is there. Raises `NotFound`."""
        return self._send("GET", path, query)

    def read(self, path: str) -> Reply:
        """Return the whole answer, for those that say more in its headers. Raises `NotFound`."""
        return self._transport.send(self._endpoint, "GET", path)

    def put(self, path: str, body: Json, headers: Mapping[str, str] | None = None) -> Json | None:
        """Create or replace, and return what is stored, where the service says it."""
        return self._send("PUT", path, body=body, headers=headers)

    def patch(self, path: str, body: Json) -> Json | None:
        return self._send("PATCH", path, body=body)

    def post(
        self,
        path: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json | None:
        """Call an action; it is not repeated once it may have arrived."""
        return self._send("POST", path, query, body, headers)

    def upload(self, path: str, content: Content, query: Mapping[str, str] | None = None) -> Json | None:
        """POST what replaces whatever was under the same names: twice is as good as once."""
        reply = self._transport.send(self._endpoint, "POST", with_query(path, query or {}), body=content)
        return reply.object() if reply.body is not None else None

    def download(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Return the bytes of what is there. Raises `NotFound`, `Unavailable` where the portal answers."""
        reply = self._transport.send(self._endpoint, "GET", with_query(path, query or {}), raw=True)
        return bytes(reply.body or b"")

    def delete(self, path: str, body: Any = None) -> Json | None:
        """Delete, and return what the service says of it. Raises `NotFound` where it is gone already."""
        reply = self._transport.send(self._endpoint, "DELETE", path, body=body)
        return reply.body if isinstance(reply.body, dict) else None

    def list(
        self, path: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Json]:
        """Every item of a collection, page by page."""
        return (item for reply in self.pages(path, query, headers) for item in items(reply))

    def pages(
        self, path: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Reply]:
        """Every page of a collection, for those that say more than their items."""
        link = with_query(path, query or {})
        return replies(lambda page: self._transport.send(self._endpoint, "GET", page, headers=headers), link)

    def request(
        self, method: str, link: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request of the caller's own, query and all, and return the answer, whose body is bytes."""
        return self._transport.send(self._endpoint, method, link, body=body, headers=headers, raw=True)

    def request_pages(self, link: str, headers: Mapping[str, str] | None = None) -> Iterator[Json]:
        """Yield every item of a collection that a link of the caller's own leads to."""
        return pages(lambda page: self._transport.send(self._endpoint, "GET", page, headers=headers), link)

    def hub(self) -> "AbstractContextManager[Hub]":
        """Connect to the agent's SignalR hub, until the context ends. Raises `Unavailable` on entering."""
        from pulumi_sre_agent.api.planes.hub import connect  # noqa: PLC0415 -- websockets, for those who stream

        return connect(self._transport, self._endpoint)

    def wait_until_ready(self) -> None:
        """Wait until the endpoint answers: some time after ARM knows the agent.

        Raises `Unavailable` after `limits.READY_DEADLINE`, `AccessDenied` when it answers but refuses.

        See docs/reference/data-plane.md#general-behaviour.
        """

        def attempt() -> None:
            try:
                self._transport.send(self._endpoint, "GET", PROBE)
            except AccessDenied:
                raise
            except (Unavailable, ApiError) as failure:
                raise StillPending(f"not answering ({str(failure).rstrip('.')})") from None

        poll(attempt, what=self._endpoint.name, deadline=limits.READY_DEADLINE, clock=self._transport.clock)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json | None:
        link = with_query(path, query or {})
        reply = self._transport.send(self._endpoint, method, link, body=body, headers=headers)
        return reply.object() if reply.body is not None else None

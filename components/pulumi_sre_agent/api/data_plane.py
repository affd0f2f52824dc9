"""The data plane: one agent's own endpoint, where it is told what it knows and does."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import AccessDenied, ApiError, Unavailable
from pulumi_sre_agent.api.paging import pages
from pulumi_sre_agent.api.transport import Site, Transport
from pulumi_sre_agent.api.urls import with_query
from pulumi_sre_agent.api.waiting import NotYet, poll

Json = dict[str, Any]

PROBE = "/api/v2/extendedAgent/commonprompts"
"""A collection that every agent has, and the smallest."""


class DataPlane:
    """One agent's endpoint. Paths begin with `/api`. Thread-safe.

    Every call raises `ApiError` and its kin for refusals (401 and 403 only after a new role had time to
    spread), `Unavailable` where no usable answer came and `ConfigError` where no login did.
    """

    def __init__(self, transport: Transport, site: Site) -> None:
        self.endpoint = site.base
        self._transport = transport
        self._site = site

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json | None:
        """Return what is there. Raises `NotFound`."""
        return self._send("GET", path, query)

    def put(self, path: str, body: Json) -> Json | None:
        """Create or replace, and return what is stored, where the service says it."""
        return self._send("PUT", path, body=body)

    def patch(self, path: str, body: Json) -> Json | None:
        return self._send("PATCH", path, body=body)

    def post(
        self, path: str, body: Json | None = None, query: Mapping[str, str] | None = None
    ) -> Json | None:
        """Call an action; it is not repeated once it may have arrived."""
        return self._send("POST", path, query, body)

    def delete(self, path: str) -> None:
        """Delete. Raises `NotFound` where it is gone already."""
        self._send("DELETE", path)

    def list(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Json]:
        """Every item of a collection, page by page."""
        return pages(
            lambda link: self._transport.send(self._site, "GET", link), with_query(path, query or {})
        )

    def wait_ready(self) -> None:
        """Wait until the endpoint answers: some time after ARM knows the agent (api.md C.0).

        Raises `Unavailable` after `limits.READY_DEADLINE`, `AccessDenied` when it answers but refuses.
        """

        def look() -> None:
            try:
                self._transport.send(self._site, "GET", PROBE)
            except AccessDenied:
                raise
            except (Unavailable, ApiError) as failure:
                raise NotYet(f"not answering ({str(failure).rstrip('.')})") from None

        poll(look, what=self._site.name, deadline=limits.READY_DEADLINE, clock=self._transport.clock)

    def _send(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Json | None = None
    ) -> Json | None:
        reply = self._transport.send(self._site, method, with_query(path, query or {}), body=body)
        return reply.object() if reply.body is not None else None

"""The control plane: Azure Resource Manager, whose calls return once what they began is done."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.operations import Operation
from pulumi_sre_agent.api.http.paging import pages
from pulumi_sre_agent.api.http.transport import Reply, Transport
from pulumi_sre_agent.api.http.urls import with_query
from pulumi_sre_agent.api.kinds import Json


class ControlPlane:
    """ARM. Paths are ARM ids, api-versions are said with each call. Thread-safe.

    Every call raises `ApiError` and its kin for refusals, `Unavailable` where no usable answer came and
    `ConfigError` where no login did; the calls that begin an operation raise `OperationFailed` when it fails.
    """

    def __init__(
        self, transport: Transport, endpoint: Endpoint, deleted: Callable[[str], None] = lambda _: None
    ) -> None:
        """Tell `deleted` the path of whatever is deleted here."""
        self.base = endpoint.base
        self.clock = transport.clock
        self._transport = transport
        self._endpoint = endpoint
        self._deleted = deleted

    def get(self, path: str, api_version: str) -> Json:
        """Return the resource as it is now, finished or not. Raises `NotFound`."""
        return self.read(path, api_version).object()

    def read(self, path: str, api_version: str) -> Reply:
        """Return the whole answer, for those that need its headers. Raises `NotFound`."""
        return self._send("GET", path, api_version)

    def put(self, path: str, api_version: str, body: Json, *, redact: Json | None = None) -> Json:
        """Create or replace, wait, and return the settled resource.

        `redact`: the content in plain, where `body` holds it encoded, so that its secrets stay out of errors.
        """
        resource: Json = self._change("PUT", path, api_version, body, redact)
        return resource

    def patch(self, path: str, api_version: str, body: Json) -> Json:
        """Merge, wait, and return the settled resource."""
        resource: Json = self._change("PATCH", path, api_version, body)
        return resource

    def delete(self, path: str, api_version: str) -> None:
        """Delete, and wait until it is gone; gone already counts as deleted."""
        with suppress(NotFound):
            self._change("DELETE", path, api_version)
        self._deleted(path)

    def post(self, path: str, api_version: str, body: Json | None = None) -> Json | None:
        """Call an action (start, stop, listSecrets), wait, and return its result if it has one."""
        result: Json | None = self._change("POST", path, api_version, body)
        return result

    def wait_until_provisioned(self, path: str, api_version: str) -> Json:
        """Wait for whatever runs on a resource, also if someone else began it, and return the resource.

        Raises `OperationFailed` when it ends as failed, `NotFound` when it ends as deleted.
        """
        resource: Json = self._operation("GET", path, api_version).resource()
        return resource

    def list(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> Iterator[Json]:
        """Every item of a collection, or those that a `$filter` in `query` leaves, page by page."""
        link = with_query(path, {"api-version": api_version, **(query or {})})
        return pages(lambda page: self._transport.send(self._endpoint, "GET", page), link)

    def request(
        self, method: str, link: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request of the caller's own, query and all, and return the answer, whose body is bytes.

        What it begins is not waited for.
        """
        return self._transport.send(self._endpoint, method, link, body=body, headers=headers, raw=True)

    def request_pages(self, link: str, headers: Mapping[str, str] | None = None) -> Iterator[Json]:
        """Yield every item of a collection that a link of the caller's own leads to."""
        return pages(lambda page: self._transport.send(self._endpoint, "GET", page, headers=headers), link)

    def _change(
        self, method: str, path: str, api_version: str, body: Json | None = None, redact: Json | None = None
    ) -> Any:
        reply = self._send(method, path, api_version, body, redact)
        return self._operation(method, path, api_version).wait(reply)

    def _operation(self, method: str, path: str, api_version: str) -> Operation:
        return Operation(self._transport, self._endpoint, method, path, api_version)

    def _send(
        self, method: str, path: str, api_version: str, body: Json | None = None, redact: Json | None = None
    ) -> Reply:
        link = with_query(path, {"api-version": api_version})
        return self._transport.send(self._endpoint, method, link, body=body, redact=redact)

"""Long-running operations: from "accepted" to what became of it (api.md A.12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import NotFound, OperationFailed, Unavailable
from pulumi_sre_agent.api.refusals import reason_of
from pulumi_sre_agent.api.transport import Reply, Site, Transport
from pulumi_sre_agent.api.urls import with_api_version
from pulumi_sre_agent.api.waiting import NotYet, poll

DONE = frozenset({"succeeded", "running"})
"""The last word of an operation or a `provisioningState`; `Running` is how some connectors say it (api.md A.11)."""
FAILED = frozenset({"failed", "canceled", "cancelled"})


@dataclass(frozen=True)
class Operation:
    """A call on the resource at `path` that Azure may finish after it has answered."""

    transport: Transport
    site: Site
    method: str
    path: str
    api_version: str

    def settled(self, reply: Reply) -> Any:
        """Wait for what `reply` began: the resource after PUT and PATCH, the result after POST, None after DELETE.

        Raises `OperationFailed`, or `Unavailable` when the operation outlives `limits.OPERATION_DEADLINE`.
        """
        link = reply.headers.get("azure-asyncoperation")
        if not link and reply.status == 202:
            link = reply.headers.get("location")
        try:
            result = self._followed(link, reply) if link else reply.body
        except NotFound:
            result = None
            link = None  # Azure has forgotten the operation: only the resource itself can tell
            reply = Reply(202, None, {})
        if self.method == "POST":
            return result
        if self.method == "DELETE":
            return None if link or reply.status != 202 else self._gone()
        return self.resource(None if link else result)

    def resource(self, known: Any = None) -> Any:
        """The resource once its `provisioningState` is final; `known` spares the first look."""
        looked = iter([known] if isinstance(known, Mapping) else [])

        def look() -> Any:
            body, after = next(looked, None), None
            if body is None:
                reply = self._get(self.path)
                body, after = reply.body, reply.retry_after(self.transport.clock)
            state = _state(body)
            if state.lower() in FAILED:
                raise self._failure(state, body["properties"].get("deploymentError") or body["properties"])
            if state and state.lower() not in DONE:
                raise NotYet(state, after)
            return body

        return self._poll(look)

    def _followed(self, link: str, first: Reply) -> Any:
        """Poll a status or result address; what it says at the end, where that is the call's result."""
        url = with_api_version(self.site.url(link), self.api_version)
        replies = iter([first])

        def look() -> Any:
            reply = next(replies, None)
            if reply is None:
                reply = self._get(url)
                state = _status(reply)
                if state.lower() in FAILED:
                    raise self._failure(state, reply.body)
                if state.lower() in DONE:
                    return reply.body
            raise NotYet("in progress", reply.retry_after(self.transport.clock))

        outcome = self._poll(look)
        if self.method == "POST" and "azure-asyncoperation" in first.headers:
            result = first.headers.get("location")
            return (
                self._get(with_api_version(self.site.url(result), self.api_version)).body if result else None
            )
        return outcome

    def _gone(self) -> None:
        def look() -> None:
            try:
                reply = self._get(self.path)
            except NotFound:
                return
            raise NotYet("there", reply.retry_after(self.transport.clock))

        self._poll(look)

    def _poll(self, look: Any) -> Any:
        name = self.site.names(self.site.url(self.path))
        return poll(look, what=name, deadline=limits.OPERATION_DEADLINE, clock=self.transport.clock)

    def _get(self, link: str) -> Reply:
        return self.transport.send(self.site, "GET", with_api_version(link, self.api_version))

    def _failure(self, state: str, error: Any) -> OperationFailed:
        code, message = reason_of(error)
        reason = f": {' '.join(filter(None, [code, message]))}" if code or message else ""
        return OperationFailed(
            f"{self.method} {self.site.names(self.site.url(self.path))} ended as {state}{reason.rstrip('.')}.",
            status=200,
            code=code,
            message=message,
        )


def _state(body: Any) -> str:
    """`properties.provisioningState`, or empty for a resource that has none."""
    if not isinstance(body, Mapping):
        raise Unavailable("Azure answered with something that is not a resource.")
    properties = body.get("properties")
    state = properties.get("provisioningState") if isinstance(properties, Mapping) else None
    return str(state or "")


def _status(reply: Reply) -> str:
    """The state of an operation, from its status document, else from the answer's own status: 202 until done."""
    if reply.status == 202:
        return "InProgress"
    if isinstance(reply.body, Mapping) and isinstance(reply.body.get("status"), str):
        return str(reply.body["status"])
    return "Succeeded"

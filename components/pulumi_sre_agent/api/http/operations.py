"""Long-running operations: from "accepted" to what became of it.

See docs/reference/control-plane.md#long-running-operations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import AccessDenied, ApiError, NotFound, OperationFailed
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.error_mapping import reason_of
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.http.transport import Reply, Transport
from pulumi_sre_agent.api.http.urls import with_api_version

DONE = frozenset({"succeeded", "running"})
"""How an operation or a `provisioningState` ends well; some connectors end as `Running`.

See docs/reference/control-plane.md#connectors.
"""
FAILED = frozenset({"failed", "canceled", "cancelled"})
"""How they end badly. Any other word means that they go on."""

T = TypeVar("T")


@dataclass(frozen=True)
class Operation:
    """A call on the resource at `path` that Azure may finish after it has answered."""

    transport: Transport
    endpoint: Endpoint
    method: str
    path: str
    api_version: str

    def wait(self, reply: Reply) -> Any:
        """Wait for what `reply` began; return the resource (PUT, PATCH), the result (POST) or None (DELETE).

        Raises `OperationFailed`, or `Unavailable` when the operation outlives `limits.OPERATION_DEADLINE`.
        """
        status, result = reply.headers.get("azure-asyncoperation"), reply.headers.get("location")
        try:
            if status:
                self._succeeded(status, reply)
                outcome = self._get(result).body if result and self.method == "POST" else None
            elif result and reply.status == 202:
                outcome = self._result(result, reply)
            else:
                return self._unannounced(reply)
        except NotFound:  # Azure has forgotten the operation: only the resource itself can tell
            outcome = None
            if self.method == "DELETE":
                self._gone()
        return self.resource() if self.method in {"PUT", "PATCH"} else outcome

    def resource(self, known: Reply | None = None) -> Any:
        """Return the resource once its `provisioningState` is final; `known` spares the first look."""
        initial = iter([known] if known else [])

        def attempt() -> Any:
            reply = next(initial, None) or self._get(self.path)
            state = _state(reply)
            if state.lower() in FAILED:
                raise self._failure(state, reply.object()["properties"].get("deploymentError"))
            if state and state.lower() not in DONE:
                raise StillPending(state, reply.retry_after(self.transport.clock))
            return reply.body

        return self._poll(attempt)

    def _unannounced(self, reply: Reply) -> Any:
        """Finish a call whose answer names no operation."""
        if self.method == "POST":
            return reply.body
        if self.method == "DELETE":
            if reply.status == 202:
                self._gone()
            return None
        return self.resource(reply if reply.body is not None else None)

    def _succeeded(self, link: str, first: Reply) -> None:
        """Poll a status document until it says that the operation succeeded."""
        initial = iter([first])

        def attempt() -> None:
            reply = next(initial, None)
            if reply is None:
                reply = self._get(link)
                state = str(reply.object().get("status") or _state(reply))
                if state.lower() in DONE:
                    return
                if state.lower() in FAILED:
                    raise self._failure(state, reply.body)
            raise StillPending("in progress", reply.retry_after(self.transport.clock))

        self._poll(attempt)

    def _result(self, link: str, first: Reply) -> Any:
        """Poll a result, which is 202 until it is there, and the operation's error when it failed."""
        initial = iter([first])

        def attempt() -> Any:
            reply = next(initial, None)
            if reply is None:
                try:
                    reply = self._get(link)
                except (NotFound, AccessDenied):
                    raise
                except ApiError as failed:
                    raise self._failure("Failed", {"code": failed.code, "message": failed.message}) from None
                if reply.status != 202:
                    return reply.body
            raise StillPending("in progress", reply.retry_after(self.transport.clock))

        return self._poll(attempt)

    def _gone(self) -> None:
        def attempt() -> None:
            try:
                reply = self._get(self.path)
            except NotFound:
                return
            raise StillPending("there", reply.retry_after(self.transport.clock))

        self._poll(attempt)

    def _poll(self, attempt: Callable[[], T]) -> T:
        return poll(attempt, what=self._name, deadline=limits.OPERATION_DEADLINE, clock=self.transport.clock)

    def _get(self, link: str) -> Reply:
        return self.transport.send(self.endpoint, "GET", with_api_version(link, self.api_version))

    @property
    def _name(self) -> str:
        return self.endpoint.describe(self.endpoint.url(self.path))

    def _failure(self, state: str, error: Any) -> OperationFailed:
        code, message = (self.transport.mask(text) for text in reason_of(error))
        reason = " ".join(filter(None, [f"{code}:" if code and message else code, message])).rstrip(". ")
        sentence = f"{self.method} {self._name} ended as {state}{': ' if reason else ''}{reason}."
        return OperationFailed(sentence, status=200, code=code, message=message)


def _state(reply: Reply) -> str:
    """Return `properties.provisioningState`, or empty for a resource that has none."""
    properties = reply.object().get("properties")
    state = properties.get("provisioningState") if isinstance(properties, Mapping) else None
    return str(state or "")

"""What a request that went wrong is worth: an error for good, or one to wait out, and for how long."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, Unavailable
from pulumi_sre_agent.api.http.bodies import Content
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.error_mapping import BUSY_AGENT, BUSY_CODES, refusal
from pulumi_sre_agent.api.http.retry import RetryableError
from pulumi_sre_agent.api.http.streaks import Streaks
from pulumi_sre_agent.api.http.urls import origin_of, where_to_look
from pulumi_sre_agent.api.limits import RetryPolicy

REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""PUT replaces, PATCH merges and DELETE of what is gone succeeds, so sending them twice is sending them once.
A POST is repeated only when it certainly did nothing: no connection, 401, 409 and 422 busy, 429, 503."""

REFUSED_UNDONE = {429: limits.THROTTLED, 503: limits.LOST}
"""Refusals that any method survives: nothing was done."""
MAYBE_DONE = dict.fromkeys((408, 500, 502, 504), limits.LOST)
"""Refusals after which something may have been done."""


@dataclass(frozen=True)
class Call:
    """One call of `send`, whatever it takes."""

    endpoint: Endpoint
    method: str
    url: str
    body: Any
    mask: Callable[[str], str]
    headers: dict[str, str]
    raw: bool
    refusals: list[int] = field(default_factory=list)
    granted: list[float] = field(default_factory=list)
    """When access to the service was last given; empty before that was asked."""

    @property
    def repeatable(self) -> bool:
        return self.method in REPEATABLE or isinstance(self.body, Content)

    def __str__(self) -> str:
        return self.mask(f"{self.method} {self.endpoint.describe(self.url)}")


class Patience:
    """Knows how long to wait for what, over all the requests of a process. Thread-safe."""

    def __init__(self, clock: Clock, role_spreading: RetryPolicy, streaks: Streaks) -> None:
        self._clock = clock
        self._role_spreading = role_spreading
        self._streaks = streaks
        self._refused_since: dict[str, float] = {}
        self._lock = threading.Lock()

    def succeeded(self, call: Call) -> None:
        """Note that the service works."""
        self._streaks.ended(call.endpoint.base)

    def lost(self, call: Call, failure: httpx.RequestError) -> Exception:
        """Return what to raise where no answer came."""
        never_sent = isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        error = Unavailable(
            f"{call} got no answer from {origin_of(call.url)}: {_loss(failure)}; "
            f"{where_to_look(call.url)}, then run the same again."
        )
        since = self._streaks.failed(call.endpoint.base, limits.LOST)
        return RetryableError(error, limits.LOST, since=since) if never_sent or call.repeatable else error

    def unreadable(self, call: Call, what: str) -> Exception:
        """Return what to raise for an answer that is something else than it should be."""
        error = Unavailable(f"{call} was answered with {what}.")
        return RetryableError(error, limits.UNREADABLE) if call.repeatable else error

    def refused(self, call: Call, response: httpx.Response, token: str | None, attempt: int) -> Exception:
        """Return what to raise for the refusal of an attempt, by its number and its token."""
        if response.status_code == 404 and "html" in response.headers.get("content-type", "").lower():
            return self.unreadable(call, instead_of_json("text/html"))
        error = refusal(
            str(call),
            plane=call.endpoint.plane,
            status=response.status_code,
            content=response.content,
            headers=response.headers,
            mask=call.mask,
            attempts=attempt,
        )
        after = retry_after(response.headers, self._clock)
        policy, since = self._retry_policy(call, error, after), None
        call.refusals.append(error.status)
        self._streaks.ended(call.endpoint.base, policy)
        if policy is None:
            return error
        if error.status in {401, 403} and call.endpoint.tokens and token:
            call.endpoint.tokens.discard(token)
        if policy is self._role_spreading:
            policy, since = self._role_patience(call)
        elif policy in {limits.LOST, limits.THROTTLED}:
            since = self._streaks.failed(call.endpoint.base, policy)
        return RetryableError(error, policy, after=after, since=since)

    def _retry_policy(self, call: Call, error: ApiError, after: float | None) -> RetryPolicy | None:
        """Choose how long to wait out a refusal; None: not at all."""
        if error.status == 403 and call.endpoint.plane is None and after is not None:
            return limits.THROTTLED  # GitHub's way: docs/reference/code-hosts.md#throttling
        if error.status in {401, 403}:
            spreads = call.endpoint.plane == "data"
            if (spreads or error.status == 401) and not {401, 403} & {*call.refusals}:
                return limits.STALE_TOKEN
            return self._role_spreading if spreads else None
        if passing := _transient_policy(error):
            return passing
        if error.status == 405 and call.endpoint.plane == "data" and call.repeatable:
            # The data plane is being upgraded: docs/reference/data-plane.md#general-behaviour
            return limits.UNREADABLE
        return (REFUSED_UNDONE | (MAYBE_DONE if call.repeatable else {})).get(error.status)

    def _role_patience(self, call: Call) -> tuple[RetryPolicy, float]:
        """Choose how long, and from when, to wait for a role; it is asked once a call when one was given."""
        now = self._clock.monotonic()
        with self._lock:
            first = self._refused_since.setdefault(call.endpoint.base, now)
        if not call.granted:
            age = call.endpoint.access_age()
            call.granted.append(first if age is None else now - max(0.0, age))
        if now <= call.granted[0] + self._role_spreading.budget:
            return self._role_spreading, call.granted[0]
        return limits.REFUSED, first


def _transient_policy(error: ApiError) -> RetryPolicy | None:
    """Choose how long to wait for what the refusal itself says is in the way."""
    if error.code in BUSY_CODES and error.status == 409:
        return limits.BUSY
    if error.code == "PrincipalNotFound":
        return limits.PRINCIPAL_SPREADING
    return limits.BUSY_AGENT if error.status == 422 and BUSY_AGENT.search(error.message) else None


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return the seconds that `Retry-After` asks for, as a number or as a date; None without one."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - clock.wall())
    except ValueError:
        return None


def _loss(failure: httpx.RequestError) -> str:
    if isinstance(failure, httpx.TimeoutException):
        return "it took too long"
    return str(failure).rstrip(".") or "the connection broke"


def instead_of_json(media_type: str) -> str:
    """Say what came where JSON was to come."""
    if "html" in media_type:
        return "a web page instead of JSON: the service has no such route, or is being upgraded"
    return f"{media_type or 'a body of no type'} instead of JSON"

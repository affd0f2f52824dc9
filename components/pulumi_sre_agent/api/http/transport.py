"""Requests to Azure: sent on pooled connections, repeated where that is safe, believed only as JSON."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any

import httpx

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, ConfigError, Unavailable
from pulumi_sre_agent.api.http.bodies import Content
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.error_mapping import BUSY_AGENT, BUSY_CODES, refusal
from pulumi_sre_agent.api.http.retry import RetryableError, retry
from pulumi_sre_agent.api.http.streaks import Streaks
from pulumi_sre_agent.api.http.urls import origin_of, where_to_look
from pulumi_sre_agent.api.limits import RetryPolicy
from pulumi_sre_agent.api.secrets import mask_secrets, secrets_of

REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""PUT replaces, PATCH merges and DELETE of what is gone succeeds, so sending them twice is sending them once.
A POST is repeated only when it certainly did nothing: no connection, 401, 409 and 422 busy, 429, 503."""

REFUSED_UNDONE = {429: limits.THROTTLED, 503: limits.LOST}
"""Refusals that any method survives: nothing was done."""
MAYBE_DONE = dict.fromkeys((408, 500, 502, 504), limits.LOST)
"""Refusals after which something may have been done."""


@dataclass(frozen=True)
class Reply:
    """An answer of 2xx: its body is JSON, None where there was none, or bytes where those were asked for."""

    status: int
    body: Any
    headers: Mapping[str, str]
    call: str
    """What it answers, for errors."""

    def object(self) -> dict[str, Any]:
        """Return the body if it is a JSON object; raise `Unavailable` if not."""
        if not isinstance(self.body, dict):
            raise Unavailable(f"{self.call} was answered with something that is not a JSON object.")
        return self.body

    def retry_after(self, clock: Clock) -> float | None:
        return retry_after(self.headers, clock)


def open_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Open the pooled client; a proxy from the environment is used for everything but loopback."""
    return httpx.Client(
        transport=transport,
        mounts={f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")},
        limits=httpx.Limits(
            max_connections=limits.CONNECTIONS,
            max_keepalive_connections=limits.CONNECTIONS,
            keepalive_expiry=limits.KEEP_ALIVE,
        ),
        timeout=httpx.Timeout(
            connect=limits.CONNECT_TIMEOUT,
            read=limits.READ_TIMEOUT,
            write=limits.WRITE_TIMEOUT,
            pool=limits.POOL_TIMEOUT,
        ),
        headers={
            "Accept": "application/json",
            "User-Agent": f"pulumi-sre-agent/{version('pulumi-sre-agent')}",
        },
        follow_redirects=False,
    )


class Transport:
    """Sends requests for both planes. Thread-safe."""

    def __init__(
        self,
        client: httpx.Client,
        clock: Clock,
        role_spreading: RetryPolicy = limits.ROLE_SPREADING,
        streaks: Streaks | None = None,
    ) -> None:
        self.clock = clock
        self._client = client
        self._role_spreading = role_spreading
        self._streaks = streaks or Streaks(clock)
        self._refused_since: dict[str, float] = {}
        self._secrets: set[str] = set()
        self._lock = threading.Lock()

    def send(
        self,
        endpoint: Endpoint,
        method: str,
        link: str,
        *,
        body: Any = None,
        redact: Any = None,
        headers: Mapping[str, str] | None = None,
        raw: bool = False,
    ) -> Reply:
        """Send one request, and as many repetitions as are safe and worth it.

        `body`: what JSON can say, or a `Content`, which replaces what is under the names in it, so that even
        a POST of one may be repeated. `redact`: the body before encoding, where its secrets could not be
        recognised in `body`. `raw`: whether the answer is bytes; a web page is still none, and what says that
        it is JSON must be.
        Raises `ApiError` and its kin for refusals, `Unavailable` where no usable answer came, `ConfigError`
        where no token could be had.
        """
        self._remember([body, redact, headers])
        call = _Call(endpoint, method, endpoint.url(link), body, self.mask, dict(headers or {}), raw)
        return retry(lambda attempt: self._attempt(call, attempt), clock=self.clock)

    def mask(self, text: str) -> str:
        """Blank out what has been sent as a secret: a later answer, to whatever request, may repeat it."""
        return mask_secrets(text, self._secrets)

    def close(self) -> None:
        self._client.close()

    def _remember(self, sent: Any) -> None:
        self._secrets = self._secrets.union(secrets_of(sent))  # a new set: others may go through the old one

    def _attempt(self, call: "_Call", attempt: int) -> Reply:
        token = call.endpoint.tokens.token() if call.endpoint.tokens else None
        self._remember({"token": token})
        try:
            response = self._client.request(
                call.method,
                call.url,
                content=_encode(call.body),
                headers=_headers(call, token),
            )
        except httpx.InvalidURL:
            raise ConfigError(f"{call.url!r} is not an address.") from None
        except httpx.RequestError as failure:
            raise self._connection_error(call, failure) from None
        if response.is_success:
            self._streaks.ended(call.endpoint.base)
            return Reply(response.status_code, self._body(call, response), response.headers, str(call))
        if response.status_code < 400:
            target = origin_of(response.headers.get("location", "")) or "another place"
            raise Unavailable(f"{call} was answered with a redirect to {target}, which was not followed.")
        raise self._refusal_error(call, response, token, attempt)

    def _connection_error(self, call: "_Call", failure: httpx.RequestError) -> Exception:
        never_sent = isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        error = Unavailable(
            f"{call} got no answer from {origin_of(call.url)}: {_loss(failure)}; "
            f"{where_to_look(call.url)}, then run the same again."
        )
        since = self._streaks.failed(call.endpoint.base, limits.LOST)
        return RetryableError(error, limits.LOST, since=since) if never_sent or call.repeatable else error

    def _body(self, call: "_Call", response: httpx.Response) -> Any:
        if not response.content:
            return b"" if call.raw else None
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_json = media_type.endswith("json")
        if not is_json and (not call.raw or "html" in media_type):
            raise self._unreadable_error(call, _instead_of_json(media_type))
        try:
            document = json.loads(response.content) if is_json else None
        except ValueError:
            raise self._unreadable_error(call, "a body that is not JSON though it says so") from None
        return response.content if call.raw else document

    def _unreadable_error(self, call: "_Call", what: str) -> Exception:
        error = Unavailable(f"{call} was answered with {what}.")
        return RetryableError(error, limits.UNREADABLE) if call.repeatable else error

    def _refusal_error(
        self, call: "_Call", response: httpx.Response, token: str | None, attempt: int
    ) -> Exception:
        if response.status_code == 404 and "html" in response.headers.get("content-type", "").lower():
            return self._unreadable_error(call, _instead_of_json("text/html"))
        error = refusal(
            str(call),
            plane=call.endpoint.plane,
            status=response.status_code,
            content=response.content,
            headers=response.headers,
            mask=self.mask,
            attempts=attempt,
        )
        policy, since = self._retry_policy(call, error), None
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
        return RetryableError(error, policy, after=retry_after(response.headers, self.clock), since=since)

    def _retry_policy(self, call: "_Call", error: ApiError) -> RetryPolicy | None:
        """Choose how long to wait out a refusal; None: not at all."""
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

    def _role_patience(self, call: "_Call") -> tuple[RetryPolicy, float]:
        """Choose how long, and from when, to wait for a role; it is asked once a call when one was given."""
        now = self.clock.monotonic()
        with self._lock:
            first = self._refused_since.setdefault(call.endpoint.base, now)
        if not call.granted:
            age = call.endpoint.access_age()
            call.granted.append(first if age is None else now - max(0.0, age))
        if now <= call.granted[0] + self._role_spreading.budget:
            return self._role_spreading, call.granted[0]
        return limits.REFUSED, first


@dataclass(frozen=True)
class _Call:
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


def _encode(body: Any) -> bytes | Iterator[bytes] | None:
    if isinstance(body, Content):
        return body.pieces()
    return None if body is None else json.dumps(body).encode()


def _headers(call: _Call, token: str | None) -> dict[str, str]:
    headers = {**call.headers, "x-ms-client-request-id": str(uuid.uuid4())}
    if call.raw:
        headers["Accept"] = "application/json, */*"  # without JSON, the portal answers
    if isinstance(call.body, Content):
        headers |= {"Content-Type": call.body.media_type, "Content-Length": str(call.body.length)}
    elif call.body is not None:
        headers["Content-Type"] = "application/json"
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _loss(failure: httpx.RequestError) -> str:
    if isinstance(failure, httpx.TimeoutException):
        return "it took too long"
    return str(failure).rstrip(".") or "the connection broke"


def _instead_of_json(media_type: str) -> str:
    if "html" in media_type:
        return "a web page instead of JSON: the service has no such route, or is being upgraded"
    return f"{media_type or 'a body of no type'} instead of JSON"

"""ARM on the local Azure: login, retry, long-running operations."""

import base64
import functools
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin

import httpx
import tenacity

from .arm_responses import (
    ArmError,
    OperationAbandoned,
    OperationFailed,
    RetryableError,
    json_object,
    location_ended,
    operation_ended,
    operation_url,
    refusal,
    required_object,
    retry_after,
    state_ended,
    unexpected,
)
from .managed_identity import TokenError
from .property_values import Json
from .settings import Settings, loopback, trusted

ATTEMPTS = 4
WAITS_SECONDS = (0.5, 2.0, 5.0)
"""Between attempts; azure-native waits 20, 60 and 120 s."""
REQUEST_SECONDS = 30.0
CANCELLED = "the run was cancelled."
POLL_SECONDS = 0.5
"""Between polls where Azure names no Retry-After."""
METADATA_VERSION = "2022-09-01"

T = TypeVar("T")


class TokenSource(Protocol):
    """Whatever gives tokens: the local Azure's managed identity, a fake in tests."""

    def token(self, audience: str) -> str: ...

    def close(self) -> None: ...


class ArmClient:
    """One pooled client; safe to call from many threads."""

    def __init__(
        self,
        settings: Settings,
        log_in: Callable[[], TokenSource],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._metadata_host = settings.metadata_host
        self._log_in = functools.cache(log_in)
        self._http = httpx.Client(
            timeout=REQUEST_SECONDS, trust_env=False, transport=transport, verify=trusted()
        )
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._silent_since: float | None = None
        """Since when nobody has answered: what is down costs the waits once, not once per resource."""
        self._metadata: tuple[str, str] | None = None
        self.tell: Callable[[str], None] = lambda _message: None
        """Hears what is being waited for."""

    def cancel(self) -> None:
        """Make running and later calls give up."""
        self._stop.set()

    def close(self) -> None:
        self._http.close()
        if self._log_in.cache_info().currsize:
            self._log_in().close()

    def get(self, path: str, api_version: str) -> Json:
        """Return the resource."""
        response = self._send("GET", path, api_version)
        if response.status_code == 204:
            raise unexpected(response)
        return required_object(response)

    def exists(self, path: str, api_version: str) -> bool:
        """Look before a create whether there is a resource: whatever is no JSON object, or a 404, is none."""
        try:
            response = self._send("GET", path, api_version)
        except ArmError as error:
            if error.status == 404:
                return False
            detail = f"status code {error.status}, {error.body}" if error.status else str(error)
            raise ArmError(f"cannot check existence of resource '{path}': {detail}") from None
        return bool(json_object(response))

    def post(self, path: str, api_version: str) -> Json:
        """Ask a resource for something, and return what it answers."""
        return required_object(self._send("POST", path, api_version))

    def put(
        self, path: str, api_version: str, body: Mapping[str, Any], *, long_running: bool, seconds: float
    ) -> Json:
        """Create or replace, and return what ARM last said of it.

        Only what is marked as long-running, or answered with 202, is waited for. Raises `OperationFailed`
        where ARM had accepted it.
        """
        deadline = time.monotonic() + seconds
        response = self._send("PUT", path, api_version, body)
        if long_running or response.status_code == 202:
            try:
                response = self._await_write(path, api_version, response, deadline)
            except OperationFailed:
                raise
            except ArmError as error:
                raise OperationFailed(str(error)) from None
        return required_object(response)

    def delete(self, path: str, api_version: str, *, long_running: bool, seconds: float) -> None:
        """Delete, and wait until it is gone where that is marked as long-running; gone already is done."""
        try:
            response = self._send("DELETE", path, api_version)
            if long_running:
                self._follow(response, time.monotonic() + seconds)
        except ArmError as error:
            if error.status != 404:
                raise

    def claims(self) -> Json:
        """Who the token says is asking, from the claims of an ARM token where it is a JWT."""
        _, audience = self._endpoint()
        parts = self._retry(self._token, audience).split(".")
        return _decode_claims(parts[1]) if len(parts) == 3 else {}

    def _await_write(
        self, path: str, api_version: str, response: httpx.Response, deadline: float
    ) -> httpx.Response:
        """Wait for the end of a write; without a URL to follow, its own state says when that is."""
        if operation_url(response):
            ended = self._follow(response, deadline)
            by_status = "Azure-AsyncOperation" in response.headers
            return self._send("GET", path, api_version) if by_status else ended
        while not state_ended(response):
            self._pause(retry_after(response, POLL_SECONDS), deadline)
            response = self._send("GET", path, api_version)
        return response

    def _follow(self, response: httpx.Response, deadline: float) -> httpx.Response:
        """Follow `Azure-AsyncOperation`, else `Location`, to the end of a long-running operation."""
        url, ended = operation_url(response), operation_ended
        if url and "Azure-AsyncOperation" not in response.headers:
            ended = location_ended
        done = not url
        while not done:
            self._pause(retry_after(response, POLL_SECONDS), deadline)
            response = self._send("GET", url)
            done = ended(response)
        return response

    def _pause(self, seconds: float, deadline: float) -> None:
        if time.monotonic() + seconds > deadline:
            raise OperationAbandoned("operation timed out")
        if seconds > POLL_SECONDS:
            self.tell("waiting: the operation is still in progress")
        if self._stop.wait(seconds):
            raise OperationAbandoned(CANCELLED)

    def _send(self, method: str, path: str, api_version: str = "", body: Any = None) -> httpx.Response:
        """One request with its retries; `path` may be a URL that ARM itself named, on the same origin."""
        if self._stop.is_set():
            raise ArmError(CANCELLED)
        origin, audience = self._endpoint()
        url = httpx.URL(urljoin(origin, path))
        if (url.scheme, url.netloc) != (httpx.URL(origin).scheme, httpx.URL(origin).netloc):
            raise ArmError(f"{method} stopped: Azure pointed to {url.host}, which is not where it is asked.")
        if api_version:
            url = url.copy_merge_params({"api-version": api_version})
        return self._retry(self._attempt, method, url, audience, body)

    def _retry(self, attempt: Callable[..., T], *args: Any) -> T:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(RetryableError),
            wait=_retry_wait,
            stop=self._gives_up,
            sleep=self._sleep,
            before_sleep=self._tell_retry,
            reraise=True,
        )
        try:
            return retrying(attempt, *args)
        except RetryableError as failure:
            raise failure.error from None

    def _attempt(self, method: str, url: httpx.URL, audience: str, body: Any = None) -> httpx.Response:
        headers = {"Accept": "application/json"}
        if audience:
            headers["Authorization"] = f"Bearer {self._token(audience)}"
        try:
            response = self._http.request(method, url, json=body, headers=headers)
            self._silent_since = None
        except httpx.TransportError as error:
            self._silent_since = self._silent_since or time.monotonic()
            sentence = f"{method} {url.path} got no answer from the local Azure ({error}): is it running?"
            raise RetryableError(ArmError(sentence)) from None
        if response.is_success:
            return response
        raise refusal(response)

    def _gives_up(self, state: tenacity.RetryCallState) -> bool:
        since = self._silent_since
        is_down = since is not None and time.monotonic() - since > sum(WAITS_SECONDS)
        return is_down or state.attempt_number >= ATTEMPTS

    def _endpoint(self) -> tuple[str, str]:
        """ARM's origin and audience, which the metadata host names; asked once."""
        with self._lock:
            if not self._metadata:
                self._metadata = self._read_metadata()
            return self._metadata

    def _read_metadata(self) -> tuple[str, str]:
        url = httpx.URL(f"{self._metadata_host}/metadata/endpoints").copy_merge_params(
            {"api-version": METADATA_VERSION}
        )
        response = json_object(self._retry(self._attempt, "GET", url, "")) or {}
        try:
            origin = loopback(response["resourceManager"], "the resource manager that it names")
            return origin, str(response["authentication"]["audiences"][0])
        except (KeyError, IndexError, TypeError):
            raise ArmError(f"GET {url.path} names no resource manager and audience.") from None

    def _token(self, audience: str) -> str:
        try:
            with self._lock:
                login = self._log_in()  # once, also where many ask first
            return login.token(audience)
        except TokenError as error:
            sentence = f"The local Azure gives no token ({error}): is it running?"
            raise RetryableError(ArmError(sentence)) from None

    def _tell_retry(self, state: tenacity.RetryCallState) -> None:
        failure = state.outcome.exception() if state.outcome else None
        status = failure.error.status if isinstance(failure, RetryableError) else 0
        reasons = {0: "no answer", 409: "another operation runs on it (409)", 429: "throttled (429)"}
        reason = reasons.get(status, f"no usable answer ({status})")
        self.tell(f"waiting: {reason}, {state.upcoming_sleep:.0f} s left")

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise ArmError(CANCELLED)


_backoff: tenacity.wait.wait_base = tenacity.wait_chain(*map(tenacity.wait_fixed, WAITS_SECONDS))


def _retry_wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return max(_backoff(state), error.after if isinstance(error, RetryableError) else 0)


def _decode_claims(part: str) -> Json:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}

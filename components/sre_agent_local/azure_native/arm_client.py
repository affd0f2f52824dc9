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

from .managed_identity import TokenError
from .property_values import Json
from .settings import Settings, loopback

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
TERMINAL_STATES = frozenset({"succeeded", "failed", "canceled"})
ATTEMPTS = 6
REQUEST_SECONDS = 30.0
POLL_SECONDS = 0.5
"""Between polls where Azure names no Retry-After."""
METADATA_VERSION = "2022-09-01"

T = TypeVar("T")


class ArmError(Exception):
    """ARM said no, or nothing usable; `str()` is one sentence."""

    def __init__(self, sentence: str, *, status: int = 0, code: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class OperationFailed(ArmError):
    """A write that ARM had accepted came to nothing; the resource may exist, half made."""


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
        self._http = httpx.Client(timeout=REQUEST_SECONDS, trust_env=False, transport=transport)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._metadata: tuple[str, str] | None = None

    def cancel(self) -> None:
        """Make running and later calls give up."""
        self._stop.set()

    def close(self) -> None:
        self._http.close()
        if self._log_in.cache_info().currsize:
            self._log_in().close()

    def get(self, path: str, api_version: str) -> Json | None:
        """Return the resource, or None where ARM answers 404 or an empty 204."""
        try:
            return _json_object(self._send("GET", path, api_version))
        except ArmError as error:
            if error.status == 404:
                return None
            raise

    def post(self, path: str, api_version: str) -> Json:
        """Ask a resource for something, and return what it answers."""
        return _json_object(self._send("POST", path, api_version)) or {}

    def put(self, path: str, api_version: str, body: Mapping[str, Any], *, seconds: float) -> Json:
        """Create or replace, wait until it is done, and return the resource as ARM then shows it."""
        deadline = time.monotonic() + seconds
        response = self._send("PUT", path, api_version, body)
        try:
            self._await_operation(response, deadline)
            return self.await_provisioned(path, api_version, deadline)
        except ArmError as error:
            raise OperationFailed(f"PUT {path} was accepted, but failed then: {error}") from None

    def delete(self, path: str, api_version: str, *, seconds: float) -> None:
        """Delete and wait until it is gone; gone already is done."""
        try:
            response = self._send("DELETE", path, api_version)
            self._await_operation(response, time.monotonic() + seconds)
        except ArmError as error:
            if error.status != 404:
                raise

    def await_provisioned(self, path: str, api_version: str, deadline: float) -> Json:
        """Return the resource once its provisioning has ended; `OperationFailed` when it ended badly."""
        while True:
            resource = self.get(path, api_version) or {}
            state = str((resource.get("properties") or {}).get("provisioningState", "Succeeded"))
            if resource and state.lower() == "succeeded":
                return resource
            if not resource or state.lower() in TERMINAL_STATES:
                raise OperationFailed(f"{path} is {state if resource else 'gone'}.")
            self._pause(POLL_SECONDS, deadline)

    def claims(self) -> Json:
        """Who the token says is asking, from the claims of an ARM token where it is a JWT."""
        _, audience = self._endpoint()
        parts = self._retry(self._token, audience).split(".")
        return _decode_claims(parts[1]) if len(parts) == 3 else {}

    def _await_operation(self, response: httpx.Response, deadline: float) -> None:
        """Follow `Azure-AsyncOperation`, else `Location`, to the end of a long-running operation."""
        if url := response.headers.get("Azure-AsyncOperation"):
            ended = _operation_ended
        elif response.status_code == 202 and (url := response.headers.get("Location")):
            ended = _location_ended
        else:
            return
        done = False
        while not done:
            self._pause(_retry_after(response, POLL_SECONDS), deadline)
            response = self._send("GET", url)
            done = ended(response)

    def _pause(self, seconds: float, deadline: float) -> None:
        if time.monotonic() + seconds > deadline:
            raise OperationFailed("the operation did not end in time.")
        self._sleep(seconds)

    def _send(self, method: str, path: str, api_version: str = "", body: Any = None) -> httpx.Response:
        """One request with its retries; `path` may be a URL that ARM itself named, on the same origin."""
        origin, audience = self._endpoint()
        url = httpx.URL(urljoin(origin, path))
        if (url.scheme, url.netloc) != (httpx.URL(origin).scheme, httpx.URL(origin).netloc):
            raise ArmError(f"{method} stopped: Azure pointed to {url.host}, which is not where it is asked.")
        if api_version:
            url = url.copy_merge_params({"api-version": api_version})
        return self._retry(self._attempt, method, url, audience, body)

    def _retry(self, attempt: Callable[..., T], *args: Any) -> T:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_RetryableError),
            wait=_retry_wait,
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(attempt, *args)
        except _RetryableError as error:
            raise ArmError(str(error), status=error.status) from None

    def _attempt(self, method: str, url: httpx.URL, audience: str, body: Any = None) -> httpx.Response:
        request_line = f"{method} {url.path}"
        headers = {"Accept": "application/json"}
        if audience:
            headers["Authorization"] = f"Bearer {self._token(audience)}"
        try:
            response = self._http.request(method, url, json=body, headers=headers)
        except httpx.TransportError as error:
            raise _RetryableError(
                f"{request_line} got no answer from the local Azure ({error}): is it running?"
            ) from None
        error_body = _read_error(response)
        if response.status_code in RETRIED_STATUSES or error_body.code == "AnotherOperationInProgress":
            raise _RetryableError(error_body.text, response.status_code, _retry_after(response, 0))
        if not response.is_success:
            raise ArmError(error_body.text, status=response.status_code, code=error_body.code)
        if response.content and not isinstance(_json(response), dict):
            raise _RetryableError(f"{request_line} was answered with something that is no JSON object.")
        return response

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
        response = _json(self._retry(self._attempt, "GET", url, ""))
        try:
            origin = loopback(response["resourceManager"], "the resource manager that it names")
            return origin, str(response["authentication"]["audiences"][0])
        except (KeyError, IndexError, TypeError):
            raise ArmError(f"GET {url.path} names no resource manager and audience.") from None

    def _token(self, audience: str) -> str:
        try:
            return self._log_in().token(audience)
        except TokenError as error:
            raise _RetryableError(f"The local Azure gives no token ({error}): is it running?") from None

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise ArmError("the run was cancelled.")


class _RetryableError(Exception):
    """A failure that the next attempt may not see."""

    def __init__(self, sentence: str, status: int = 0, after: float = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.after = after


class _ErrorBody:
    """Azure's error, `{"error": {"code", "message"}}`, or what there is of it, told as azure-native does."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.code = code
        named = f'Code="{code}" ' if code else ""
        self.text = f'Status={status} {named}Message="{message}"'


def _read_error(response: httpx.Response) -> _ErrorBody:
    body = _json(response)
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    return _ErrorBody(
        response.status_code, str(error.get("code", "")), str(error.get("message", response.reason_phrase))
    )


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _json_object(response: httpx.Response) -> Json | None:
    return _json(response) if response.content else None


def _operation_ended(response: httpx.Response) -> bool:
    operation = _json_object(response) or {}
    state = str(operation.get("status", "InProgress")).lower()
    if state in TERMINAL_STATES - {"succeeded"}:
        error = operation.get("error") or {}
        raise OperationFailed(f"{error.get('code', state)}: {error.get('message', 'Azure gives no reason.')}")
    return state in TERMINAL_STATES


def _location_ended(response: httpx.Response) -> bool:
    return response.status_code != 202


def _retry_after(response: httpx.Response, otherwise: float) -> float:
    try:
        return min(float(response.headers["Retry-After"]), 60.0)
    except (KeyError, ValueError):
        return otherwise


_backoff = tenacity.wait_random_exponential(multiplier=0.2, max=5)


def _retry_wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return max(_backoff(state), error.after if isinstance(error, _RetryableError) else 0)


def _decode_claims(part: str) -> Json:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}

"""Requests to Azure: sent on pooled connections, repeated where that is safe, believed only as JSON."""

import functools
import json
import os
import ssl
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpx

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.api.http.bodies import Content
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.patience import Call, Patience, instead_of_json, retry_after
from pulumi_sre_agent.api.http.retry import retry
from pulumi_sre_agent.api.http.streaks import Streaks
from pulumi_sre_agent.api.http.urls import origin_of
from pulumi_sre_agent.api.limits import RetryPolicy
from pulumi_sre_agent.api.secrets import mask_secrets, secrets_of


@dataclass(frozen=True)
class Reply:
    """An answer of 2xx: its body is JSON, None where there was none, or bytes where those were asked for."""

    status: int
    body: Any
    headers: Mapping[str, str]
    call: Call
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
        verify=True if transport else trusted(),
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


def trusted() -> ssl.SSLContext:
    """Return whom httpx trusts, as the environment says; to read all of them takes as long as a request."""
    return _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.cache
def _trusted(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    return httpx.create_ssl_context()


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
        self._patience = Patience(clock, role_spreading, streaks or Streaks(clock))
        self._secrets: set[str] = set()

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
        call = Call(endpoint, method, endpoint.url(link), body, self.mask, dict(headers or {}), raw)
        return retry(lambda attempt: self._attempt(call, attempt), clock=self.clock)

    def mask(self, text: str) -> str:
        """Blank out what has been sent as a secret: a later answer, to whatever request, may repeat it."""
        return mask_secrets(text, self._secrets)

    def close(self) -> None:
        self._client.close()

    def _remember(self, sent: Any) -> None:
        self._secrets = self._secrets.union(secrets_of(sent))  # a new set: others may go through the old one

    def _attempt(self, call: Call, attempt: int) -> Reply:
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
            raise self._patience.lost(call, failure) from None
        if response.is_success:
            self._patience.succeeded(call)
            return Reply(response.status_code, self._body(call, response), response.headers, call)
        if response.status_code < 400:
            target = origin_of(response.headers.get("location", "")) or "another place"
            raise Unavailable(f"{call} was answered with a redirect to {target}, which was not followed.")
        raise self._patience.refused(call, response, token, attempt)

    def _body(self, call: Call, response: httpx.Response) -> Any:
        if not response.content:
            return b"" if call.raw else None
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_json = media_type.endswith("json")
        if not is_json and (not call.raw or "html" in media_type):
            raise self._patience.unreadable(call, instead_of_json(media_type))
        try:
            document = json.loads(response.content) if is_json else None
        except ValueError:
            raise self._patience.unreadable(call, "a body that is not JSON though it says so") from None
        return response.content if call.raw else document


def _encode(body: Any) -> bytes | Iterator[bytes] | None:
    if isinstance(body, Content):
        return body.pieces()
    return None if body is None else json.dumps(body).encode()


def _headers(call: Call, token: str | None) -> dict[str, str]:
    headers = {**call.headers, "x-ms-client-request-id": str(uuid.uuid4())}
    if call.raw:
        headers["Accept"] = "application/json, */*"  # without JSON, the portal answers
    if isinstance(call.body, Content):
        headers |= {"Content-Type": call.body.media_type, "Content-Length": str(call.body.length)}
    elif call.body is not None:
        headers.setdefault("Content-Type", "application/json")
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers

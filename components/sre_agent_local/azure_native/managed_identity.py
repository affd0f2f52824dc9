"""The login to the local Azure: its managed identity, which one GET on loopback asks for a token.

azure-identity sends the same GET; to load it takes a third of a second in a process that lives for seconds.
"""

import os
import threading
import time

import httpx

from .settings import ProviderError, loopback, trusted

API_VERSION = "2019-08-01"
REQUEST_SECONDS = 30.0
MARGIN_SECONDS = 300.0
"""How long before its end a token is replaced."""


class TokenError(Exception):
    """The local Azure gave none; `str()` says why, without the header that is the login's secret."""


class ManagedIdentity:
    """Tokens by audience, each asked for once as long as it lasts. Safe to call from many threads."""

    def __init__(self, endpoint: str, header: str, transport: httpx.BaseTransport | None = None) -> None:
        """`ProviderError` off loopback."""
        loopback(endpoint, "IDENTITY_ENDPOINT")
        self._endpoint = endpoint
        self._http = httpx.Client(
            headers={"X-IDENTITY-HEADER": header},
            timeout=REQUEST_SECONDS,
            trust_env=False,
            transport=transport,
            verify=trusted(),
        )
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}

    def token(self, audience: str) -> str:
        """Return a token that lasts some minutes at least. Raises `TokenError`."""
        with self._lock:
            token, end = self._tokens.get(audience, ("", 0.0))
            if time.time() > end - MARGIN_SECONDS:
                token, end = self._tokens[audience] = self._ask(audience)
            return token

    def close(self) -> None:
        self._http.close()

    def _ask(self, audience: str) -> tuple[str, float]:
        query = {"api-version": API_VERSION, "resource": audience}
        try:
            response = self._http.get(self._endpoint, params=query)
            response.raise_for_status()
            body = response.json()
            return str(body["access_token"]), float(body["expires_on"])
        except httpx.HTTPStatusError:
            raise TokenError(f"{response.status_code} {response.reason_phrase}") from None
        except (httpx.TransportError, ValueError, KeyError, TypeError) as error:
            raise TokenError(str(error) or type(error).__name__) from None


def managed_identity() -> ManagedIdentity:
    """Log in as the variables `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` say; `ProviderError` without them."""
    endpoint, header = os.environ.get("IDENTITY_ENDPOINT"), os.environ.get("IDENTITY_HEADER")
    if not (endpoint and header):
        raise ProviderError(
            "There is no login to the local Azure: set IDENTITY_ENDPOINT and IDENTITY_HEADER."
        )
    return ManagedIdentity(endpoint, header)

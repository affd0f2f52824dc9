"""The login to the local Azure: its managed identity, which one GET on loopback asks for a token.

azure-identity sends the same GET; to load it takes a third of a second in a process that lives for seconds.
"""

import os
import threading
import time

import httpx

from .settings import Refused, loopback

API_VERSION = "2019-08-01"
REQUEST_SECONDS = 30.0
MARGIN_SECONDS = 300.0
"""How long before its end a token is replaced."""


class NoTokenError(Exception):
    """The local Azure gave none; `str()` says why, without the header that is the login's secret."""


class ManagedIdentity:
    """Tokens by audience, each asked for once as long as it lasts. Safe to call from many threads."""

    def __init__(self, endpoint: str, header: str, transport: httpx.BaseTransport | None = None) -> None:
        """`Refused` off loopback."""
        loopback(endpoint, "IDENTITY_ENDPOINT")
        self._endpoint = endpoint
        self._http = httpx.Client(
            headers={"X-IDENTITY-HEADER": header},
            timeout=REQUEST_SECONDS,
            trust_env=False,
            transport=transport,
        )
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}

    def token(self, audience: str) -> str:
        """Return a token that lasts some minutes at least. Raises `NoTokenError`."""
        with self._lock:
            token, end = self._tokens.get(audience, ("", 0.0))
            if time.time() > end - MARGIN_SECONDS:
                token, end = self._tokens[audience] = self._ask(audience)
            return token

    def close(self) -> None:
        self._http.close()

    def _ask(self, audience: str) -> tuple[str, float]:
        asked = {"api-version": API_VERSION, "resource": audience}
        try:
            answer = self._http.get(self._endpoint, params=asked)
            answer.raise_for_status()
            given = answer.json()
            return str(given["access_token"]), float(given["expires_on"])
        except httpx.HTTPStatusError:
            raise NoTokenError(f"{answer.status_code} {answer.reason_phrase}") from None
        except (httpx.TransportError, ValueError, KeyError, TypeError) as error:
            raise NoTokenError(str(error) or type(error).__name__) from None


def managed_identity() -> ManagedIdentity:
    """Log in as the variables `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` say; `Refused` without them."""
    endpoint, header = os.environ.get("IDENTITY_ENDPOINT"), os.environ.get("IDENTITY_HEADER")
    if not (endpoint and header):
        raise Refused("There is no login to the local Azure: set IDENTITY_ENDPOINT and IDENTITY_HEADER.")
    return ManagedIdentity(endpoint, header)

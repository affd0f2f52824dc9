"""Access tokens: JWTs that say for whom they are and for which audience, signed with the data folder's key.

They are good for nothing but this server, which listens on loopback. A token that it did not issue is
refused; of its own, what callers of the real Azure get wrong is checked: the audience, and the expiry.
"""

import base64
import hmac
import json

from . import clock
from .errors import NotAuthenticated
from .http.json_values import Json

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SUBSCRIPTIONS = {SUBSCRIPTION: "Local Azure", "00000000-0000-0000-0000-000000000002": "Local Azure, too"}
"""Names by id: the one that everything here speaks of, and another for what spans several."""
TENANT = "00000000-0000-0000-0000-0000000000aa"
DEVELOPER = "00000000-0000-0000-0000-0000000000d0"
"""Object id of whoever logs in without naming a managed identity."""

LIFETIME_SECONDS = 24 * 3600

CONTROL_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
DATA_AUDIENCES = (
    "59f0a04a-b322-4310-adc9-39ac41e9631e",
    "https://azuresre.dev",
    "https://azuresre.ai",
)  # the fourth name of docs/reference/data-plane.md#tokens is accepted by no published client

GRAPH_AUDIENCES = ("https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000")


class Tokens:
    """Issues tokens and checks them, with one key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def issue(
        self,
        audience: str,
        object_id: str,
        client_id: str,
        *,
        user_name: str = "",
        lifetime_seconds: int = LIFETIME_SECONDS,
    ) -> tuple[str, int]:
        """Return a token and when it expires, in seconds since 1970; with `user_name`, a user's."""
        now = int(clock.now())
        expires = now + lifetime_seconds
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{TENANT}/",
            "iat": now,
            "nbf": now,
            "exp": expires,
            "appid": client_id,
            "idtyp": "user" if user_name else "app",
            **({"upn": user_name} if user_name else {}),
            "oid": object_id,
            "sub": object_id,
            "tid": TENANT,
            "ver": "1.0",
        }
        signed = f"{_part({'typ': 'JWT', 'alg': 'HS256'})}.{_part(claims)}"
        return f"{signed}.{self._signature(signed)}", expires

    def check(self, authorization: str | None, audiences: tuple[str, ...]) -> str:
        """Return the object id that an `Authorization` header proves. Raises NotAuthenticated."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("Authentication failed. The 'Authorization' header is missing.")
        claims = self._claims(token)
        if not is_for(claims["aud"], audiences):
            raise NotAuthenticated(
                f"The access token has been obtained for wrong audience or resource '{claims['aud']}'. "
                f"It should exactly match with one of the allowed audiences '{','.join(audiences)}'.",
                "InvalidAuthenticationTokenAudience",
            )
        if claims["exp"] < clock.now():
            raise NotAuthenticated("The access token has expired.", "ExpiredAuthenticationToken")
        return str(claims["oid"])

    def caller(self, authorization: str | None) -> str | None:
        """Return whose token a header holds, whatever it is good for; None without one of this key."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return str(self._claims(token)["oid"])
        except NotAuthenticated:
            return None

    def _claims(self, token: str) -> Json:
        """Return what a token says. Raises NotAuthenticated unless this key has signed it."""
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise NotAuthenticated(
                "The access token is invalid: this local Azure did not issue it.",
                "InvalidAuthenticationToken",
            )
        claims: Json = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
        return claims

    def _signature(self, signed: str) -> str:
        return _encode(hmac.digest(self._key, signed.encode(), "sha256"))


def is_for(audience: str, audiences: tuple[str, ...]) -> bool:
    """Say whether an audience is one of those, with or without a trailing slash."""
    return audience.rstrip("/").lower() in audiences


def _part(content: Json) -> str:
    return _encode(json.dumps(content).encode())


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

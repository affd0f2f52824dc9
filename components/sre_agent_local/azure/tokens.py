"""Access tokens: unsigned JWTs that say for whom they are and for which audience.

They are good for nothing but this server, which listens on loopback. What is checked is what callers of the
real Azure get wrong: the audience, and the expiry.
"""

import base64
import json
import time

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


def issue(audience: str, object_id: str, client_id: str) -> tuple[str, int]:
    """Return a token and when it expires, in seconds since 1970."""
    now = int(time.time())
    expires = now + LIFETIME_SECONDS
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": now,
        "nbf": now,
        "exp": expires,
        "appid": client_id,
        "idtyp": "app",
        "oid": object_id,
        "sub": object_id,
        "tid": TENANT,
        "ver": "1.0",
    }
    return f"{_part({'typ': 'JWT', 'alg': 'none'})}.{_part(claims)}.", expires


def check(authorization: str | None, audiences: tuple[str, ...]) -> str:
    """Return the object id that an `Authorization` header proves. Raises NotAuthenticated."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated("Authentication failed. The 'Authorization' header is missing.")
    claims = _claims(token)
    audience = str(claims.get("aud", ""))
    if not is_for(audience, audiences):
        raise NotAuthenticated(
            f"The access token has been obtained for wrong audience or resource '{audience}'. "
            f"It should exactly match with one of the allowed audiences '{','.join(audiences)}'.",
            "InvalidAuthenticationTokenAudience",
        )
    if float(claims.get("exp", 0)) < time.time():
        raise NotAuthenticated("The access token has expired.", "ExpiredAuthenticationToken")
    return str(claims.get("oid", ""))


def is_for(audience: str, audiences: tuple[str, ...]) -> bool:
    """Say whether an audience is one of those, with or without a trailing slash."""
    return audience.rstrip("/").lower() in audiences


def _part(content: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _claims(token: str) -> Json:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        float(claims.get("exp", 0))
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise NotAuthenticated("The access token is invalid.", "InvalidAuthenticationToken") from error
    return dict(claims)

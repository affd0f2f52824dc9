"""How services repeat what they were sent."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Characters of a secret, or of a part of one, that can be told from the words around them."""


def nine_forms(secret: str) -> list[str]:
    """Spell a secret in nine ways: as it is, in URLs, base64, a Basic header, HTML, JSON, upper case, cut."""
    return [
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(secret.encode()).decode(),
        "Basic " + base64.b64encode(f"ops:{secret}".encode()).decode(),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        secret.upper(),
        secret[: max(SHORTEST, 3 * len(secret) // 4)],
    ]

"""Whether a member of an object holds a secret, by its name: such values stay out of errors and states."""

import re

ENDINGS = (
    *("authorization", "connectionstring", "credential", "credentials", "env", "envs", "header"),
    *("headers", "key", "passphrase", "password", "passwords", "pat", "secret", "secrets", "token"),
)
WHOLE = frozenset({"datasource", "parametervalues", "parametervalueset", "tokens"})
"""Names of secrets that end in an innocent word; `dataSource` may be a connection string."""
WORDS = frozenset({"authorization", "credential", "credentials", "password", "secret", "token"})
"""Words that make a secret of a name wherever they stand, such as `patTokenOverride`."""

PUBLIC_KEYS = ("partitionkey", "projectkey", "publickey", "rowkey", "sortkey")
"""Keys that open nothing."""
ABOUT = frozenset(
    {
        *(
            "audience",
            "count",
            "endpoint",
            "expiration",
            "expiry",
            "id",
            "kind",
            "length",
            "lifetime",
            "limit",
        ),
        *("method", "mode", "name", "path", "policy", "ref", "scope", "scopes", "type", "uri", "url"),
    }
)
"""Last words of names that say something about a secret, such as `tokenUrl`."""


def is_secret_name(name: str) -> bool:
    """Tell whether all that stands under this name is secret, as under `bearerToken` or `headers`."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    plain = "".join(words)
    if not words or words[-1] in ABOUT or plain.endswith(PUBLIC_KEYS):
        return False
    return plain in WHOLE or plain.endswith(ENDINGS) or not WORDS.isdisjoint(words)

"""Which members of free objects hold secrets, told by their names."""

KEYS = frozenset({"authorization", "customheader", "customheaders", "env", "envs", "headers"})
ENDINGS = (
    *("accesskey", "apikey", "connectionstring", "credential", "credentials", "password", "pat"),
    *("privatekey", "secret", "secretkey", "sharedkey", "token"),
)


def is_secret(key: str) -> bool:
    """Whether what stands under this key is a secret as a whole, as under `bearerToken` or `headers`."""
    plain = key.replace("_", "").replace("-", "").lower()
    return plain in KEYS or plain.endswith(ENDINGS)

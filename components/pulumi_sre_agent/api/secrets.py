"""Secrets: which members of an object hold one, by their names, and how one is kept out of a text."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import takewhile
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"
SECRET = "[secret]"  # noqa: S105 - says where one is
"""Stands for a secret in Pulumi's JSON, and wherever this toolkit shows what has one."""
SHORTEST = 4
"""Characters of a secret that can be told from the words around it."""
SHORTEST_PART = 8
"""Characters of a part of a secret that are worth hiding."""
SPELT = 1024
"""Secrets whose forms are kept at hand: every call's name, and every error, is searched for all of them."""
URL_SAFE = str.maketrans("+/", "-_")

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
BY_IDENTITY = "AzureARM"
"""`authType` of an MCP server that a managed identity logs in to: its headers stand beside the other members.

See docs/reference/control-plane.md#mcp-servers-by-managed-identity.
"""


def is_header_name(name: str) -> bool:
    """Tell whether a member of such a server's properties is a header, whose value may well be secret."""
    return "-" in name or name.lower() == "cookie"


class SecretStr(str):
    """A text that is a secret: it works like any other, but its repr is masked and a resource keeps it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"


def is_secret_name(name: str) -> bool:
    """Tell whether all that stands under this name is secret, as under `bearerToken` or `headers`."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    plain = "".join(words)
    if not words or words[-1] in ABOUT or plain.endswith(PUBLIC_KEYS):
        return False
    return plain in WHOLE or plain.endswith(ENDINGS) or not WORDS.isdisjoint(words)


def secrets_of(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Yield every secret of a value, and what it is made of: a text below a name of one, or a `SecretStr`.

    `inside`: whether the value itself stands below such a name.
    """
    if isinstance(value, Mapping):
        has_headers = str(value.get("authType")).startswith((BY_IDENTITY, "Custom"))
        for key, member in value.items():
            is_secret = is_secret_name(str(key)) or (has_headers and is_header_name(str(key)))
            yield from secrets_of(member, inside=inside or is_secret)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from secrets_of(member, inside=inside)
    elif isinstance(value, SecretStr) or (inside and isinstance(value, str)):
        yield str(value)
        yield from _parts(str(value))


def credentials_in(name: str, text: str) -> Iterator[str]:
    """Yield what opens something, of a text that stands under a name: a token, its `Bearer`, a key of a list.

    What stands beside it is none, though it is kept as secret: a level of logging below `env`, the address
    in a `dataSource`.
    """
    if (is_secret_name(name) and not _is_name_of(name, "datasource")) or _is_name_of(name, "cookie"):
        yield text
        yield from text.split()[1:]
    for piece in text.split(";"):
        key, _, value = piece.partition("=")
        if is_secret_name(key):
            yield value.strip()
    if text.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            yield from secrets_of(json.loads(text))


def _is_name_of(name: str, what: str) -> bool:
    return name.replace("_", "").lower() == what


def mask(text: str, value: Any) -> str:
    """Blank out every secret of a value that occurs in a text, in whichever form."""
    return mask_secrets(text, secrets_of(value))


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """Blank out secrets in a text that may repeat them in another form, or cut: longest first.

    Forms are those in which services answer: as it was sent, in a URL, in base64 (also in a Basic header),
    with HTML's or JSON's escapes, in any letter case. Where it is cut, half or sixteen characters count.
    """
    for secret in sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True):
        for form in _forms(secret):
            if _may_hold(text, form):
                text = re.sub(re.escape(form), MASK, text, flags=re.IGNORECASE)
        for core in _base64_cores(secret):
            if core in text:
                text = re.sub(rf"[\w+/-]*{re.escape(core)}[\w+/=-]*", MASK, text)
        text = _mask_cut(text, secret)
    return text


def forms_of(secret: str) -> Iterator[str]:
    """Yield how a longer text may hold the whole of a secret; none where it is too short to tell."""
    yield from (form for form in _forms(secret) if len(form) >= SHORTEST_PART)
    yield from _base64_cores(secret)


def _parts(secret: str) -> Iterator[str]:
    """Yield the leaves of JSON, the values of `Key=value;…`, the credentials of `Bearer …`."""
    try:
        document = json.loads(secret)
    except (ValueError, RecursionError):
        pieces = re.split(r"[;\s]", secret)
        values = (re.sub(r"^\w+=(?=.)", "", piece) for piece in pieces)
        yield from (value for value in values if len(value) >= SHORTEST_PART)
    else:
        if isinstance(document, dict | list):
            yield from secrets_of(document, inside=True)


def _may_hold(text: str, form: str) -> bool:
    """Tell quickly that a text does not hold a form in any letter case, as most do not.

    Beyond ASCII a letter has other cases than `lower` knows.
    """
    return form.lower() in text.lower() or not (text.isascii() and form.isascii())


@lru_cache(SPELT)
def _forms(secret: str) -> tuple[str, ...]:
    """Return how a secret may be spelt, longest first."""
    escaped = "".join(f"\\u{ord(each):04x}" if each in "<>&'\"+" else each for each in secret)
    forms = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        html.escape(secret),
        html.escape(secret, quote=False),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        escaped,
    }
    return tuple(sorted(forms, key=len, reverse=True))


@lru_cache(SPELT)
def _base64_cores(secret: str) -> tuple[str, ...]:
    """Return what the base64 of anything that holds the secret holds, wherever in it the secret begins."""
    cores: list[str] = []
    content = secret.encode()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + content).decode()
        core = encoded[(before * 8 + 5) // 6 : (before + len(content)) * 8 // 6]
        if len(core) >= SHORTEST_PART:
            cores += [core, core.translate(URL_SAFE)]
    return tuple(cores)


def _mask_cut(text: str, secret: str) -> str:
    """Blank out the beginning or the end of a secret, however much of it there is."""
    shortest = max(SHORTEST_PART, min(len(secret) // 2, 16))
    return _mask_beginning(_mask_beginning(text, secret, shortest)[::-1], secret[::-1], shortest)[::-1]


def _mask_beginning(text: str, secret: str, shortest: int) -> str:
    lower = secret.lower()
    while len(lower) > shortest and (at := text.lower().find(lower[:shortest])) >= 0:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(text[at:].lower(), lower, strict=False))
        length = sum(1 for _ in same)
        text = f"{text[:at]}{MASK}{text[at + length :]}"
    return text

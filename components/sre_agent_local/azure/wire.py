"""What crosses the wire: JSON values, times, and the request and answer that handlers see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass
class Part:
    """One part of a form: a field with a value, or a file that lies in a folder until somebody keeps it."""

    name: str
    filename: str | None
    path: Path | None
    value: bytes = b""
    size: int = 0


@dataclass(frozen=True)
class Incoming:
    """A request as it came in, before either plane reads it."""

    method: str
    path: str
    segments: tuple[str, ...]
    """The path's parts, each percent-decoded by itself, without empty ones."""
    query: Mapping[str, str]
    content: bytes
    authorization: str | None
    accept: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    parts: list[Part] = field(default_factory=list)
    """Of a form; `content` is empty then."""


@dataclass(frozen=True)
class Answer:
    """A status, headers, and JSON, or nothing, or text or bytes as they are."""

    status: int = 200
    body: Json | list[Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"


def merge(target: Any, patch: Any) -> Any:
    """Return the value that a JSON merge patch (RFC 7396) makes of `target`; null removes a member."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def timestamp(seconds: float) -> str:
    """Return UTC as Azure writes it, with seven decimals: `2026-11-22T09:30:00.1234560Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


_SECRET_MEMBER = re.compile(
    r"(token|secret|password|pat|key|credential|connectionstring|signature|sig|code)$", re.IGNORECASE
)


def is_secret_name(name: str) -> bool:
    """Say whether a member or query parameter of this name holds a secret."""
    return bool(_SECRET_MEMBER.search(name.replace("-", "").replace("_", "")))

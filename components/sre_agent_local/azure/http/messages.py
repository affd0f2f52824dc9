"""A request as it comes in, a response as it goes out, and the parts of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .json_values import Json


@dataclass
class FormPart:
    """One part of a form: a field with a value, or a file that lies in a folder until somebody keeps it."""

    name: str
    filename: str | None
    path: Path | None
    value: bytes = b""
    size: int = 0


@dataclass(frozen=True)
class IncomingRequest:
    """A request as it came in, before either plane reads it."""

    method: str
    path: str
    segments: tuple[str, ...]
    """The path's parts, each percent-decoded by itself, without empty ones."""
    query: Mapping[str, str]
    content: bytes
    authorization: str | None
    accept: str
    base_url: str
    """Scheme, host and port that the request came to: `http://127.0.0.1:4281`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    parts: list[FormPart] = field(default_factory=list)
    """Of a form; `content` is empty then."""


@dataclass(frozen=True)
class Response:
    """A status, headers, and JSON, or nothing, or text or bytes as they are."""

    status: int = 200
    body: Json | list[Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"

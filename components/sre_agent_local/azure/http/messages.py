"""A request as it comes in, a response as it goes out, and the parts of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent

from .json_values import Json

Archive = dict[str, bytes]
"""Contents by path."""


@dataclass
class FormPart:
    """One part of a form: a field with a value, or a file that lies in a folder until somebody keeps it."""

    name: str
    filename: str | None
    path: Path | None
    value: bytes = b""
    size: int = 0

    def text(self) -> str:
        """Return a field's value. Raises InvalidRequestContent."""
        try:
            return self.value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidRequestContent(f"the field '{self.name}' of the form is not UTF-8") from error


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
    archive: Archive | BadRequest | None = None
    """Files of a gzip-compressed tar, or why it was refused; None for another body."""


@dataclass(frozen=True)
class Response:
    """A status, headers, and JSON, or nothing, or text or bytes as they are."""

    status: int = 200
    body: Json | list[Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"

"""Bodies that are not JSON, made while they are sent: of a file, only a piece is in memory at a time."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Content:
    """A body that is not JSON, and need never be in memory as a whole."""

    media_type: str
    length: int
    """In bytes."""
    pieces: Callable[[], Iterator[bytes]]
    """Makes the bytes, anew for each attempt."""


@dataclass(frozen=True)
class Document:
    """Something to upload, and what it is called there."""

    name: str
    source: bytes | Path

    @property
    def size(self) -> int:
        """Bytes. Raises `ConfigError` where there is no such file."""
        if isinstance(self.source, bytes):
            return len(self.source)
        try:
            return self.source.stat().st_size
        except OSError as error:
            raise ConfigError(f"{self.source} cannot be read: {error.strerror}.") from None


def form(field: str, documents: Sequence[Document]) -> Content:
    """Return a form in which every document is a part called `field`. Raises `ConfigError` as `size` does."""
    boundary = uuid.uuid4().hex
    sizes = [document.size for document in documents]
    heads = [_head(boundary, field, document.name) for document in documents]
    tail = f"--{boundary}--\r\n".encode()

    def pieces() -> Iterator[bytes]:
        for document, size, head in zip(documents, sizes, heads, strict=True):
            yield head
            yield from _pieces(document.source, size)
            yield b"\r\n"
        yield tail

    length = sum(map(len, heads)) + sum(sizes) + 2 * len(documents) + len(tail)
    return Content(media_type=f"multipart/form-data; boundary={boundary}", length=length, pieces=pieces)


def _head(boundary: str, field: str, name: str) -> bytes:
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()


def _pieces(source: bytes | Path, size: int) -> Iterator[bytes]:
    """Yield exactly `size` bytes, which have been announced. Raises `ConfigError` where there are fewer."""
    if isinstance(source, bytes):
        yield source
        return
    left = size
    try:
        with source.open("rb", buffering=0) as file:
            while left and (piece := file.read(min(limits.PIECE, left))):
                left -= len(piece)
                yield piece
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error.strerror}.") from None
    if left:
        raise ConfigError(f"{source} became shorter while it was sent: run the same again.")

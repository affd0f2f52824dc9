"""Uploaded files: a multipart/form-data body is taken apart as it comes in, and never held as a whole."""

import asyncio
import io
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from sre_agent_local.azure.errors import InvalidRequestContent

from .messages import FormPart

MOST_BYTES = 128 * 1024 * 1024
"""Bytes of a form's files and fields, somewhat more than any route takes."""
MOST_PARTS = 1000
_LONGEST_HEAD = 16 * 1024
_LONGEST_VALUE = 1024 * 1024
_LONGEST_BOUNDARY = 70
"""As RFC 2046 has it."""
_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_DISPOSITION = re.compile(rb"^content-disposition:(.*)$", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(rb'[;\s]([a-z]+)="([^"]*)"', re.IGNORECASE)


def boundary_of(content_type: str) -> bytes | None:
    """Return what separates the parts of a form; None for any other type. Raises InvalidRequestContent."""
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    match = _BOUNDARY.search(content_type)
    if match is None or len(match[1] or match[2]) > _LONGEST_BOUNDARY:
        raise InvalidRequestContent("the form's type names no boundary of at most 70 characters")
    return (match[1] or match[2]).encode()


async def receive(stream: AsyncIterator[bytes], boundary: bytes, folder: Path) -> list[FormPart]:
    """Read a form to its end, off the event loop; files are written to the folder.

    Raises InvalidRequestContent, once all of the form has come: an answer before would not be seen.
    """
    reader = _Reader(boundary, folder)
    refusal: InvalidRequestContent | None = None
    try:
        async for piece in stream:
            if refusal is None:
                try:
                    await asyncio.to_thread(reader.feed, piece)
                except InvalidRequestContent as error:
                    refusal = error
    except BaseException:
        discard(reader.parts)
        raise
    finally:
        reader.close()
    if refusal is None and not reader.ended:
        refusal = InvalidRequestContent("the form ends too early")
    if refusal:
        discard(reader.parts)
        raise refusal
    return reader.parts


def discard(parts: list[FormPart]) -> None:
    """Remove the files that nobody has kept."""
    for part in parts:
        if part.path:
            part.path.unlink(missing_ok=True)


class _Nowhere(io.BytesIO):
    """Forgets what is written to it."""

    def write(self, data: Any, /) -> int:
        return len(data)

    def tell(self) -> int:
        return 0


class _Reader:
    """Where in the form the pieces have got to."""

    def __init__(self, boundary: bytes, folder: Path) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._folder = folder
        self._rest = b"\r\n"  # so that the first delimiter looks like the others
        self._sink: BinaryIO | None = _Nowhere()  # what comes before the first part is nobody's
        self._size = 0
        self.parts: list[FormPart] = []
        self.ended = False

    def feed(self, piece: bytes) -> None:
        if self.ended:  # what comes after the last part is nobody's either
            return
        self._size += len(piece)
        if self._size > MOST_BYTES:
            raise InvalidRequestContent(f"the form is larger than {MOST_BYTES // 1024 // 1024} MB")
        self._rest += piece
        while not self.ended and (self._head() if self._sink is None else self._body()):
            pass

    def close(self) -> None:
        if self._sink:
            self._sink.close()

    def _body(self) -> bool:
        """Write what belongs to the part; say whether it has ended."""
        assert self._sink is not None  # noqa: S101 - the caller has looked
        data = self._rest
        end = data.find(self._delimiter)
        length = end if end >= 0 else max(0, len(data) - len(self._delimiter) + 1)
        self._sink.write(memoryview(data)[:length])
        if isinstance(self._sink, io.BytesIO) and self._sink.tell() > _LONGEST_VALUE:
            raise InvalidRequestContent(f"the field '{self.parts[-1].name}' of the form is larger than 1 MB")
        self._rest = data[length:]
        if end < 0:
            return False
        self._finish()
        self._rest = self._rest[len(self._delimiter) :]
        return True

    def _head(self) -> bool:
        """Begin a part; say whether there is enough of it to do so."""
        self.ended = self._rest.startswith(b"--")
        head, blank, rest = self._rest.partition(b"\r\n\r\n")
        if not self.ended and len(head) > _LONGEST_HEAD:
            raise InvalidRequestContent("the head of a part of the form is longer than 16 KB")
        if self.ended or not blank:
            return False
        self._begin(head)
        self._rest = rest
        return True

    def _begin(self, head: bytes) -> None:
        disposition = _DISPOSITION.search(head)
        parameters = dict(_PARAMETER.findall(disposition[1])) if disposition else {}
        if b"name" not in parameters:
            raise InvalidRequestContent("a part of the form has no name")
        filename = parameters[b"filename"].decode("utf-8", "replace") if b"filename" in parameters else None
        if len(self.parts) >= MOST_PARTS:
            raise InvalidRequestContent(f"the form has more than {MOST_PARTS} parts")
        path = self._folder / f"{uuid.uuid4().hex}.part" if filename is not None else None
        self.parts.append(FormPart(parameters[b"name"].decode("utf-8", "replace"), filename, path))
        self._sink = path.open("wb") if path else io.BytesIO()

    def _finish(self) -> None:
        assert self._sink is not None  # noqa: S101 - the caller has written to it
        if self.parts:
            self.parts[-1].size = self._sink.tell()
            if isinstance(self._sink, io.BytesIO):
                self.parts[-1].value = self._sink.getvalue()
        self._sink.close()
        self._sink = None

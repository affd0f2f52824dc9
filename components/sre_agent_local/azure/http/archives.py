"""Gzip-compressed tar archives: unpacked off the event loop, and no further than a limit."""

import asyncio
import gzip
import io
import tarfile
import zlib
from pathlib import PurePosixPath

from sre_agent_local.azure.errors import BadRequest

from .messages import Archive

MOST_BYTES = 32 * 1024 * 1024
MOST_MEMBERS = 10_000
_MAGIC = b"\x1f\x8b"


async def read(content: bytes) -> Archive | BadRequest | None:
    """Return the files of an archive, or why it is refused; None for a body that is none."""
    if not content.startswith(_MAGIC):
        return None
    try:
        return await asyncio.to_thread(_unpack, content)
    except BadRequest as error:
        return error


def _unpack(content: bytes) -> Archive:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as compressed:
            unfolded = compressed.read(MOST_BYTES + 1)
        if len(unfolded) > MOST_BYTES:
            raise BadRequest(f"The archive holds more than {MOST_BYTES // 1024 // 1024} MB.")
        with tarfile.open(fileobj=io.BytesIO(unfolded), mode="r:") as archive:
            return _files(archive)
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError) as error:
        raise BadRequest(f"The body is not a gzip-compressed tar archive: {error}.") from error


def _files(archive: tarfile.TarFile) -> Archive:
    files: Archive = {}
    for number, member in enumerate(archive):
        path = member.name.removeprefix("./")
        if number >= MOST_MEMBERS:
            raise BadRequest(f"The archive has more than {MOST_MEMBERS} members.")
        if not path.isprintable() or path.startswith("/") or ".." in PurePosixPath(path).parts:
            raise BadRequest(f"The archive has a member {path!a}, which is not the path of a file in it.")
        if member.isdir():
            continue
        content = archive.extractfile(member) if member.isfile() and not member.issparse() else None
        if content is None:
            raise BadRequest(f"The archive's member {path!a} is a link or a device; only files are taken.")
        files[path] = content.read()
    return files

"""Files of this machine: state holds where one is and a hash of it, never what is in it."""

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from io import BufferedReader

from pulumi_sre_agent.schema.annotations import Rule


@dataclass(frozen=True)
class FileFingerprint:
    """What tells a file from another."""

    content_hash: str
    size: int
    """In bytes."""


def possible(path: str) -> str:
    """Return a path; OSError for one with a zero character, as for any other that leads nowhere."""
    if "\0" in path:
        raise OSError(errno.EINVAL, "a path has no zero character")
    return path


def open_file(path: str) -> BufferedReader:
    """Open a file to read, and wait for nobody; OSError for a folder, a pipe or a device."""
    file = open(possible(path), "rb", opener=_open)  # noqa: SIM115 - the caller's to close; `Path` takes no opener
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(0, "it is not a file")


def _open(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))  # Windows has neither flag nor such pipes


def fingerprint(path: str) -> FileFingerprint | None:
    """Look at a file, piece by piece; None where there is none that can be read."""
    try:
        with open_file(path) as file:
            return FileFingerprint(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())
    except OSError:
        return None


def _check_readable(path: str) -> str | None:
    try:
        with open_file(path):
            return None
    except OSError as error:
        return f"must name a file that can be read here ({path}: {error.strerror})"


READABLE = Rule(_check_readable)
"""Paths are relative to the folder of the program, as `open` has them there."""

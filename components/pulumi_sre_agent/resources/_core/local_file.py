"""Files of this machine: state holds where one is and a hash of it, never what is in it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pulumi_sre_agent.schema.annotations import Rule


@dataclass(frozen=True)
class FileFingerprint:
    """What tells a file from another."""

    content_hash: str
    size: int
    """In bytes."""


def fingerprint(path: str) -> FileFingerprint | None:
    """Look at a file, piece by piece; None where there is none that can be read."""
    try:
        with Path(path).open("rb") as file:
            return FileFingerprint(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())
    except OSError:
        return None


def _check_readable(path: str) -> str | None:
    try:
        with Path(path).open("rb"):
            return None
    except OSError as error:
        return f"must name a file that can be read here ({path}: {error.strerror})"


READABLE = Rule(_check_readable)
"""Paths are relative to the folder of the program, as `open` has them there."""

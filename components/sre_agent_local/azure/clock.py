"""What time it is in this Azure: the machine's time, moved forward as somebody has asked.

A process serves one Azure, and has one clock. Only the request log and certificates keep to the machine's.
"""

import time

MOST_SECONDS = 10 * 366 * 24 * 3600
"""How far it can be moved."""

_moved = 0.0


def now() -> float:
    """Return the seconds since 1970."""
    return time.time() + _moved


def moved() -> float:
    """Return by how many seconds it is ahead of the machine's."""
    return _moved


def move(seconds: float) -> None:
    """Let it be this many seconds ahead of the machine's."""
    global _moved  # noqa: PLW0603 - it is the one thing that this module keeps
    _moved = seconds

"""What is being waited for, while it lasts: told to a logger that nobody listens to who does not watch.

Each is one line at level INFO, such as `waiting: throttled (429), 12 s left`, with no secret in it.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("pulumi_sre_agent.waits")


def tell(reason: str, seconds: float | None = None) -> None:
    """Say what a wait is for, and how long it lasts where that is known."""
    log.info("waiting: %s%s", reason, "" if seconds is None else f", {seconds:.0f} s left")


@contextmanager
def held(lock: threading.Lock, reason: str) -> Iterator[None]:
    """Hold a lock; `reason` is what one waits for where somebody else holds it."""
    if not lock.acquire(blocking=False):
        tell(reason)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()

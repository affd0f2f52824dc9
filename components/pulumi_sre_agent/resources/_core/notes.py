"""What providers tell people while they work: on standard error, which engines pass on line by line."""

import logging
import threading


class _OnceFilter(logging.Filter):
    """Lets the same sentence of this package through once; what others log is theirs."""

    def __init__(self) -> None:
        super().__init__(__name__.partition(".")[0])
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        if not super().filter(record):
            return True
        sentence = record.getMessage()
        with self._lock:
            is_new = sentence not in self._told
            self._told.add(sentence)
        return is_new


_ONCE = _OnceFilter()


def say_notes_once() -> None:
    """Say a note once in this process, which an engine starts for each run.

    Python's handler of last resort prints them, as nothing else is set up in a provider's process.
    """
    if logging.lastResort:
        logging.lastResort.addFilter(_ONCE)

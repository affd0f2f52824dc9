"""What this run's resources stand for in Azure, so that nothing of it is deleted under another name.

A resource renamed in the program is a new one to Pulumi: it is created, which finds its item there, and then
the old name is deleted, which would take the item away. Engines start one provider process for a run, so what
one has created, updated or found unchanged is kept here, and a delete of the same is left out.
A targeted run tells of nothing but its targets: see docs/reference/pulumi.md#steps.
A replacement of one resource deletes before it creates (`Resource` asks for it): where its own claim stood in
the way of that delete, the create makes up for it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager


class Claims:
    """Ids in Azure, in any letter case, that resources of this run stand for. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self._claimed: set[str] = set()
        self._released: set[str] = set()
        self._deleted: set[str] = set()
        self._postponed: dict[str, Callable[[], None]] = {}

    @contextmanager
    def creating(self, ids: Iterable[str]) -> Iterator[None]:
        """Claim ids while they are looked at and written; a delete that was left out comes first."""
        keys = _keys(ids)
        with self._hold(keys):
            for delete in {self._postponed.pop(key) for key in keys & self._postponed.keys()}:
                delete()
            with self.updating(keys):
                yield

    @contextmanager
    def updating(self, ids: Iterable[str]) -> Iterator[None]:
        """Claim ids while they are written; a delete that was left out stays out: nobody replaces them."""
        keys = _keys(ids)
        with self._hold(keys):
            self._claimed |= keys
            self._deleted -= keys
            yield

    def claim(self, ids: Iterable[str]) -> bool:
        """Note what stays, or changes in place; tell whether this run has left it there so far."""
        keys = _keys(ids)
        with self._hold(keys):
            self._claimed |= keys
            return not keys & self._deleted

    def note(self, ids: Iterable[str]) -> None:
        """Claim what a create turned out to be, in the middle of it, by ids that stand for the same.

        Waits for nobody: who holds one of these may be waiting for what the create holds.
        """
        keys = _keys(ids)
        self._claimed |= keys
        self._deleted -= keys

    def release(self, ids: Iterable[str]) -> None:
        """Note what a resource of this run stood for and is about to give up, since it is replaced."""
        self._released |= _keys(ids)

    def is_released(self, ids: Iterable[str]) -> bool:
        """Whether what is there is this run's own to overwrite: another resource is about to delete it."""
        return _keys(ids) <= self._released

    def delete(self, ids: Iterable[str], delete: Callable[[], None]) -> bool:
        """Call `delete` unless something of it is claimed; tell whether it was called."""
        keys = _keys(ids)
        with self._hold(keys):
            if claimed := keys & self._claimed:
                self._postponed |= dict.fromkeys(claimed, delete)
                return False
            delete()
            self._deleted |= keys
            return True

    def without_claimed(self, ids_by_name: dict[str, str]) -> list[str]:
        """Return the names whose ids nothing has claimed, sorted."""
        return sorted(name for name, id_ in ids_by_name.items() if id_.lower() not in self._claimed)

    def clear(self) -> None:
        """Begin a new run."""
        for notes in (self._claimed, self._released, self._deleted, self._postponed):
            notes.clear()

    @contextmanager
    def _hold(self, keys: Iterable[str]) -> Iterator[None]:
        """Keep others from these ids; everyone takes them in the same order."""
        with self._lock:
            locks = [self._locks.setdefault(key, threading.RLock()) for key in sorted(keys)]
        with ExitStack() as stack:
            for lock in locks:
                stack.enter_context(lock)
            yield


def _keys(ids: Iterable[str]) -> set[str]:
    return {id_.lower() for id_ in ids}


CLAIMS = Claims()
"""One per process, and so per run: the providers of all kinds share it."""

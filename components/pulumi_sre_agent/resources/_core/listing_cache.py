"""What collections held when the first item of each was about to be created.

Creating must not overwrite, so it looks first; looking once per collection instead of once per item makes N
creates cost N round trips and not 2N. All threads of the process share a snapshot; it lives for seconds.
"""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock

from pulumi_sre_agent.api.kinds import Json

LIFETIME = 10.0
"""Seconds after which a collection is listed anew, since others may write to it during a long deployment."""

Listing = dict[str, Json]


class ListingCache:
    """Listings of collections, each taken by one thread while the others wait for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._taken: dict[Hashable, tuple[float, Future[Listing]]] = {}

    def get(self, key: Hashable, take: Callable[[], Listing]) -> Listing:
        """Return the listing under `key`, taken anew if none is young enough; failures are not kept."""
        with self._lock:
            taken = self._taken.get(key)
            mine = taken is None or self._clock() - taken[0] > LIFETIME
            future: Future[Listing] = Future() if taken is None or mine else taken[1]
            if mine:
                self._taken[key] = (self._clock(), future)
        if mine:
            try:
                future.set_result(take())
            except BaseException as error:  # noqa: BLE001 - whatever it is, whoever waits must hear of it
                future.set_exception(error)
                self.forget(key)
        return future.result()

    def forget(self, key: Hashable) -> None:
        with self._lock:
            self._taken.pop(key, None)

    def clear(self) -> None:
        """Forget everything, after something happened to a whole agent."""
        with self._lock:
            self._taken.clear()

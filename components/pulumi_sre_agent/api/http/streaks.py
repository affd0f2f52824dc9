"""Since when a service has done nothing but fail, over all the requests of a process."""

import threading

from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.limits import RetryPolicy


class Streaks:
    """Failures in a row, by service and by the policy that waits them out. Thread-safe.

    A budget counts from the first failure of the row: what is down costs it once, not once per request.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[tuple[str, RetryPolicy], tuple[float, float]] = {}
        """First and last failure."""
        self._lock = threading.Lock()

    def failed(self, service: str, policy: RetryPolicy) -> float:
        """Note a failure; return the moment of the first one of its row. A long silence begins a new row."""
        now = self._clock.monotonic()
        with self._lock:
            first, last = self._rows.get((service, policy), (now, now))
            if now - last > policy.budget:
                first = now
            self._rows[service, policy] = (first, now)
            return first

    def ended(self, service: str, policy: RetryPolicy | None = None) -> None:
        """Note that the service does something else than fail in the way of `policy`."""
        with self._lock:
            for row in [key for key in self._rows if key[0] == service and key[1] != policy]:
                del self._rows[row]

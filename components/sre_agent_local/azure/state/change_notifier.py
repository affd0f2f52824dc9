"""Word that something has been stored, for those who would otherwise have to look again and again."""

import asyncio
import contextlib


class ChangeNotifier:
    """Wakes every listener; all of them live in the server's one event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def notify(self) -> None:
        for event in self._waiting:
            event.set()

    async def wait(self, seconds: float) -> bool:
        """Return True when there is news, False after some seconds without."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), seconds)
            return event.is_set()
        finally:
            self._waiting.discard(event)

"""The log of requests: what was asked, without bodies and tokens, and only so much of it."""

import json
import sqlite3

from sre_agent_local.azure.http.json_values import Json

REQUESTS_KEPT = 100_000
_BETWEEN_TRIMS = 1000


class RequestLog:
    """A table of the store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._since_trim = 0

    def add(self, entry: Json) -> None:
        self._db.execute("INSERT INTO requests (document) VALUES (?)", (json.dumps(entry),))
        self._since_trim += 1
        if self._since_trim >= _BETWEEN_TRIMS:
            self._since_trim = 0
            self._db.execute(
                "DELETE FROM requests WHERE seq <= (SELECT MAX(seq) FROM requests) - ?", (REQUESTS_KEPT,)
            )
        self._db.commit()

    def since(self, seq: int) -> list[Json]:
        """Return the entries after one, oldest first; those of an older version do not say who asked."""
        rows = self._db.execute("SELECT seq, document FROM requests WHERE seq > ? ORDER BY seq", (seq,))
        return [{"seq": number, "caller": None, **json.loads(document)} for number, document in rows]

    def forget(self) -> None:
        with self._db:  # at once, or a refusal that comes next would bring them back
            self._db.execute("DELETE FROM requests")

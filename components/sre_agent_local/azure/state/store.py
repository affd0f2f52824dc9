"""Everything that outlives a restart, in one SQLite file that one process owns.

A resource is a row: its ARM id, its type, what Azure keeps of it, and what only this server knows. Names
compare without regard to case, as Azure's do; a child's id begins with its parent's, so what lies under a
resource is a range of keys.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sre_agent_local.azure.http.json_values import Json

from .request_log import RequestLog

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, document TEXT NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resources_by_type ON resources (type, key);
CREATE TABLE IF NOT EXISTS operations (
    id TEXT PRIMARY KEY, resource TEXT NOT NULL, ends REAL NOT NULL, settled INTEGER NOT NULL,
    document TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS operations_under_way ON operations (settled, ends);
CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
"""


class StoreUnusable(Exception):
    """The data folder cannot be used; `str()` says why in a sentence."""


class StoreInUse(StoreUnusable):
    """Another live process serves this data folder."""


@dataclass(frozen=True)
class Resource:
    """One thing that Azure keeps."""

    id: str
    """ARM id in the casing of whoever created it."""
    type: str
    """Canonical type, such as `Microsoft.App/agents`."""
    document: Json
    """What Azure keeps of it, secrets included."""
    state: Json = field(default_factory=dict)
    """What only this server knows, such as when its data plane begins to answer."""

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[-1]

    @property
    def properties(self) -> Json:
        properties: Json = self.document.get("properties", {})
        return properties

    def with_properties(self, **changes: Any) -> "Resource":
        return replace(self, document={**self.document, "properties": {**self.properties, **changes}})


@dataclass(frozen=True)
class Operation:
    """A long-running operation: what is stored when it ends is decided when it starts."""

    id: str
    resource_id: str
    location: str
    started: float
    ends: float
    success: Resource | None
    """What becomes of the resource; None: it is deleted, with all below it."""
    failure: Resource
    """What becomes of it when the operation fails."""
    error: Json | None = None
    """Why it fails, as `{code, message}`; None: it succeeds."""
    is_settled: bool = False
    """Whether its end is stored, or came without effect."""


class Store:
    """The file, and the few questions asked of it."""

    def __init__(self, path: Path) -> None:
        """Open the file, which is made if missing. Raises StoreInUse, StoreUnusable."""
        self.files = path.parent / "files"
        """Where uploaded files lie; those that end in `.part` belong to a request under way."""
        self._db = _open(path)
        self.files.mkdir(mode=0o700, exist_ok=True)
        for left in self.files.glob("*.part"):
            left.unlink()
        self.request_log = RequestLog(self._db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All that is written inside takes effect together, or not at all."""
        with self._db:
            yield

    @contextmanager
    def discarded(self) -> Iterator[None]:
        """Nothing that is written inside takes effect, also where it is part of something atomic."""
        self._db.execute("SAVEPOINT discarded")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK TO discarded")
            self._db.execute("RELEASE discarded")

    # resources

    def get(self, resource_id: str) -> Resource | None:
        row = self._db.execute(
            "SELECT id, type, document, state FROM resources WHERE key = ?", (resource_id.lower(),)
        ).fetchone()
        return _resource(row) if row else None

    def put(self, resource: Resource) -> Resource:
        self._db.execute(
            "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?)",
            (
                resource.id.lower(),
                resource.id,
                resource.type.lower(),
                json.dumps({"type": resource.type, **resource.document}),
                json.dumps(resource.state),
            ),
        )
        return resource

    def delete(self, resource_id: str) -> None:
        """Delete a resource and everything below it; what was under way there ends without effect."""
        key = resource_id.lower()
        span = (key, f"{key}/", f"{key}0")
        rows = self._db.execute(
            "DELETE FROM resources WHERE key = ? OR (key > ? AND key < ?) RETURNING state", span
        )
        for (state,) in rows.fetchall():
            self.drop_file(json.loads(state).get("file"))
        self._db.execute(
            "UPDATE operations SET settled = 1 WHERE resource = ? OR (resource > ? AND resource < ?)", span
        )

    def of_type(self, resource_type: str, under: str = "") -> list[Resource]:
        """Return the resources of one type below a scope, in the order of their ids."""
        prefix = under.lower()
        rows = self._db.execute(
            "SELECT id, type, document, state FROM resources"
            " WHERE type = ? AND key > ? AND key < ? ORDER BY key",
            (resource_type.lower(), f"{prefix}/", f"{prefix}0"),
        )
        return [_resource(row) for row in rows]

    def by_name(self, resource_type: str, name: str) -> list[Resource]:
        """Return the resources of one type and name, wherever they lie."""
        ending = f"/{name.lower()}"
        rows = self._db.execute(  # the index alone finds the keys: no other document is read
            "SELECT id, type, document, state FROM resources"
            " WHERE key IN (SELECT key FROM resources WHERE type = ? AND substr(key, ?) = ?)",
            (resource_type.lower(), -len(ending), ending),
        )
        return [_resource(row) for row in rows]

    def under(self, scope: str) -> list[Resource]:
        prefix = scope.lower()
        rows = self._db.execute(
            "SELECT id, type, document, state FROM resources WHERE key > ? AND key < ? ORDER BY key",
            (f"{prefix}/", f"{prefix}0"),
        )
        return [_resource(row) for row in rows]

    def ids_under(self, scope: str) -> list[str]:
        prefix = scope.lower()
        rows = self._db.execute(
            "SELECT id FROM resources WHERE key > ? AND key < ? ORDER BY key", (f"{prefix}/", f"{prefix}0")
        )
        return [row[0] for row in rows]

    # files

    def keep_file(self, part: Path) -> str:
        """Keep an uploaded file for a resource, which names it as `file` in its state; return its name."""
        path = part.with_suffix("")
        part.rename(path)
        return path.name

    def drop_file(self, name: str | None) -> None:
        if name:
            (self.files / name).unlink(missing_ok=True)

    # operations

    def put_operation(self, operation: Operation) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?)",
            (
                operation.id,
                operation.resource_id.lower(),
                operation.ends,
                operation.is_settled,
                json.dumps(asdict(operation)),
            ),
        )

    def operation(self, operation_id: str) -> Operation | None:
        row = self._db.execute(
            "SELECT document, settled FROM operations WHERE id = ?", (operation_id.lower(),)
        ).fetchone()
        return replace(_operation(row[0]), is_settled=bool(row[1])) if row else None

    def running(self, resource_id: str) -> Operation | None:
        row = self._db.execute(
            "SELECT document FROM operations WHERE resource = ? AND settled = 0", (resource_id.lower(),)
        ).fetchone()
        return _operation(row[0]) if row else None

    def due(self, now: float) -> list[Operation]:
        """Return the operations whose time has come, oldest first."""
        rows = self._db.execute(
            "SELECT document FROM operations WHERE settled = 0 AND ends <= ? ORDER BY ends", (now,)
        )
        return [_operation(row[0]) for row in rows.fetchall()]

    # settings

    def setting(self, name: str) -> Any:
        row = self._db.execute("SELECT document FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def put_setting(self, name: str, value: Any) -> None:
        in_transaction = self._db.in_transaction
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
        if not in_transaction:
            self._db.commit()

    def reset(self) -> None:
        """Forget all resources, files, operations and requests."""
        for file in self.files.iterdir():
            file.unlink()
        with self._db:
            for table in ("resources", "operations", "requests"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are written above
            self._db.execute("DELETE FROM settings WHERE name LIKE 'customEvents/%'")


def _open(path: Path) -> sqlite3.Connection:
    # An exclusive lock for as long as the process lives: a second server on the same folder is told so, and a
    # killed one leaves nothing behind to clean up.
    try:
        path.touch(mode=0o600)  # it will hold secrets; SQLite gives its other files the same mode
        with contextlib.ExitStack() as on_failure:
            connection = sqlite3.connect(path, timeout=0.2)
            on_failure.callback(connection.close)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
            connection.execute("DELETE FROM settings WHERE name = ''")
            connection.commit()
            on_failure.pop_all()
    except OSError as error:
        raise StoreUnusable(f"{path} cannot be opened: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreInUse(f"{path} is in use by another process") from error
        raise StoreUnusable(f"{path} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnusable(f"{path} is not a data file of the local Azure: {error}") from error
    return connection


def _resource(row: tuple[str, str, str, str]) -> Resource:
    document = json.loads(row[2])
    return Resource(row[0], document.pop("type"), document, json.loads(row[3]))


def _operation(document: str) -> Operation:
    fields = json.loads(document)
    fields["success"] = Resource(**fields["success"]) if fields["success"] else None
    return Operation(**{**fields, "failure": Resource(**fields["failure"])})

"""Who works on a stack: the lock files of Pulumi's file backend, and what tells that their holder is gone.

    <root>/.pulumi/locks/organization/<project>/<stack>/<uuid>.json    one per holder, as the real CLI has it
    <root>/.pulumi/held/<uuid>                                         held with flock by a holder of ours

A lock of the real CLI says a host and a process id and nothing else. One of ours is over the moment that its
process is, whoever has its number now and whatever its host was called: the operating system lets go of it.
"""

import contextlib
import fcntl
import getpass
import json
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ORGANIZATION = "organization"
"""The only one that file backends know."""
MARGIN_SECONDS = 10.0
"""How much later than its lock a process must have begun to be another one under the same number."""


@dataclass(frozen=True)
class Holder:
    """What a lock file says."""

    file: Path
    content: dict[str, Any]

    @property
    def pid(self) -> Any:
        return self.content.get("pid")

    @property
    def is_here(self) -> bool:
        """Whether it names this host."""
        return self.content.get("hostname") == socket.gethostname()

    def __str__(self) -> str:
        user, host, since = (self.content.get(key) for key in ("username", "hostname", "timestamp"))
        return f"{user}@{host} (pid {self.pid}, since {since})"


class Locks:
    """The locks of one stack. `home` is the folder `.pulumi` of a file backend."""

    def __init__(self, home: Path, project: str, stack: str) -> None:
        self._folder = home / "locks" / ORGANIZATION / project / stack
        self._held = home / "held"

    def holders(self) -> Iterator[Holder]:
        """Yield all locks that can be read: others are given back meanwhile, or cut off by a crash."""
        for file in sorted(self._folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                content = json.loads(file.read_bytes())
                yield Holder(file, content if isinstance(content, dict) else {})

    def is_over(self, holder: Holder) -> bool:
        """Whether the holder has certainly ended."""
        with contextlib.suppress(FileNotFoundError), (self._held / holder.file.stem).open("rb") as mark:
            return _try_flock(mark.fileno())
        pid = holder.pid
        if not holder.is_here or not isinstance(pid, int) or pid <= 0:
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # it is another user's
        return _began_after(pid, holder.content.get("timestamp"))

    def remove(self, holder: Holder) -> None:
        self._remove(holder.file)

    def clear(self) -> None:
        """Remove every lock, whoever holds it."""
        for file in self._folder.glob("*.json"):
            self._remove(file)

    @contextlib.contextmanager
    def held(self, replace: Callable[[Path, str], None]) -> Iterator[Path]:
        """Hold a lock of one's own, whose file is yielded; `replace` writes a file as a whole."""
        mine = self._folder / f"{uuid.uuid4()}.json"
        self._held.mkdir(parents=True, exist_ok=True)
        with (self._held / mine.stem).open("wb") as mark:
            if not _try_flock(mark.fileno()):
                Path(mark.name).unlink()  # a file system that knows no such locks: the number has to do
            holder = {"pid": os.getpid(), "username": _user(), "hostname": socket.gethostname()}
            try:
                replace(mine, json.dumps({**holder, "timestamp": datetime.now(UTC).isoformat()}))
                yield mine
            finally:
                self._remove(mine)

    def _remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        (self._held / file.stem).unlink(missing_ok=True)


def _try_flock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without an entry, as containers have it
        return str(os.getuid())


def _began_after(pid: int, timestamp: Any) -> bool:
    """Whether a process began later than a lock that names it, where /proc says when it did."""
    try:
        since = datetime.fromisoformat(str(timestamp)).timestamp()
        ticks = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        [boot] = [line for line in Path("/proc/stat").read_text("utf-8").splitlines() if "btime" in line]
    except (OSError, ValueError):
        return False
    return float(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK") > since + MARGIN_SECONDS

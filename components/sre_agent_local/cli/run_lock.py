"""One run of `sre-agent local` at a time on a stack: a lock that the operating system holds for it.

Whichever engine runs, the command holds it from before the stack is made until it ends, and the engine with
it, so that it lasts as long as either lives. What locks the engines have left behind is judged under it.
"""

import contextlib
import fcntl
import json
import os
import socket
import time
from typing import IO, Any

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli import processes
from sre_agent_local.cli.hints import stack_option
from sre_agent_local.engine.locks import Holder, Locks

LOCK_SECONDS = 600.0
POLL_SECONDS = 0.2

_mine: list[IO[str]] = []
"""The lock that this process holds, from `take` to `release`."""


def take(project: Project) -> None:
    """Take the lock and keep it, and see to it that no engine works on the stack.

    Waits while another run does. Raises `Unavailable` where it goes on for too long, or where nobody can say
    whether it still does.
    """
    lock = _open(project)
    _mine.append(lock)
    wait = _Wait(project)
    while not _try_flock(lock):
        wait.for_(f"pid {_read(lock).get('pid')}")
    previous = _read(lock)
    while holder := _engine_lock(project, previous):
        wait.for_(f"pid {holder.pid}")
    note_engine(None)


def release() -> None:
    while _mine:
        _mine.pop().close()


def descriptors() -> tuple[int, ...]:
    """Return what an engine is to inherit, so that the lock lasts until it ends, too."""
    return tuple(lock.fileno() for lock in _mine)


def note_engine(pid: int | None) -> None:
    """Write down who holds the lock, and which engine works under it."""
    for lock in _mine:
        lock.seek(0)
        lock.truncate()
        lock.write(json.dumps({"pid": os.getpid(), "hostname": socket.gethostname(), "engine": pid}))
        lock.flush()


def locks(project: Project) -> Locks:
    """Return the locks of the engines on a stack."""
    return Locks(project.state / ".pulumi", project.name, project.stack)


def running(project: Project) -> int | None:
    """Return the process id of a run that works on the stack, as far as can be told here; None if none."""
    with _open(project) as lock:
        if not _try_flock(lock):
            return int(_read(lock).get("pid") or 0)
        previous = _read(lock)
    every = locks(project)
    living = [each for each in every.holders() if each.is_here and not _is_over(every, each, previous)]
    return next((int(each.pid) for each in living if isinstance(each.pid, int)), None)


class _Wait:
    """Waits for others, and says so once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._deadline = time.monotonic() + LOCK_SECONDS
        self._is_told = False

    def for_(self, whom: str) -> None:
        if not self._is_told:
            terminal.note(f"Another run works on this stack ({whom}): waiting for it to end.")
            self._is_told = True
        if time.monotonic() > self._deadline:
            raise Unavailable(
                f"Another run ({whom}) still holds stack {self._project.stack!r}: end it first."
            )
        time.sleep(POLL_SECONDS)


def _engine_lock(project: Project, previous: dict[str, Any]) -> Holder | None:
    """Find the lock of an engine that runs, and remove those of engines that were killed."""
    every = locks(project)
    for holder in every.holders():
        if _is_over(every, holder, previous):
            every.remove(holder)
            terminal.note(f"Removed the lock of a run that was killed (pid {holder.pid}).")
        elif holder.is_here:
            return holder
        else:
            raise Unavailable(
                f"Stack {project.stack!r} is locked by {holder}, which cannot be seen from here: wait until "
                f"that run has ended, or run `sre-agent local cancel{stack_option(project)}` if it has."
            )
    return None


def _is_over(every: Locks, holder: Holder, previous: dict[str, Any]) -> bool:
    """Whether a lock is left over; `previous` is the last run, which no longer holds its own."""
    last = (previous.get("hostname"), previous.get("engine"))
    is_last = (holder.content.get("hostname"), holder.pid) == last
    is_zombie = holder.is_here and isinstance(holder.pid, int) and not processes.is_alive(holder.pid)
    return is_last or is_zombie or every.is_over(holder)


def _open(project: Project) -> IO[str]:
    project.pulumi_home.mkdir(parents=True, exist_ok=True)
    return (project.pulumi_home / f"{project.stack}.lock").open("a+", encoding="utf-8")


def _read(lock: IO[str]) -> dict[str, Any]:
    lock.seek(0)
    with contextlib.suppress(ValueError):
        content = json.loads(lock.read())
        return content if isinstance(content, dict) else {}
    return {}


def _try_flock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

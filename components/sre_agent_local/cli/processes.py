"""What this machine says of a process."""

import contextlib
import os
import subprocess
from pathlib import Path

PROC = Path("/proc")
"""Not on every system; `ps` serves the others."""


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and only waits for its parent does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _process_state(pid).startswith("Z")


def command_line(pid: int) -> str:
    """Return the command line of a process, or nothing where it cannot be seen."""
    try:
        return (
            (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        )
    except OSError:
        return _ps(pid, "command=")


def of_session(leader: int) -> list[int]:
    """List the processes of the session that a process began, whether that one still runs or not."""
    rows = []
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            session = (folder / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()[3]
            rows.append(f"{folder.name} {session}")
    if not rows:
        rows = _run_ps("-A", "-o", "pid=,sess=").splitlines()
    return [int(pid) for pid, session in map(str.split, rows) if session == str(leader)]


def _process_state(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(") ")[2]
    except OSError:
        return _ps(pid, "stat=")


def _ps(pid: int, what: str) -> str:
    return _run_ps("-o", what, "-p", str(pid)).strip()


def _run_ps(*words: str) -> str:
    """Ask `ps`, for systems without /proc."""
    with contextlib.suppress(FileNotFoundError):
        command = ["ps", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed
    return ""

"""Runs Python commands by forking a process that has imported what they need.

A run of the embedded engine is three processes, and more than half of its time they import. What a fork runs
is the very command, in a session, a folder, an environment and streams of its own. One thing differs: `/proc`
tells of the server's command line and environment, so that a test that looks for processes there, or kills
one to see what becomes of its children, starts processes.
"""

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

SOCKET = "SRE_AGENT_TESTS_FORK_SERVER"
"""In the environment of what was forked: where the server listens."""
SERVER = (sys.executable, "-m", "support.forking")

SLOWING = ("COVERAGE_", "PYTHONDONTWRITEBYTECODE")
"""Variables that would slow five processes per command: coverage is for the units, and without compiled files
azure-native takes seconds to import."""


class Forked:
    """A forked command, in the manner of `subprocess.Popen`."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        waits: bool = False,
        pass_fds: Sequence[int] = (),
        stderr: int | None = None,
    ) -> None:
        """Fork it; `waits` lets it begin only once it has read a line from its standard input.

        `stderr`: where its errors go, by default to be read here.
        """
        (read_in, self._in), (self._out, write_out), (self._err, write_err) = os.pipe(), os.pipe(), os.pipe()
        given = {
            0: read_in,
            1: write_out,
            2: write_err if stderr is None else stderr,
            **{each: each for each in pass_fds},
        }
        request = {"argv": list(argv), "cwd": str(cwd), "env": dict(env), "waits": waits, "fds": list(given)}
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._connection.connect(env[SOCKET])
        socket.send_fds(self._connection, [json.dumps(request).encode()], list(given.values()))
        for own in (read_in, write_out, write_err):
            os.close(own)
        self.args = list(argv)
        self.pid = int(self._connection.recv(100))
        self.returncode: int | None = None
        self._lock = threading.Lock()
        self.stdin: IO[str] = os.fdopen(self._in, "w")
        self.stdout: IO[str] = os.fdopen(self._out, errors="replace")
        self.stderr: IO[str] = os.fdopen(self._err, errors="replace")

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code. Raises TimeoutExpired."""
        if self.returncode is None and not select.select([self._connection], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        with self._lock:
            if self.returncode is None:
                self.returncode = int(self._connection.recv(100))
            return self.returncode

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Wait for its end, and close its streams."""
        with self._connection, self.stdin, self.stdout, self.stderr:
            self.wait()

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Read what it prints to its end. Raises TimeoutExpired, once it was killed."""
        self.stdin.close()
        with self._connection, self.stdout, self.stderr, ThreadPoolExecutor(2) as readers:
            printed = [readers.submit(stream.read) for stream in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                raise
            stdout, stderr = (each.result() for each in printed)
            return stdout, stderr


def inherited() -> dict[str, str]:
    """Return what a command's environment takes over from this process."""
    return {name: value for name, value in os.environ.items() if not name.startswith(SLOWING)}


def environment() -> dict[str, str]:
    """Return what a command's environment needs so that it can be forked."""
    return {SOCKET: str(_server())}


@cache
def _server() -> Path:
    """Start the server of this worker, which ends with it."""
    folder = Path(mkdtemp(prefix="forks-"))
    path = folder / "socket"
    process = subprocess.Popen(
        [*SERVER, str(path)],
        cwd=Path(__file__).parents[1],
        env=inherited(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    atexit.register(shutil.rmtree, folder)
    atexit.register(process.communicate)
    return path

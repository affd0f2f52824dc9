"""Child processes that never outlive the engine, whatever kills it.

Each child gets a session of its own (Ctrl-C in the terminal reaches the engine only) and a guard: a shell
that waits for a word from the engine on a pipe and, when the pipe closes without it, kills the whole process
group. A kill -9 of the engine closes the pipe. The child itself starts only once its guard is there, so no
moment is uncovered.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PROGRAM = (sys.executable, "-u", "-m", "pulumi_sre_agent.local.engine.launch")
DYNAMIC_PROVIDER = (sys.executable, "-u", "-m", "pulumi.dynamic")

WAIT = 'read go && exec "$@"'
GUARD = 'read done || kill -s KILL -- "-$0"'
GRACE_SECONDS = 2.0


class Child:
    """A running child process; every line it prints goes to `tell`, from threads of their own."""

    def __init__(
        self, argv: Sequence[str], *, directory: Path, environ: Mapping[str, str], tell: Callable[[str], None]
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the engine's own commands, and plugins that it found
            ["/bin/sh", "-c", WAIT, "sh", *argv],
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._guard = subprocess.Popen(  # noqa: S603 - a fixed command
            ["/bin/sh", "-c", GUARD, str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._tell = tell
        self._output = self._process.stdout
        self._readers = [self._read(self._process.stderr)]
        self.send("go")

    def send(self, line: str) -> None:
        """Write a line to its standard input, unless it has ended."""
        _say(self._process, line)

    def first_line(self) -> str:
        """Wait for the first line on standard output, empty if there is none. Call this or `listen`, once."""
        line = self._output.readline() if self._output else ""
        self.listen()
        return line.strip()

    def listen(self) -> None:
        """Pass on what it prints to standard output."""
        self._readers.append(self._read(self._output))

    def ended(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float | None) -> int | None:
        """Wait until it has ended and all it printed was told; None if it still runs after `seconds`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            for reader in self._readers:
                reader.join(GRACE_SECONDS)
        return self._process.poll()

    def close(self) -> None:
        """Ask it to end, end it and all that it started if it does not, and let its guard go."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            self.wait(GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it and all that it started, and let its guard go."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        _say(self._guard, "done")
        self._guard.wait()
        for reader in self._readers:
            reader.join(GRACE_SECONDS)
        for stream in (self._process.stdin, self._guard.stdin, self._output):
            if stream:
                stream.close()

    def _signal(self, number: signal.Signals) -> None:
        # The group outlives its leader while a grandchild runs; it is gone with the last of them.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _read(self, stream: IO[str] | None) -> threading.Thread:
        def pass_on() -> None:
            assert stream is not None  # noqa: S101 - it was asked for
            with stream:
                for line in stream:
                    if text := line.rstrip():
                        self._tell(text)

        reader = threading.Thread(target=pass_on, daemon=True)
        reader.start()
        return reader


def _say(process: subprocess.Popen[str], word: str) -> None:
    with contextlib.suppress(BrokenPipeError, ValueError):  # ValueError: closed by `kill`
        if process.stdin:
            process.stdin.write(f"{word}\n")
            process.stdin.flush()

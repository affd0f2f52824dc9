"""Child processes that never outlive the engine, whatever kills it.

Each child gets a session of its own (Ctrl-C in the terminal reaches the engine only) and a guard: a shell
that waits for a word from the engine on a pipe and, when the pipe closes without it, kills the whole process
group. A kill -9 of the engine closes the pipe. The child itself starts only once its guard is there, so no
moment is uncovered. What a child forks off itself stays in its group.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PROGRAM = (sys.executable, "-u", "-m", "sre_agent_local.engine.language_host")
DYNAMIC_PROVIDER = (sys.executable, "-u", "-m", "pulumi.dynamic")

WAIT = 'read go && exec "$@"'
GUARD = 'read done || kill -s KILL -- "-$0"'
GRACE_SECONDS = 2.0


class Process(ABC):
    """A running process; every line it prints goes to `log`, from threads of their own."""

    def __init__(self, output: IO[str] | None, errors: IO[str] | None, log: Callable[[str], None]) -> None:
        self._output, self._log = output, log
        self._readers = [self._read(errors)]

    def first_line(self) -> str:
        """Wait for the first line on standard output, empty if there is none. Call this or `listen`, once."""
        line = self._output.readline() if self._output else ""
        self.listen()
        return line.strip()

    def listen(self) -> None:
        """Pass on what it prints to standard output."""
        self._readers.append(self._read(self._output))

    @abstractmethod
    def end(self, seconds: float) -> str | None:
        """Say how it ended, such as `ended with exit code 3`; None if it still runs after `seconds`."""

    @abstractmethod
    def close(self) -> None:
        """Ask it to end, and end it if it does not."""

    @abstractmethod
    def kill(self) -> None:
        """End it."""

    def _read(self, stream: IO[str] | None) -> threading.Thread:
        def pass_on() -> None:
            assert stream is not None  # noqa: S101 - it was asked for
            with stream:
                for line in stream:
                    if text := line.rstrip():
                        self._log(text)

        reader = threading.Thread(target=pass_on, daemon=True)
        reader.start()
        return reader


class Child(Process):
    """A command that runs, under its guard; it ends with all that it started."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        directory: Path,
        environ: Mapping[str, str],
        log: Callable[[str], None],
        inherits: Sequence[int] = (),
    ) -> None:
        """Start it. `inherits` are file descriptors that it finds open under the same numbers."""
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
            pass_fds=inherits,
        )
        self._guard = subprocess.Popen(  # noqa: S603 - a fixed command
            ["/bin/sh", "-c", GUARD, str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        super().__init__(self._process.stdout, self._process.stderr, log)
        self.send("go")

    def send(self, line: str) -> None:
        """Write a line to its standard input, unless it has ended."""
        _write_line(self._process, line)

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

    def end(self, seconds: float) -> str | None:
        code = self.wait(seconds)
        return None if code is None else f"ended with exit code {code}"

    def close(self) -> None:
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            self.wait(GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.wait()
        _write_line(self._guard, "done")
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


class Fork(Process):
    """What a child forks off itself; it first prints its process id, and ends with the child at last."""

    def __init__(self, log: Callable[[str], None]) -> None:
        (output, own_output), (errors, own_errors) = os.pipe(), os.pipe()
        self.streams = (own_output, own_errors)
        """File descriptors of its standard output and error, for the child to inherit."""
        self._pid = 0
        super().__init__(os.fdopen(output, errors="replace"), os.fdopen(errors, errors="replace"), log)

    def release_streams(self) -> None:
        """Let go of its streams: the child has them."""
        for stream in self.streams:
            os.close(stream)

    def first_line(self) -> str:
        """Wait for the first line after its process id."""
        assert self._output is not None  # noqa: S101 - it is a pipe
        self._pid = int(self._output.readline() or 0)
        return super().first_line()

    def end(self, seconds: float) -> str | None:
        """Say that it ended: its exit code is its parent's to know."""
        for reader in self._readers:
            reader.join(seconds)
        return None if self._runs() else "ended"

    def close(self) -> None:
        self._signal(signal.SIGTERM)
        if not self.end(GRACE_SECONDS):
            self.kill()

    def kill(self) -> None:
        """End it; before its first line was asked for, that is left to the end of the child."""
        self._signal(signal.SIGKILL)
        if not self._pid and self._output:
            self._output.close()

    def _runs(self) -> bool:
        return any(reader.is_alive() for reader in self._readers)

    def _signal(self, number: signal.Signals) -> None:
        if self._pid and self._runs():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)


def _write_line(process: subprocess.Popen[str], word: str) -> None:
    with contextlib.suppress(BrokenPipeError, ValueError):  # ValueError: closed by `kill`
        if process.stdin:
            process.stdin.write(f"{word}\n")
            process.stdin.flush()

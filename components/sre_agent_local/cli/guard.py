"""What ends an engine whose command was killed, and all that a killed engine leaves running."""

import contextlib
import os
import signal
import subprocess

from sre_agent_local.cli import processes

SCRIPT = r"""
read -r word && exit
kill -INT "$0"; seconds=0
while kill -0 "$0" && [ $seconds -lt 30 ]; do sleep 1; seconds=$((seconds + 1)); done
kill -INT "$0" && sleep 3
for folder in /proc/[0-9]*; do
  read -r line < "$folder/stat" || continue
  set -- ${line##*) }
  [ "$4" = "$0" ] && kill -KILL "${folder#/proc/}"
done
kill -KILL -"$0"
"""
"""Waits for a word on its standard input, which a killed command does not say; then the engine is interrupted
as by Ctrl-C, again where it goes on, and what is left of its session is killed. `$4` is the session."""


class Guard:
    """Watches over one engine, which leads a session of its own."""

    def __init__(self, engine: int) -> None:
        self._engine = engine
        self._shell = subprocess.Popen(  # noqa: S603 - a fixed command
            ["/bin/sh", "-c", SCRIPT, str(engine)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Say that the engine has ended before its command."""
        with contextlib.suppress(BrokenPipeError):
            self._shell.communicate(b"done\n")

    def sweep(self) -> None:
        """Kill what a killed engine has left running."""
        for pid in processes.of_session(self._engine):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

"""Tells a display what happens, one thing at a time, and keeps count."""

import threading
import time
from collections import Counter
from dataclasses import replace

from .events import Diagnostic, Listener, Op, Step, Summary
from .resource import Resource
from .values import Properties, to_display


class Reporter:
    """The word of one run; safe to use from many threads."""

    def __init__(self, listener: Listener) -> None:
        self._listener, self._lock = listener, threading.Lock()
        self._start_times: dict[str, float] = {}
        self._start = time.monotonic()
        self.changes: Counter[Op] = Counter()
        self.failed = self.has_errors = False

    def started(self, step: Step) -> None:
        with self._lock:
            self._start_times[step.urn] = time.monotonic()
            self._listener.started(step)

    def done(self, step: Step, state: Resource | None, op: Op | None = None) -> None:
        """Report the end of a step; `op`: what it turned out to have been (a refresh knows only then)."""
        seconds = time.monotonic() - self._start_times[step.urn]
        step = replace(step, new=state or step.new, op=op or step.op)
        with self._lock:
            if _is_counted(step):
                self.changes[step.op] += 1
            self._listener.done(step, seconds)

    def step_failed(self, step: Step, reason: str) -> None:
        self.failed = True
        with self._lock:
            self._listener.failed(step, reason)

    def mute(self) -> None:
        """Tell nothing more: everything is being killed, and all that could be told is that."""
        self._listener = Listener()

    def diagnose(self, severity: str, message: str, urn: str = "") -> None:
        with self._lock:
            self.has_errors = self.has_errors or severity == "error"
            self._listener.noted(Diagnostic(severity=severity, message=message, urn=urn))

    def info(self, line: str) -> None:
        """Pass on what a process printed."""
        self.diagnose("info", line)

    def error(self, message: str, urn: str = "") -> None:
        """Say what has gone wrong; the run has failed."""
        self.failed = True
        self.diagnose("error", message, urn)

    def end(self, outputs: Properties, old_outputs: Properties, *, preview: bool) -> Summary:
        summary = Summary(
            result="failed" if self.failed else "succeeded",
            changes=dict(self.changes),
            outputs=to_display(outputs),
            old_outputs=to_display(old_outputs),
            seconds=time.monotonic() - self._start,
            preview=preview,
        )
        with self._lock:
            self._listener.ended(summary)
        return summary


def _is_counted(step: Step) -> bool:
    """Whether a summary tells of a step: of reads only those that found something else than last time."""
    if step.resource.is_default_provider:
        return False
    if step.op is not Op.READ:
        return step.op.is_logical
    return bool(step.old and step.new and step.old.outputs != step.new.outputs)

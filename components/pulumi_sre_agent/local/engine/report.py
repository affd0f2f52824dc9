"""Tells the listener what happens, one event at a time, and keeps count."""

import threading
import time
from collections import Counter

from .events import Diagnostic, Listener, Op, StepDone, StepFailed, StepStarted, Summary
from .events import Step as Told
from .resource import Resource
from .steps import Step
from .values import Properties, show


class Report:
    """The events of one run; safe to use from many threads."""

    def __init__(self, listener: Listener) -> None:
        self._listener, self._lock = listener, threading.Lock()
        self._begun: dict[str, float] = {}
        self._start = time.monotonic()
        self.changes: Counter[Op] = Counter()
        self.failed = self.said_error = False

    def started(self, step: Step) -> None:
        with self._lock:
            self._begun[step.urn] = time.monotonic()
            self._listener(StepStarted(step=step.event()))

    def done(self, step: Step, resource: Resource | None, op: Op | None = None) -> None:
        """Report the end of a step; `op`: what it turned out to have been (a refresh knows only then)."""
        event = step.event(resource, op)
        with self._lock:
            if _counts(event) and not step.resource.is_default_provider:
                self.changes[event.op] += 1
            self._listener(StepDone(step=event, seconds=self._seconds(step)))

    def step_failed(self, step: Step, reason: str) -> None:
        self.failed = True
        with self._lock:
            self._listener(StepFailed(step=step.event(), reason=reason, seconds=self._seconds(step)))

    def mute(self) -> None:
        """Tell nothing more: everything is being killed, and all that could be told is that."""
        self._listener = lambda _event: None

    def say(self, severity: str, message: str, urn: str = "") -> None:
        with self._lock:
            self.said_error = self.said_error or severity == "error"
            self._listener(Diagnostic(severity=severity, message=message, urn=urn))

    def error(self, message: str, urn: str = "") -> None:
        """Say what has gone wrong; the run has failed."""
        self.failed = True
        self.say("error", message, urn)

    def end(self, outputs: Properties, old_outputs: Properties, *, preview: bool) -> Summary:
        summary = Summary(
            result="failed" if self.failed else "succeeded",
            changes=dict(self.changes),
            outputs=show(outputs),
            old_outputs=show(old_outputs),
            seconds=time.monotonic() - self._start,
            preview=preview,
        )
        with self._lock:
            self._listener(summary)
        return summary

    def _seconds(self, step: Step) -> float:
        return time.monotonic() - self._begun[step.urn]


def _counts(event: Told) -> bool:
    """Whether a summary tells of a step: of reads only those that found something else than last time."""
    if event.op is not Op.READ:
        return event.op.logical
    return bool(event.old and event.new and event.old.get("outputs") != event.new.get("outputs"))

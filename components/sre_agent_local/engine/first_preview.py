"""A preview of a run before the run changes anything; where it fails, nothing is changed.

What stays as it is does not wait for it: a run that changes nothing is never previewed.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from .events import Diagnostic, Listener, Reporter

if TYPE_CHECKING:
    from .engine import Engine

PREVIEWING = "waiting: the preview, before anything is changed"
REFUSED = "the preview did not pass, so nothing was changed"


class FirstPreview:
    """The preview of one run, made when its first change is about to begin. Safe to use from many threads."""

    def __init__(self, make_engine: "Callable[[Listener], Engine]", report: Reporter) -> None:
        """`make_engine` makes what runs the preview."""
        self._make_engine, self._report = make_engine, report
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._passed: bool | None = None

    @property
    def refused(self) -> bool:
        """Whether it was made, and failed."""
        return self._passed is False

    def passes(self) -> bool:
        """Whether the run may change what it is for; whoever asks first waits for the preview."""
        with self._lock:
            if self._passed is None:
                self._passed = self._preview()
            return self._passed

    def interrupt(self) -> None:
        """End it, as Ctrl-C ends a run."""
        if self._engine:
            with contextlib.suppress(KeyboardInterrupt):
                self._engine.interrupt()

    def _preview(self) -> bool:
        self._report.status(PREVIEWING)
        objections = _Objections()
        self._engine = self._make_engine(objections)
        passed = self._engine.up().result == "succeeded"
        self._engine = None
        if not passed:
            for note in objections.notes:
                self._report.diagnose(note.severity, note.message, note.urn)
            self._report.error(REFUSED)
        return passed


class _Objections(Listener):
    """Keeps what a preview warns of and fails for; the rest the run itself will tell."""

    def __init__(self) -> None:
        self.notes: list[Diagnostic] = []

    def noted(self, note: Diagnostic) -> None:
        if note.severity != "info":
            self.notes.append(note)

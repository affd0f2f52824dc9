"""Steps, each one thing to do to one resource, and who is told of them as they happen."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .resource import Resource
from .values import Properties, to_display

SHORTEST_HIDDEN = 3
"""Characters of a secret that Pulumi takes out of messages: of fewer, too much else would go."""


class Op(StrEnum):
    """What a step does, in Pulumi's own words."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    DISCARD = "discard"
    REFRESH = "refresh"

    @property
    def is_logical(self) -> bool:
        """Whether people see it: a replacement is shown once, as `replace`."""
        return self not in (Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED)


@dataclass(frozen=True, kw_only=True)
class PropertyDiff:
    """One row of a detailed diff."""

    kind: str
    """`add`, `delete`, `update`, each perhaps with `-replace`."""
    input: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What is to be done, or has been. At least one of `old` and `new` is there."""

    op: Op
    old: Resource | None = None
    new: Resource | None = None
    keys: tuple[str, ...] = ()
    """Properties that force a replacement."""
    diffs: tuple[str, ...] = ()
    detailed_diff: Mapping[str, PropertyDiff] | None = None
    keep: bool = False
    """A replacement: the old one is deleted at the end. A deletion: the old one stays in state until its
    replacement is there."""

    @property
    def resource(self) -> Resource:
        resource = self.new or self.old
        assert resource is not None  # noqa: S101 - a step is always about a resource
        return resource

    @property
    def urn(self) -> str:
        return self.resource.urn

    @property
    def type(self) -> str:
        return self.resource.type

    @property
    def name(self) -> str:
        return self.resource.name


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message for people; `urn` is empty where it belongs to no resource."""

    severity: str
    """`info`, `warning` or `error`."""
    message: str
    urn: str = ""

    @property
    def label(self) -> str:
        """What stands before the message."""
        return "" if self.severity == "info" else f"{self.severity}: "


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run came to."""

    result: str
    """`succeeded` or `failed`."""
    changes: Mapping[Op, int]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs, secrets as `[secret]`."""
    old_outputs: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    preview: bool = False


class Listener:
    """A display: it is told what happens, from several threads but one thing at a time."""

    def started(self, step: Step) -> None:
        """Hear of a step that begins."""

    def done(self, step: Step, seconds: float) -> None:
        """Hear of a step that is done; its `new` is what has become of the resource."""

    def failed(self, step: Step, reason: str) -> None:
        """Hear of a step that has failed; its reason is told nowhere else."""
        self.noted(Diagnostic(severity="error", message=reason, urn=step.urn))

    def noted(self, note: Diagnostic) -> None:
        """Hear what there is to say."""

    def status(self, urn: str, message: str) -> None:
        """Hear what goes on, such as what a step waits for; an empty `urn` stands for the whole run."""

    def ended(self, summary: Summary) -> None:
        """Hear that the run is over."""


class Reporter:
    """The word of one run; safe to use from many threads."""

    def __init__(self, listener: Listener) -> None:
        self._listener, self._lock = listener, threading.Lock()
        self._start_times: dict[str, float] = {}
        self._start = time.monotonic()
        self.changes: Counter[Op] = Counter()
        self.failed = self.has_errors = False
        self._told: set[tuple[str, str, str]] = set()
        self._hidden: list[str] = []

    def hide(self, secrets: Iterable[str]) -> None:
        """Take the secrets of the stack's config out of whatever is told from now on, as Pulumi does."""
        texts = {text for text in secrets if len(text) >= SHORTEST_HIDDEN}
        forms = texts | {json.dumps(text, ensure_ascii=False)[1:-1] for text in texts}
        self._hidden = sorted(forms, key=len, reverse=True)

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
            self._listener.failed(step, self._masked(reason))

    def mute(self) -> None:
        """Tell nothing more: everything is being killed, and all that could be told is that."""
        self._listener = Listener()

    def diagnose(self, severity: str, message: str, urn: str = "") -> None:
        """Tell something, once: a resource that is checked twice has no more to say the second time."""
        with self._lock:
            self.has_errors = self.has_errors or severity == "error"
            if (severity, message, urn) not in self._told:
                self._told.add((severity, message, urn))
                self._listener.noted(Diagnostic(severity=severity, message=self._masked(message), urn=urn))

    def status(self, message: str, urn: str = "") -> None:
        """Tell what goes on, such as what a step waits for: of interest only while it does."""
        with self._lock:
            self._listener.status(urn, self._masked(message))

    def info(self, line: str) -> None:
        """Pass on what a process printed, as often as it did."""
        with self._lock:
            self._listener.noted(Diagnostic(severity="info", message=self._masked(line)))

    def note(self, line: str) -> None:
        """Pass on what a provider has to say."""
        self.diagnose("info", line)

    def error(self, message: str, urn: str = "") -> None:
        """Say what has gone wrong; the run has failed."""
        self.failed = True
        self.diagnose("error", message, urn)

    def _masked(self, message: str) -> str:
        for text in self._hidden:
            message = message.replace(text, "[secret]")
        return message

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

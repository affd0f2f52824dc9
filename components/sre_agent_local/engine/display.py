"""What a run looks like as text: one line a step as it happens, or with `--diff` every changed property.

The words are those of the Pulumi CLI where no terminal is attached. A terminal adds colour, nothing else.
"""

import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from .display_values import (
    Line,
    changes,
    format_changes,
    format_properties,
    stack_outputs,
    visible_properties,
)
from .events import Diagnostic, Listener, Op, Step, Summary
from .resource import STACK, urn_name, urn_type

WORDS = {
    Op.SAME: ("  ", "", "", ""),
    Op.CREATE: ("+ ", "create", "creating", "created"),
    Op.UPDATE: ("~ ", "update", "updating", "updated"),
    Op.DELETE: ("- ", "delete", "deleting", "deleted"),
    Op.REPLACE: ("+-", "replace", "replacing", "replaced"),
    Op.CREATE_REPLACEMENT: ("++", "create replacement", "creating replacement", "created replacement"),
    Op.DELETE_REPLACED: ("--", "delete original", "deleting original", "deleted original"),
    Op.READ: ("> ", "read", "reading", "read"),
    Op.READ_REPLACEMENT: (">>", "read for replacement", "reading for replacement", "read for replacement"),
    Op.DISCARD: ("< ", "discard", "discarding", "discarded"),
    Op.REFRESH: ("~ ", "refreshing", "refreshing", "refreshed"),
}
"""How an operation is marked, and what it is called: in a preview, while it runs, when it is done."""
SUMMARISED = (Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE)
COLOURS = {"+": "32", "-": "31", "~": "33", "<": "36", ">": "36", "!": "31"}


def discard(stream: TextIO) -> None:
    """Let what could not be printed, and all that follows, vanish: Python would try again at its end."""
    with suppress(OSError), Path(os.devnull).open("w", encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), stream.fileno())


@dataclass(frozen=True, kw_only=True)
class Printer:
    """Where a display writes, and how."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    colour: bool = False
    lasting: bool = False
    """Whether what is printed of goes on where it cannot be printed."""

    def line(self, text: str = "", sign: str = "") -> None:
        """Print a line at once, so that a reader at the end of a pipe sees it when it happens."""
        text = text.rstrip()
        if self.colour and (code := COLOURS.get(sign[:1])):
            text = f"\033[{code}m{text}\033[0m"
        try:
            print(text, file=self.out, flush=True)
        except OSError:
            if not self.lasting:
                raise
            discard(self.out)

    def lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.line(str(line), line.sign)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is being done to which stack."""

    action: str
    """`update`, `refresh` or `destroy`."""
    stack: str
    project: str = ""
    preview: bool = False

    @property
    def title(self) -> str:
        if self.preview:
            return f"Previewing {self.action} ({self.stack}):"
        return f"{self.action.removesuffix('e').capitalize()}ing ({self.stack}):"


class ProgressDisplay(Listener):
    """Tells a run line by line."""

    def __init__(
        self, operation: Operation, printer: Printer, *, show_outputs: bool = True, show_status: bool = False
    ) -> None:
        """`show_status`: whether to tell what is of interest for a moment only, too."""
        self._operation, self._printer = operation, printer
        self._show_outputs, self._show_status = show_outputs, show_status
        self._notes: dict[str, list[Diagnostic]] = defaultdict(list)
        """Messages by resource, in the order in which resources were first heard of."""
        self._rows: dict[str, tuple[Step, str]] = {}
        """What was last said of a resource: its step, and how far that is."""
        self._root: Step | None = None
        printer.line(operation.title)

    def started(self, step: Step) -> None:
        if step.type == STACK:
            self._root = self._root or step
        if not step.resource.is_default_provider:
            self._begun(step)

    def done(self, step: Step, seconds: float) -> None:
        if not step.resource.is_default_provider:
            self._finished(step, seconds)

    def failed(self, step: Step, reason: str) -> None:
        self._notes[step.urn].append(Diagnostic(severity="error", message=reason, urn=step.urn))
        word = WORDS[step.op][1 if self._operation.preview else 2] or "step"
        self._row(step, f"**{word} failed**", f"error: {first_line(reason)}", sign="!")

    def noted(self, note: Diagnostic) -> None:
        self._notes[note.urn].append(note)
        sign = "!" if note.severity == "error" else ""
        self._say(note.urn, f"{note.label}{first_line(note.message)}", sign)

    def status(self, urn: str, message: str) -> None:
        if self._show_status:
            self._say(urn, first_line(message))

    def ended(self, summary: Summary) -> None:
        if self._root:
            failed = "**failed** " if summary.result != "succeeded" else ""
            self._printer.line(f"    {STACK} {self._root.name} {failed}{self._counted()}")
        self._diagnostics()
        if self._operation.action != "destroy" and (lines := self._outputs(summary)):
            self._printer.line("Outputs:")
            self._printer.lines(lines)
            self._printer.line()
        self._totals(summary)
        self._printer.line()

    def _begun(self, step: Step) -> None:
        if step.op is not Op.SAME:
            _, planned, running, _ = WORDS[step.op]
            self._row(step, planned if self._operation.preview else f"{running} (0s)")

    def _finished(self, step: Step, seconds: float) -> None:
        if self._operation.preview:
            return
        if step.op is not Op.SAME:
            self._row(step, f"{WORDS[step.op][-1]} ({format_seconds(seconds)})")
        elif self._operation.action == "refresh" and step.type != STACK:
            self._row(step, "")

    def _say(self, urn: str, said: str, sign: str = "") -> None:
        """Say something of a resource, beside what was last said of it."""
        if row := self._rows.get(urn or (self._root.urn if self._root else "")):
            self._row(*row, said, sign=sign)
        else:
            kind, name = self._whose(urn)
            self._printer.line(f"    {kind} {name}  {said}", sign)

    def _row(self, step: Step, status: str, info: str = "", sign: str = "") -> None:
        prefix = WORDS[step.op][0]
        self._rows[step.urn] = (step, status)
        info = "; ".join(filter(None, (_short_name(step), info)))
        self._printer.line(f" {prefix} {step.type} {step.name} {status} {info}", sign or prefix.strip())

    def _outputs(self, summary: Summary) -> list[Line]:
        if not self._show_outputs or summary.result != "succeeded":
            return []
        is_new = self._root is not None and self._root.op is Op.CREATE
        return list(stack_outputs(summary, is_new=is_new))

    def _counted(self) -> str:
        """Count the messages, in words."""
        counts = Counter(note.severity for notes in self._notes.values() for note in notes)
        words = (("error", counts["error"]), ("warning", counts["warning"]), ("message", counts["info"]))
        return "; ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in words if count)

    def _diagnostics(self) -> None:
        """Print all messages in full, if there are any."""
        if self._notes:
            self._printer.line("Diagnostics:")
        for urn, notes in self._notes.items():
            kind, name = self._whose(urn)
            self._printer.line(f"  {kind} ({name}):")
            for note in notes:
                for line in f"{note.label}{note.message.rstrip()}".splitlines():
                    self._printer.line(f"    {line}", "!" if note.severity == "error" else "")
            self._printer.line()

    def _whose(self, urn: str) -> tuple[str, str]:
        """Name a message's resource: the stack where it belongs to none."""
        if urn.count("::") >= 3:
            return urn_type(urn), urn_name(urn)
        return STACK, f"{self._operation.project}-{self._operation.stack}"

    def _totals(self, summary: Summary) -> None:
        """Print how many resources were changed, and how long a real run took."""
        self._printer.line("Resources:")
        for text, sign in _totals(summary):
            self._printer.line(f"    {text}", sign)
        if errored := sum(any(note.severity == "error" for note in notes) for notes in self._notes.values()):
            self._printer.line(f"    {errored} errored", "!")
        if not summary.preview:
            self._printer.line()
            self._printer.line(f"Duration: {math.ceil(summary.seconds)}s")


class DiffDisplay(ProgressDisplay):
    """Tells a run resource by resource, with every changed property."""

    def failed(self, step: Step, reason: str) -> None:
        self.noted(Diagnostic(severity="error", message=reason, urn=step.urn))

    def noted(self, note: Diagnostic) -> None:
        self._notes[note.urn].append(note)

    def ended(self, summary: Summary) -> None:
        if lines := self._outputs(summary):
            self._printer.line("    --outputs:--")
            self._printer.lines(lines)
        self._diagnostics()
        self._totals(summary)

    def status(self, urn: str, message: str) -> None:
        """Say nothing of it: its place is beside a row, and there are none here."""

    def _begun(self, step: Step) -> None:
        if (
            step.op.is_logical
            and step.op is not Op.REFRESH
            and (step.op is not Op.SAME or step.type == STACK)
        ):
            self._resource(step)

    def _finished(self, step: Step, seconds: float) -> None:  # noqa: ARG002 - the signature of the base
        if self._operation.action == "refresh" and step.op is not Op.SAME:
            self._resource(step)

    def _resource(self, step: Step) -> None:
        depth = 1 if step.type == STACK or self._operation.action == "destroy" else 2
        indent = "    " * (depth - 1)
        prefix = WORDS[step.op][0]
        self._printer.line(f"{indent}{prefix}{step.type}: ({step.op})", prefix.strip())
        if step.old and step.old.id:
            self._printer.line(f"{indent}    [id={step.old.id}]")
        self._printer.line(f"{indent}    [urn={step.urn}]")
        if step.old and step.new:
            self._printer.lines(format_changes(changes(step), depth))
        else:
            self._printer.lines(format_properties(visible_properties(step.resource.inputs), depth))


def _totals(summary: Summary) -> Iterator[tuple[str, str]]:
    """Spell the count of steps: `+ 3 to create`, …, `5 changes. 2 unchanged`, each with its sign."""
    counts = {op: count for op in SUMMARISED if (count := summary.changes.get(op, 0))}
    for op, count in counts.items():
        done = f"to {op}" if summary.preview else f"{op.removesuffix('e')}ed"
        yield f"{WORDS[op][0]}{count} {done}", WORDS[op][0].strip()
    rest = [f"{sum(counts.values())} changes"] if len(counts) > 1 else []
    if same := summary.changes.get(Op.SAME, 0):
        rest.append(f"{same} unchanged")
    if rest:
        yield ". ".join(rest), ""


def _short_name(step: Step) -> str:
    """Spell a step's changes in one word, `[diff: +a-b~c,d]`; empty if it has none."""
    differences = changes(step)
    spelt = ""
    for sign in "+-~":
        keys = sorted(key for key, change in differences.items() if change.sign == sign)
        spelt += sign + ",".join(keys) if keys else ""
    return f"[diff: {spelt}]" if spelt else ""


def format_seconds(seconds: float) -> str:
    return f"{seconds:.2f}s" if seconds < 1 else f"{int(seconds)}s"


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]

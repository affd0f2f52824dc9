"""What a run looks like as text: one line per step as it happens, then diagnostics, outputs and a summary.

The words are those of the Pulumi CLI where no terminal is attached. A terminal adds colour, nothing else.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from .display_values import Line, outputs, short
from .events import Diagnostic, Event, Op, Step, StepDone, StepFailed, StepStarted, Summary

STACK = "pulumi:pulumi:Stack"
PREFIX = {
    Op.SAME: "  ",
    Op.CREATE: "+ ",
    Op.UPDATE: "~ ",
    Op.DELETE: "- ",
    Op.REPLACE: "+-",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
    Op.READ: "> ",
    Op.READ_REPLACEMENT: ">>",
    Op.DISCARD: "< ",
    Op.REFRESH: "~ ",
}
WORDS = {
    Op.SAME: ("", "", ""),
    Op.CREATE: ("create", "creating", "created"),
    Op.UPDATE: ("update", "updating", "updated"),
    Op.DELETE: ("delete", "deleting", "deleted"),
    Op.REPLACE: ("replace", "replacing", "replaced"),
    Op.CREATE_REPLACEMENT: ("create replacement", "creating replacement", "created replacement"),
    Op.DELETE_REPLACED: ("delete original", "deleting original", "deleted original"),
    Op.READ: ("read", "reading", "read"),
    Op.READ_REPLACEMENT: ("read for replacement", "reading for replacement", "read for replacement"),
    Op.DISCARD: ("discard", "discarding", "discarded"),
    Op.REFRESH: ("refreshing", "refreshing", "refreshed"),
}
"""What an operation is called: in a preview, while it runs, when it is done."""
SUMMARISED = (Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE)
COLOURS = {"+": "32", "-": "31", "~": "33", "<": "36", ">": "36", "!": "31"}


@dataclass(frozen=True, kw_only=True)
class Printer:
    """Where a display writes, and how."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    colour: bool = False

    def line(self, text: str = "", sign: str = "") -> None:
        """Print a line at once, so that a reader at the end of a pipe sees it when it happens."""
        text = text.rstrip()
        if self.colour and (code := COLOURS.get(sign[:1])):
            text = f"\033[{code}m{text}\033[0m"
        print(text, file=self.out, flush=True)

    def lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.line(str(line), line.sign)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is being done to which stack."""

    action: str
    """`update`, `refresh` or `destroy`."""
    stack: str
    preview: bool = False

    @property
    def title(self) -> str:
        if self.preview:
            return f"Previewing {self.action} ({self.stack}):"
        return f"{self.action.removesuffix('e').capitalize()}ing ({self.stack}):"


def is_shown(step: Step) -> bool:
    """Say whether people see a step's resource: not the providers that Pulumi makes by itself."""
    return not (step.type.startswith("pulumi:providers:") and step.name.startswith("default"))


class Progress:
    """Tells a run line by line."""

    def __init__(self, operation: Operation, printer: Printer, *, show_outputs: bool = True) -> None:
        self._operation, self._printer = operation, printer
        self._shows_outputs = show_outputs and operation.action != "destroy"
        self._notes = Notes()
        self._root: Step | None = None
        printer.line(operation.title)

    def __call__(self, event: Event) -> None:
        match event:
            case StepStarted(step=step):
                self._root = self._root or (step if step.type == STACK else None)
                self._started(step)
            case StepDone(step=step, seconds=seconds):
                self._done(step, seconds)
            case StepFailed(step=step, reason=reason):
                self._failed(step, reason)
            case Diagnostic():
                self._noted(event)
            case Summary():
                self._summary(event)

    def _started(self, step: Step) -> None:
        if step.op is not Op.SAME and is_shown(step):
            self._row(step, WORDS[step.op][0] if self._operation.preview else f"{WORDS[step.op][1]} (0s)")

    def _done(self, step: Step, seconds: float) -> None:
        refreshed = self._operation.action == "refresh"
        if not is_shown(step) or (step.op is Op.SAME and (step.type == STACK or not refreshed)):
            return
        if self._operation.preview:
            if refreshed:
                self._row(step, WORDS[step.op][0])
            return
        self._row(step, f"{WORDS[step.op][2]} ({took(seconds)})" if step.op is not Op.SAME else "")

    def _failed(self, step: Step, reason: str) -> None:
        self._notes.add(Diagnostic(severity="error", message=reason, urn=step.urn))
        word = WORDS[step.op][0 if self._operation.preview else 1] or "step"
        self._row(step, f"**{word} failed**", f"error: {first_line(reason)}", sign="!")

    def _noted(self, note: Diagnostic) -> None:
        if note.severity == "debug":
            return
        self._notes.add(note)
        kind, name = self._notes.whose(note.urn) or (STACK, self._operation.stack)
        if not note.urn and self._root:
            name = self._root.name
        label = "" if note.severity.startswith("info") else f"{note.severity}: "
        self._printer.line(
            f"    {kind} {name} {label}{first_line(note.message)}", "!" if label == "error: " else ""
        )

    def _row(self, step: Step, status: str, info: str = "", sign: str = "") -> None:
        prefix = PREFIX[step.op]
        info = "; ".join(filter(None, (short(step), info)))
        self._printer.line(f" {prefix} {step.type} {step.name} {status} {info}", sign or prefix.strip())

    def _summary(self, summary: Summary) -> None:
        if self._root:
            failed = "**failed** " if summary.result != "succeeded" else ""
            self._printer.line(f"    {STACK} {self._root.name} {failed}{self._notes.counted()}")
        self._notes.print(self._printer, self._root)
        lines = list(outputs(summary, self._root))
        if self._shows_outputs and lines and summary.result == "succeeded":
            self._printer.line("Outputs:")
            self._printer.lines(lines)
            self._printer.line()
        print_summary(summary, self._notes.failed, self._printer)
        self._printer.line()


class Notes:
    """Messages of a run, by resource, in the order in which resources were first heard of."""

    def __init__(self) -> None:
        self._by_urn: dict[str, list[Diagnostic]] = defaultdict(list)

    def add(self, note: Diagnostic) -> None:
        self._by_urn[note.urn].append(note)

    @property
    def failed(self) -> int:
        """How many resources have an error."""
        return sum(any(note.severity == "error" for note in notes) for notes in self._by_urn.values())

    def counted(self) -> str:
        """Count, in words."""
        of: dict[str, int] = defaultdict(int)
        for notes in self._by_urn.values():
            for note in notes:
                of["message" if note.severity.startswith("info") else note.severity] += 1
        return "; ".join(
            f"{of[word]} {word}{'s' if of[word] > 1 else ''}"
            for word in ("error", "warning", "message")
            if of[word]
        )

    @staticmethod
    def whose(urn: str) -> tuple[str, str] | None:
        """Split a resource's URN into type and name."""
        parts = urn.split("::", 3)
        return (parts[2].rpartition("$")[2], parts[3]) if len(parts) == 4 else None

    def print(self, printer: Printer, root: Step | None) -> None:
        """Print them all under `Diagnostics:`, if there are any."""
        if not self._by_urn:
            return
        printer.line("Diagnostics:")
        for urn, notes in self._by_urn.items():
            kind, name = self.whose(urn or (root.urn if root else "")) or (STACK, "")
            printer.line(f"  {kind} ({name}):")
            for note in notes:
                label = "" if note.severity.startswith("info") else f"{note.severity}: "
                for line in f"{label}{note.message.rstrip()}".splitlines():
                    printer.line(f"    {line}", "!" if note.severity == "error" else "")
            printer.line()


def print_summary(summary: Summary, errored: int, printer: Printer) -> None:
    """Print how many resources were changed, and how long a real run took."""
    printer.line("Resources:")
    for text, sign in summary_rows(summary.changes, preview=summary.preview):
        printer.line(f"    {text}", sign)
    if errored:
        printer.line(f"    {errored} errored", "!")
    if not summary.preview:
        printer.line()
        printer.line(f"Duration: {math.ceil(summary.seconds)}s")


def summary_rows(changes: Mapping[Op, int], *, preview: bool) -> list[tuple[str, str]]:
    """Spell a count of steps: `+ 3 to create`, …, `5 changes. 2 unchanged`."""
    rows = []
    total = 0
    for op in SUMMARISED:
        if count := changes.get(op, 0):
            done = f"to {op}" if preview else f"{op.removesuffix('e')}ed"
            rows.append((f"{PREFIX[op]}{count} {done}", PREFIX[op].strip()))
            total += count
    rest = [f"{total} changes"] if len(rows) > 1 else []
    if same := changes.get(Op.SAME, 0):
        rest.append(f"{same} unchanged")
    return [*rows, (". ".join(rest), "")] if rest else rows


def took(seconds: float) -> str:
    return f"{seconds:.2f}s" if seconds < 1 else f"{int(seconds)}s"


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]

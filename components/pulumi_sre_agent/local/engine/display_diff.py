"""What a run looks like with `--diff`: every changed resource with every changed property."""

from collections.abc import Mapping
from typing import Any

from .display import PREFIX, STACK, Notes, Operation, Printer, is_shown, print_summary
from .display_values import changed, outputs, plain, tree, visible
from .events import Diagnostic, Event, Op, Step, StepDone, StepFailed, StepStarted, Summary

ADDED = (Op.CREATE, Op.READ)
REMOVED = (Op.DELETE, Op.DISCARD)


class DiffView:
    """Tells a run resource by resource."""

    def __init__(self, operation: Operation, printer: Printer, *, show_outputs: bool = True) -> None:
        self._operation, self._printer, self._show_outputs = operation, printer, show_outputs
        self._notes = Notes()
        self._root: Step | None = None
        printer.line(operation.title)

    def __call__(self, event: Event) -> None:
        match event:
            case StepStarted(step=step):
                self._started(step)
            case StepDone(step=step) if self._operation.action == "refresh" and step.op is not Op.SAME:
                self._resource(step)
            case StepFailed(step=step, reason=reason):
                self._notes.add(Diagnostic(severity="error", message=reason, urn=step.urn))
            case Diagnostic(severity=severity) if severity != "debug":
                self._notes.add(event)
            case Summary():
                self._summary(event)

    def _started(self, step: Step) -> None:
        if step.type == STACK:
            self._root = step
        if step.op.logical and step.op is not Op.REFRESH and (step.op is not Op.SAME or step.type == STACK):
            self._resource(step)

    def _resource(self, step: Step) -> None:
        if not is_shown(step):
            return
        depth = 1 if step.type == STACK or self._operation.action == "destroy" else 2
        indent = "    " * (depth - 1)
        prefix = PREFIX[step.op]
        self._printer.line(f"{indent}{prefix}{step.type}: ({step.op})", prefix.strip())
        if resource_id := (step.old or {}).get("id"):
            self._printer.line(f"{indent}    [id={resource_id}]")
        self._printer.line(f"{indent}    [urn={step.urn}]")
        if step.op in ADDED:
            self._printer.lines(plain(_inputs(step.new), depth))
        elif step.op in REMOVED:
            self._printer.lines(plain(_inputs(step.old), depth))
        else:
            self._printer.lines(changed(tree(step), depth))

    def _summary(self, summary: Summary) -> None:
        lines = list(outputs(summary, self._root))
        if self._show_outputs and lines and summary.result == "succeeded":
            self._printer.line("    --outputs:--")
            self._printer.lines(lines)
        self._notes.print(self._printer, self._root)
        print_summary(summary, self._notes.failed, self._printer)


def _inputs(state: Mapping[str, Any] | None) -> dict[str, Any]:
    return visible((state or {}).get("inputs"))

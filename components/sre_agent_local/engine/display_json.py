"""A run as JSON, in Pulumi's own shapes.

`preview --json` prints one digest (the CLI's PreviewDigest). `up`, `refresh` and `destroy` print engine
events (the CLI's apitype.EngineEvent), one a line as it happens: what there is to say, and the summary.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .display import Printer
from .events import Diagnostic, Listener, Op, Step, Summary
from .resource import STACK

Json = dict[str, Any]


class PreviewDigest(Listener):
    """Collects a preview and prints it as one object at its end."""

    def __init__(
        self, config: Callable[[], Mapping[str, str]], printer: Printer, *, shows_sames: bool = False
    ) -> None:
        """`config` waits for the stack's settings, which are known once its secrets are open."""
        self._config, self._printer, self._shows_sames = config, printer, shows_sames
        self._steps: list[Json] = []
        self._diagnostics: list[Json] = []
        self._reading: set[str] = set()

    def started(self, step: Step) -> None:
        if step.op is Op.REFRESH:  # it is known only then what it found
            self._reading.add(step.urn)
        else:
            self._list(step, step.op)

    def done(self, step: Step, seconds: float) -> None:  # noqa: ARG002 - the signature of a listener
        if step.urn in self._reading:
            self._list(step, Op.REFRESH if step.op is Op.SAME else step.op)

    def _list(self, step: Step, op: Op) -> None:
        listed = step.op.is_logical and (step.op is not Op.SAME or step.type == STACK or self._shows_sames)
        if listed and not step.resource.is_default_provider:
            self._steps.append(_step_json(replace(step, op=op)))

    def noted(self, note: Diagnostic) -> None:
        message = f"{note.label}{note.message.rstrip()}\n"
        entry = {"urn": note.urn, "message": message, "severity": note.severity}
        self._diagnostics.append(_without_empty(entry))

    def ended(self, summary: Summary) -> None:
        digest = {
            "config": dict(sorted(self._config().items())),
            "steps": self._steps,
            "diagnostics": self._diagnostics,
            "duration": int(summary.seconds * 1e9),
            "changeSummary": _change_counts(summary),
        }
        self._printer.line(json.dumps(_without_empty(digest), indent=4, ensure_ascii=False))


class EventStream(Listener):
    """Prints each event as a line of JSON."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._sequence = 0

    def noted(self, note: Diagnostic) -> None:
        entry = {
            "urn": note.urn,
            "prefix": note.label,
            "message": f"{note.message.rstrip()}\n",
            "color": "never",
            "severity": note.severity,
        }
        self._print("diagnosticEvent", _without_empty(entry))

    def ended(self, summary: Summary) -> None:
        totals = {
            "maybeCorrupt": False,
            "durationSeconds": int(summary.seconds),
            "resourceChanges": _change_counts(summary),
            "PolicyPacks": {},
            "isPreview": summary.preview,
            "result": summary.result,
        }
        self._print("summaryEvent", totals)

    def _print(self, name: str, event: Json) -> None:
        line = {"sequence": self._sequence, "timestamp": int(time.time()), name: event}
        self._sequence += 1
        self._printer.line(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def _step_json(step: Step) -> Json:
    members = {
        "op": step.op,
        "urn": step.urn,
        "provider": step.resource.provider,
        "oldState": step.old.to_display() if step.old else None,
        "newState": step.new.to_display() if step.new else None,
        "diffReasons": list(step.diffs),
        "replaceReasons": list(step.keys),
    }
    return {**_without_empty(members), "detailedDiff": _detailed_diff_json(step)}


def _detailed_diff_json(step: Step) -> Json | None:
    rows = step.detailed_diff
    if rows is None:
        return None
    return {path: {"kind": row.kind, "inputDiff": row.input} for path, row in sorted(rows.items())}


def _change_counts(summary: Summary) -> dict[str, int]:
    return {str(op): count for op, count in sorted(summary.changes.items()) if count}


def _without_empty(members: Mapping[str, Any]) -> Json:
    return {key: value for key, value in members.items() if value not in (None, "", [], {}, 0)}

"""Reads every resource anew, and puts what was found into the state."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from .answers import ProviderError
from .differences import same
from .events import Op, PropertyDiff
from .registry import Registry
from .report import Report
from .resource import Resource, now
from .snapshot import Snapshot
from .events import Step
from .values import mark


class Refresher:
    """Refreshes the base of a snapshot."""

    def __init__(self, snapshot: Snapshot, registry: Registry, report: Report, *, parallel: int) -> None:
        self._snapshot, self._registry, self._report, self._parallel = snapshot, registry, report, parallel

    def run(self, stopped: threading.Event) -> None:
        """Read everything, or what there is time for until `stopped`, and write the state."""
        with ThreadPoolExecutor(self._parallel) as pool:
            found = list(pool.map(lambda old: self._one(old, stopped), self._snapshot.base))
        self._snapshot.rebase(list(repaired([resource for resource in found if resource])))

    def _one(self, old: Resource, stopped: threading.Event) -> Resource | None:
        """Read one resource; None if it is gone."""
        if stopped.is_set():
            return old
        step = Step(op=Op.REFRESH, old=old, new=old)
        self._report.started(step)
        if not old.custom or old.is_provider or old.pending_replacement:
            self._report.done(step, old, Op.SAME)
            return old
        try:
            return self._read(step, old)
        except ProviderError as error:
            self._report.step_failed(step, str(error))
            stopped.set()
            return old

    def _read(self, step: Step, old: Resource) -> Resource | None:
        provider = self._registry.get(old.provider)
        result = provider.read(old, old.id, inputs=old.inputs, state=old.outputs)
        if not result.id:
            self._report.done(Step(op=Op.REFRESH, old=old), None, Op.DELETE)
            return None
        if result.faults:
            faults = "".join(f"\n* {fault}" for fault in result.faults)
            self._report.say("warning", f"Refreshed resource is in an unhealthy state:{faults}", old.urn)
        inputs = old.inputs if result.inputs is None else result.inputs
        outputs = mark(result.outputs, inputs, old.additional_secret_outputs)
        new = replace(old, id=result.id, inputs=inputs, outputs=outputs, init_errors=result.faults)
        if not (same(old.inputs, new.inputs) and same(old.outputs, new.outputs)):
            new = replace(new, modified=now())
        if old.external:
            op = Op.SAME if same(old.outputs, new.outputs) else Op.UPDATE
        else:
            diff = provider.diff(new, old.inputs, old.ignore_changes)
            step = replace(step, diffs=diff.diffs, detailed=_inverted(diff.detailed))
            op = Op.UPDATE if diff.changes else Op.SAME
        self._report.done(step, new, op)
        return new


def repaired(resources: Sequence[Resource]) -> Iterator[Resource]:
    """Take out every reference to what is gone."""
    present: set[str] = set()
    for resource in resources:
        depends = {
            key: there
            for key, urns in resource.property_dependencies.items()
            if (there := tuple(urn for urn in urns if urn in present))
        }
        fixed = replace(
            resource,
            parent=resource.parent if resource.parent in present else "",
            dependencies=tuple(urn for urn in resource.dependencies if urn in present),
            property_dependencies=depends,
            deleted_with=resource.deleted_with if resource.deleted_with in present else "",
        )
        present.add(fixed.urn)
        yield fixed


def _inverted(rows: Mapping[str, PropertyDiff] | None) -> Mapping[str, PropertyDiff] | None:
    """Turn round what an `up` would change back, to tell what has been changed behind our back."""
    other = {
        "add": "delete",
        "delete": "add",
        "add-replace": "delete-replace",
        "delete-replace": "add-replace",
    }
    return rows and {path: replace(row, kind=other.get(row.kind, row.kind)) for path, row in rows.items()}

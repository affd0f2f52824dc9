"""Reads every resource anew, and puts what was found into the state."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from .diff import equal
from .events import Op, PropertyDiff, Reporter, Step
from .provider import Provider
from .provider_registry import ProviderRegistry
from .resource import Resource, now
from .responses import ProviderError
from .snapshot import Snapshot
from .values import mark_secret_outputs


def refresh(
    snapshot: Snapshot,
    read: Callable[[Resource], Resource | None],
    targets: Collection[str],
    *,
    parallel: int,
    clear_creates: bool,
) -> None:
    """Read everything, or only `targets`, and write the state."""
    with ThreadPoolExecutor(parallel) as pool:
        results = list(
            pool.map(lambda old: read(old) if old.urn in targets or not targets else old, snapshot.base)
        )
    resources = list(_prune_dangling([resource for resource in results if resource]))
    snapshot.rebase(resources, clear_creates=clear_creates)


def refresh_resource(
    old: Resource, registry: ProviderRegistry, report: Reporter, stopped: threading.Event
) -> Resource | None:
    """Read one resource unless the run was stopped; None if it is gone."""
    if stopped.is_set():
        return old
    step = Step(op=Op.REFRESH, old=old, new=old)
    report.started(step)
    if not old.custom or old.is_provider or old.pending_replacement:
        report.done(step, old, Op.SAME)
        return old
    try:
        return _read_resource(step, old, registry.get(old.provider), report)
    except ProviderError as error:
        report.step_failed(step, str(error))
        stopped.set()
        return old


def _read_resource(step: Step, old: Resource, provider: Provider, report: Reporter) -> Resource | None:
    result = provider.read(old, inputs=old.inputs, state=old.outputs)
    if not result.id:
        report.done(replace(step, new=None), None, Op.DELETE)
        return None
    if result.init_errors:
        reasons = "".join(f"\n* {reason}" for reason in result.init_errors)
        report.diagnose("warning", f"Refreshed resource is in an unhealthy state:{reasons}", old.urn)
    inputs = old.inputs if result.inputs is None else result.inputs
    outputs = mark_secret_outputs(result.outputs, inputs, old.additional_secret_outputs)
    new = replace(old, id=result.id, inputs=inputs, outputs=outputs, init_errors=result.init_errors)
    changed = not equal(old.outputs, new.outputs)
    if changed or not equal(old.inputs, new.inputs):
        new = replace(new, modified=now())
    if not old.external:
        diff = provider.diff(new, old.inputs, old.ignore_changes)
        step, changed = (
            replace(step, diffs=diff.diffs, detailed_diff=_invert(diff.detailed_diff)),
            diff.changes,
        )
    report.done(step, new, Op.UPDATE if changed else Op.SAME)
    return new


def _prune_dangling(resources: Sequence[Resource]) -> Iterator[Resource]:
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


def _invert(rows: Mapping[str, PropertyDiff] | None) -> Mapping[str, PropertyDiff] | None:
    """Turn round what an `up` would change back, to tell what has been changed behind our back."""
    other = {
        "add": "delete",
        "delete": "add",
        "add-replace": "delete-replace",
        "delete-replace": "add-replace",
    }
    return rows and {path: replace(row, kind=other.get(row.kind, row.kind)) for path, row in rows.items()}

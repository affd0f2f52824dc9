"""Decides what has to be done to a resource; providers are asked about many at a time."""

import json
import threading
from dataclasses import replace

from .diff import apply_ignore_changes
from .events import Op, Reporter, Step
from .goals import Goal
from .provider_registry import ProviderRegistry
from .resource import Resource
from .resource_diff import Differ, dependent_replacements
from .responses import UNPROTECT, CheckFailure, Diff
from .snapshot import Snapshot
from .step_executor import RunStopped
from .urns import UrnResolver
from .values import Properties, to_display


class StepGenerator:
    """Turns goals into steps, from many threads.

    A resource takes its name and its place in the order of registrations under a lock. From then on only its
    own registration decides about it, so its provider can be asked while others are; what decides about
    others, too (replacing what they rest on), is under the lock again.
    """

    def __init__(
        self,
        names: UrnResolver,
        snapshot: Snapshot,
        registry: ProviderRegistry,
        report: Reporter,
        *,
        preview: bool,
    ) -> None:
        self._lock = threading.Lock()
        self._names, self._snapshot, self._registry, self._report = names, snapshot, registry, report
        self._preview = preview
        self._operated: set[str] = set()
        self._replaced: set[str] = set()
        self._deleted_first: dict[str, tuple[str, ...]] = {}
        """Deleted before what it rests on is replaced: URN to the properties that were the reason."""
        self._deleting_first: set[Resource] = set()
        self.deletions: set[str] = set()
        """URNs that this run deletes: what is `deleted_with` one of them needs no call of its own."""
        self._verdicts = Differ(names, snapshot, registry, self._replaced)

    def register(self, goal: Goal) -> list[Step]:
        """Decide about a registration. Raises EngineError or ProviderError, or RunStopped once reported."""
        with self._lock:
            urn = self._names.register(goal)
            old = self._names.find_old(urn, goal)
            self._operated.add(urn)
        new = self._state(urn, goal, old)
        return self._decide(goal, old, new) if goal.read_id is None else self._read(old, new)

    def generate_deletes(self) -> list[Step]:
        """List what the program no longer has and what was replaced: all that is deleted at the end."""
        steps = []
        for old in self._snapshot.remaining():
            if old.delete:
                steps.append(Step(op=Op.DELETE_REPLACED, old=old))
            elif old.urn not in self._operated and old.urn not in self._names.taken:
                steps.append(Step(op=Op.DISCARD if old.external else Op.DELETE, old=old))
        self.deletions.update(step.urn for step in steps)
        return steps

    def _state(self, urn: str, goal: Goal, old: Resource | None) -> Resource:
        """Make the new state, as far as the program can tell."""
        new = Resource(
            **goal.declaration(),
            urn=urn,
            id=goal.read_id or "",
            external=goal.read_id is not None,
            protect=bool(goal.protect),
            retain_on_delete=bool(goal.retain_on_delete),
            created=old.created if old else "",
            modified=old.modified if old else "",
        )
        return new if goal.custom else replace(new, provider="")

    def _decide(self, goal: Goal, old: Resource | None, new: Resource) -> list[Step]:
        olds, news = {}, goal.inputs
        if old and not old.external and new.urn not in self._deleted_first:
            olds, news = old.inputs, self._apply_ignore_changes(goal, old, new.urn)
        new = replace(new, inputs=self._check(new, olds, news) if goal.custom else news)
        if old is None:
            return [Step(op=Op.CREATE, new=new)]
        if new.urn in self._deleted_first:
            self._replaced.add(new.urn)
            self.deletions.discard(new.urn)
            keys = self._deleted_first[new.urn]
            return [
                Step(op=Op.REPLACE, old=old, new=new),
                Step(op=Op.CREATE_REPLACEMENT, old=old, new=new, keys=keys),
            ]
        if old.external:
            return _create_before_delete(old, new, Diff(changes=True))
        diff = self._verdicts.diff(old, new)
        if diff.warning:
            self._report.diagnose("warning", diff.warning, new.urn)
        if diff.replace or old.pending_replacement:
            return self._replace(goal, old, new, diff)
        if diff.changes or old.init_errors:
            return [Step(op=Op.UPDATE, old=old, new=new, diffs=diff.diffs, detailed_diff=diff.detailed_diff)]
        return [Step(op=Op.SAME, old=old, new=new)]

    def _read(self, old: Resource | None, new: Resource) -> list[Step]:
        """Decide about a `.get`."""
        if old and not old.external and old.id != new.id:
            self._replaced.add(new.urn)
            return [
                Step(op=Op.READ_REPLACEMENT, old=old, new=new, keep=True),
                Step(op=Op.REPLACE, old=old, new=new),
            ]
        return [Step(op=Op.READ, old=old, new=new)]

    def _replace(self, goal: Goal, old: Resource, new: Resource, diff: Diff) -> list[Step]:
        if old.protect and new.protect:
            self._refuse(
                f'unable to replace resource "{new.urn}"\n'
                f"as it is currently marked for protection. {UNPROTECT}",
                new,
                always=False,
            )
        self._replaced.add(new.urn)
        if goal.custom:
            new = replace(new, inputs=self._check(new, {}, goal.inputs))
        before = (
            diff.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
        )
        if not before:
            return _create_before_delete(old, new, diff)
        with self._lock:
            return self._delete_first(old, new, diff)

    def _delete_first(self, old: Resource, new: Resource, diff: Diff) -> list[Step]:
        steps = []
        for dependent in reversed(dependent_replacements(old, self._names, self._verdicts, self._operated)):
            resource = dependent.resource
            if resource in self._deleting_first:
                continue
            if resource.protect:
                self._refuse(
                    f'unable to replace resource "{resource.urn}" as part of replacing "{new.urn}" as it is '
                    f"currently marked for protection. {UNPROTECT}",
                    new,
                )
            self._deleting_first.add(resource)
            self._deleted_first[resource.urn] = dependent.keys
            steps.append(self._deletion(resource))
        if not old.pending_replacement:
            steps.append(self._deletion(old))
        return [*steps, *_replacement_steps(old, new, diff, keep=False)]

    def _deletion(self, old: Resource) -> Step:
        self.deletions.add(old.urn)
        return Step(op=Op.DELETE_REPLACED, old=old, keep=not old.delete)

    def _refuse(self, why: str, new: Resource, *, always: bool = True) -> None:
        """Report an error; a preview goes on, to show all there is, unless it cannot."""
        self._report.error(why, new.urn)
        if always or not self._preview:
            raise RunStopped

    def _apply_ignore_changes(self, goal: Goal, old: Resource, urn: str) -> Properties:
        inputs, impossible = apply_ignore_changes(goal.inputs, old.inputs, goal.ignore_changes)
        if impossible:
            paths = ", ".join(impossible)
            message = f'cannot ignore changes in added or removed elements of the path: "{paths}"'
            self._report.diagnose("info", message, urn)
        return inputs

    def _check(self, new: Resource, olds: Properties, news: Properties) -> Properties:
        if new.is_provider:
            inputs, failures = self._registry.check(new, olds, news)
        else:
            inputs, failures = self._registry.get(new.provider).check(new, olds, news)
        for failure in failures:
            self._report.error(_check_failure_message(new, news, failure), new.urn)
        if failures:
            raise RunStopped
        return inputs


def _create_before_delete(old: Resource, new: Resource, diff: Diff) -> list[Step]:
    return list(reversed(_replacement_steps(old, new, diff, keep=True)))


def _replacement_steps(old: Resource, new: Resource, diff: Diff, *, keep: bool) -> list[Step]:
    step = Step(
        op=Op.REPLACE,
        old=old,
        new=new,
        keys=diff.replaces,
        diffs=diff.diffs,
        detailed_diff=diff.detailed_diff,
    )
    return [step, replace(step, op=Op.CREATE_REPLACEMENT, keep=keep)]


def _check_failure_message(new: Resource, inputs: Properties, failure: CheckFailure) -> str:
    about = f"{new.type} resource '{new.name}'"
    if not failure.property:
        return f"{about} has a problem: {failure.reason}"
    value = to_display(inputs.get(failure.property))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{about}: property {failure.property} value {{{text}}} has a problem: {failure.reason}"

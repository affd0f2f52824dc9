"""Decides, one registration at a time, what has to be done to a resource."""

import threading
from dataclasses import replace

from .aliases import Names
from .answers import UNPROTECT, Diff, Failure
from .differences import ignoring
from .events import Op
from .execution import Stop
from .goals import Goal, ReadGoal
from .registry import Registry
from .replacement import dependents
from .report import Report
from .resource import Resource
from .rules import Verdicts
from .snapshot import Snapshot
from .events import Step
from .values import Properties, show


class Generator:
    """Turns goals into steps. Whoever calls holds `lock`: every decision sees the ones before it."""

    def __init__(
        self, names: Names, snapshot: Snapshot, registry: Registry, report: Report, *, preview: bool
    ) -> None:
        self.lock = threading.Lock()
        self._names, self._snapshot, self._registry, self._report = names, snapshot, registry, report
        self._preview = preview
        self._operated: set[str] = set()
        self._replaced: set[str] = set()
        self._gone: dict[str, tuple[str, ...]] = {}
        """Deleted before what it rests on is replaced: URN to the properties that were the reason."""
        self._condemned: set[int] = set()
        self.deletions: set[str] = set()
        """URNs that this run deletes: what is `deleted_with` one of them needs no call of its own."""
        self._verdicts = Verdicts(names, snapshot, registry, self._replaced)

    def register(self, goal: Goal) -> list[Step]:
        """Decide about a registration. Raises EngineError, ProviderError, or Stop after reporting faults."""
        urn = self._names.register(goal)
        old = self._names.find_old(urn, goal)
        new = self._state(urn, goal, old)
        olds, news = {}, goal.inputs
        if old and not old.external and urn not in self._gone:
            olds, news = old.inputs, self._ignoring(goal, old, urn)
        new = replace(new, inputs=self._check(new, olds, news) if goal.custom else news)
        steps = self._decide(goal, old, new)
        self._operated.add(urn)
        return steps

    def read(self, wanted: ReadGoal) -> list[Step]:
        """Decide about a `.get`."""
        goal = wanted.goal
        urn = self._names.register(goal)
        old = self._names.find_old(urn, goal)
        new = replace(self._state(urn, goal, None), id=wanted.id, external=True)
        self._operated.add(urn)
        if old and not old.external and old.id != wanted.id:
            self._replaced.add(urn)
            return [
                Step(op=Op.READ_REPLACEMENT, old=old, new=new, keep=True),
                Step(op=Op.REPLACE, old=old, new=new),
            ]
        return [Step(op=Op.READ, old=old, new=new)]

    def left_over(self) -> list[Step]:
        """List what the program no longer has and what was replaced: all that is deleted at the end."""
        steps = []
        for old in self._snapshot.left():
            if old.delete:
                steps.append(Step(op=Op.DELETE_REPLACED, old=old))
            elif old.urn not in self._operated and old.urn not in self._names.taken:
                steps.append(Step(op=Op.DISCARD if old.external else Op.DELETE, old=old))
        self.deletions.update(step.urn for step in steps)
        return steps

    def _decide(self, goal: Goal, old: Resource | None, new: Resource) -> list[Step]:
        if old is None:
            return [Step(op=Op.CREATE, new=new)]
        if new.urn in self._gone:
            self._replaced.add(new.urn)
            self.deletions.discard(new.urn)
            keys = self._gone[new.urn]
            return [
                Step(op=Op.REPLACE, old=old, new=new),
                Step(op=Op.CREATE_REPLACEMENT, old=old, new=new, keys=keys),
            ]
        if old.external:
            return _create_first(old, new, Diff(changes=True))
        diff = self._verdicts.diff(old, new)
        if diff.warning:
            self._report.say("warning", diff.warning, new.urn)
        if diff.replace or old.pending_replacement:
            return self._replace(goal, old, new, diff)
        if diff.changes or old.init_errors:
            return [Step(op=Op.UPDATE, old=old, new=new, diffs=diff.diffs, detailed=diff.detailed)]
        return [Step(op=Op.SAME, old=old, new=new)]

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
        return self._delete_first(old, new, diff) if before else _create_first(old, new, diff)

    def _delete_first(self, old: Resource, new: Resource, diff: Diff) -> list[Step]:
        steps = []
        for dependent in reversed(dependents(old, self._names, self._verdicts, self._operated)):
            resource = dependent.resource
            if id(resource) in self._condemned:
                continue
            if resource.protect:
                self._refuse(
                    f'unable to replace resource "{resource.urn}" as part of replacing "{new.urn}" as it is '
                    f"currently marked for protection. {UNPROTECT}",
                    new,
                )
            self._condemned.add(id(resource))
            self._gone[resource.urn] = dependent.keys
            steps.append(self._deletion(resource))
        if not old.pending_replacement:
            steps.append(self._deletion(old))
        return [*steps, *_replacement(old, new, diff, keep=False)]

    def _deletion(self, old: Resource) -> Step:
        self.deletions.add(old.urn)
        return Step(op=Op.DELETE_REPLACED, old=old, keep=not old.delete)

    def _refuse(self, why: str, new: Resource, *, always: bool = True) -> None:
        """Report a fault; a preview goes on, to show all there is, unless it cannot."""
        self._report.error(why, new.urn)
        if always or not self._preview:
            raise Stop

    def _ignoring(self, goal: Goal, old: Resource, urn: str) -> Properties:
        inputs, impossible = ignoring(goal.inputs, old.inputs, goal.ignore_changes)
        if impossible:
            paths = ", ".join(impossible)
            message = f'cannot ignore changes in added or removed elements of the path: "{paths}"'
            self._report.say("info", message, urn)
        return inputs

    def _check(self, new: Resource, olds: Properties, news: Properties) -> Properties:
        if new.is_provider:
            inputs, failures = self._registry.check(new.urn, olds, news)
        else:
            inputs, failures = self._registry.get(new.provider).check(new.urn, olds, news)
        for failure in failures:
            self._report.error(_explain(new, news, failure), new.urn)
        if failures:
            raise Stop
        return inputs

    def _state(self, urn: str, goal: Goal, old: Resource | None) -> Resource:
        return Resource(
            urn=urn,
            type=goal.type,
            custom=goal.custom,
            parent=goal.parent,
            inputs=goal.inputs,
            provider=goal.provider if goal.custom else "",
            protect=bool(goal.protect),
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            additional_secret_outputs=goal.additional_secret_outputs,
            custom_timeouts=goal.custom_timeouts,
            retain_on_delete=bool(goal.retain_on_delete),
            deleted_with=goal.deleted_with,
            ignore_changes=goal.ignore_changes,
            replace_on_changes=goal.replace_on_changes,
            created=old.created if old else "",
            modified=old.modified if old else "",
            source_position=goal.source_position,
        )


def _create_first(old: Resource, new: Resource, diff: Diff) -> list[Step]:
    return list(reversed(_replacement(old, new, diff, keep=True)))


def _replacement(old: Resource, new: Resource, diff: Diff, *, keep: bool) -> list[Step]:
    step = Step(op=Op.REPLACE, old=old, new=new, keys=diff.replaces, diffs=diff.diffs, detailed=diff.detailed)
    return [step, replace(step, op=Op.CREATE_REPLACEMENT, keep=keep)]


def _explain(new: Resource, inputs: Properties, failure: Failure) -> str:
    about = f"{new.type} resource '{new.name}'"
    if not failure.property:
        return f"{about} has a problem: {failure.reason}"
    value = _braced(show(inputs.get(failure.property)))
    return f"{about}: property {failure.property} value {value} has a problem: {failure.reason}"


def _braced(value: object) -> str:
    """Spell a value as the real engine does in this message."""
    match value:
        case None:
            return "{<nil>}"
        case bool():
            return f"{{{str(value).lower()}}}"
        case list():
            return f"{{[{' '.join(map(_braced, value))}]}}"
        case dict():
            return f"{{map[{' '.join(f'{key}:{_braced(item)}' for key, item in sorted(value.items()))}]}}"
        case _:
            return f"{{{value}}}"

"""Carries out steps: calls providers, and has the state written before and after."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from .diff import equal
from .events import Op, Reporter, Step
from .provider import provider_inputs
from .provider_registry import ProviderRegistry
from .resource import Resource, now
from .responses import ProtectedError, ProviderError, Result
from .snapshot import Snapshot, is_unchanged
from .values import Properties, mark_secret_outputs


class RunStopped(Exception):
    """Nothing more may start; what was wrong has been reported."""


class StepFailed(Exception):
    """A step has failed, and that has been reported."""


class StepExecutor:
    """Runs steps, at most `parallel` chains at a time, in the threads of those who ask."""

    def __init__(
        self,
        snapshot: Snapshot,
        registry: ProviderRegistry,
        report: Reporter,
        deletions: Collection[str],
        *,
        parallel: int,
        preview: bool,
        may_change: Callable[[], bool],
    ) -> None:
        """`may_change` is asked before each step that changes anything; where it says no, the run stops."""
        self._may_change = may_change
        self._snapshot, self._registry, self._report = snapshot, registry, report
        self._deletions, self._preview = deletions, preview
        self._parallel, self._slots = parallel, threading.Semaphore(parallel)
        self._running, self._idle = 0, threading.Condition()
        self._components: dict[str, Step] = {}
        self.stopped = threading.Event()
        """Set it to let what runs finish, and to start nothing more."""

    def wait(self) -> None:
        """Wait until nothing runs."""
        with self._idle:
            self._idle.wait_for(lambda: not self._running)

    def run(self, steps: Sequence[Step]) -> Resource:
        """Run a chain of steps one after the other and return what has become of the resource.

        Raises StepFailed, or Stop if the run was stopped before the chain was through.
        """
        with self._slots:
            state: Resource | None = None
            for step in steps:
                state = self.step(step) or state
            assert state is not None  # noqa: S101 - every registration makes its resource
            return state

    def step(self, step: Step) -> Resource | None:
        """Run one step and return the resource that it leaves behind."""
        with self.busy():
            return self._run(step)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Do something that the end of the run waits for. Raises Stop if the run was stopped."""
        with self._idle:
            if self.stopped.is_set():
                raise RunStopped
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def delete(self, steps: Sequence[Step]) -> None:
        """Run deletions, given in the order of the state: dependents first, as many at a time as may be.

        What a protected resource rests on is kept, and everything else still goes.
        """
        survivors: list[Resource] = []
        with ThreadPoolExecutor(self._parallel) as pool:
            for wave in _deletion_waves(steps):
                blocked = [step for step in wave if any(_depends_on(each, step.urn) for each in survivors)]
                runnable = [step for step in wave if step not in blocked]
                outcomes = pool.map(self._try_delete, runnable)
                failed = [step for step, is_deleted in zip(runnable, outcomes, strict=True) if not is_deleted]
                survivors += [step.resource for step in (*blocked, *failed)]

    def _try_delete(self, step: Step) -> bool:
        try:
            self.step(step)
        except (StepFailed, RunStopped):
            return False
        return True

    def outputs(self, urn: str, outputs: Properties) -> None:
        """Set a component's outputs: it is done."""
        step = self._components.pop(urn, None)
        if step is None:
            raise ProviderError(f"cannot complete a resource '{urn}' whose registration isn't pending")
        self._report.done(step, self._snapshot.set_outputs(urn, outputs))

    def _run(self, step: Step) -> Resource | None:
        if step.new is None and step.resource.pending_replacement:
            if not step.keep:  # deleted long ago, and its replacement was never made
                self._snapshot.end(None, done=step.old)
            return None
        if step.op not in (Op.READ, Op.READ_REPLACEMENT) and not _changes_nothing(step):
            self._require_permission()
        self._report.started(step)
        try:
            state = self._apply(step)
        except ProviderError as error:
            self._report.step_failed(step, str(error))
            if not isinstance(error, ProtectedError):
                self.stopped.set()
            raise StepFailed from error
        if step.resource.custom or step.new is None or step.op == Op.REPLACE:
            self._report.done(step, state)
        elif state:
            self._components[step.urn] = step
        return state

    def _require_permission(self) -> None:
        if not self._may_change():
            self.stopped.set()
            raise RunStopped

    def _apply(self, step: Step) -> Resource | None:
        match step.op:
            case Op.REPLACE:
                return None
            case Op.SAME:
                return self._same(step)
            case Op.CREATE | Op.CREATE_REPLACEMENT:
                return self._create(step)
            case Op.UPDATE:
                return self._update(step)
            case Op.READ | Op.READ_REPLACEMENT:
                return self._read(step)
            case _:
                self._delete(step)
                return None

    def _same(self, step: Step) -> Resource:
        old, new = _old_and_new(step)
        new = _as_before(old, new)
        if new.is_provider:
            self._registry.configure(new, old.inputs)
        self._snapshot.end(None, done=old, new=new, write=not is_unchanged(old, new))
        return new

    def _create(self, step: Step) -> Resource:
        new = step.resource
        with self._pending("creating", new):
            result = self._call_provider(None, new)
        time = now()
        state = _with_result(new, result, created=time, modified=time)
        self._snapshot.end(new, done=step.old, new=state, delete=step.keep)
        return _require_initialized(state)

    def _update(self, step: Step) -> Resource:
        old, new = _old_and_new(step)
        new = replace(new, id=old.id)
        with self._pending("updating", new):
            result = self._call_provider(old, new)
        state = _with_result(new, result, created=old.created, modified=now() if new.custom else old.modified)
        self._snapshot.end(new, done=old, new=state)
        return _require_initialized(state)

    def _call_provider(self, old: Resource | None, new: Resource) -> Result:
        """Have a resource made, or changed from what it was."""
        if new.is_provider:
            return Result(id=self._registry.apply(new), outputs=provider_inputs(new.inputs))
        if not new.custom:
            return Result(id="", outputs={})
        provider = self._registry.get(new.provider)
        if old is None:
            return provider.create(new, preview=self._preview)
        return provider.update(old, new, preview=self._preview)

    def _read(self, step: Step) -> Resource:
        new, old = step.resource, step.old
        if not new.id:  # nobody knows yet, so there is nothing to ask a provider for
            state = replace(new, outputs={})
            self._snapshot.end(None, done=old, new=state, delete=step.keep)
            return state
        with self._pending("reading", new):
            result = self._registry.get(new.provider).read(new, inputs=new.inputs, state=new.inputs)
            if not result.id:
                raise ProviderError(f"resource '{new.id}' does not exist")
        state = _with_result(new, result, created=new.created, modified=new.modified)
        if old and not (equal(old.inputs, state.inputs) and equal(old.outputs, state.outputs)):
            state = replace(state, modified=now())
        self._snapshot.end(new, done=old, new=state, delete=step.keep)
        return _require_initialized(state)

    def _delete(self, step: Step) -> None:
        old = step.resource
        with self._pending("deleting", old):
            if step.op == Op.DELETE and old.protect:
                raise ProtectedError(old)
            if self._needs_call(old):
                self._registry.get(old.provider).delete(old)
        self._snapshot.end(old, done=old, pending_replacement=step.keep)

    @contextmanager
    def _pending(self, operation: str, resource: Resource) -> Iterator[None]:
        """Have the state say what is about to be done, and take it back if it fails."""
        self._snapshot.begin(operation, resource)
        try:
            yield
        except ProviderError:
            self._snapshot.end(resource)
            raise

    def _needs_call(self, old: Resource) -> bool:
        spared = self._preview or old.external or old.retain_on_delete or old.deleted_with in self._deletions
        return old.custom and not old.is_provider and not spared


def _old_and_new(step: Step) -> tuple[Resource, Resource]:
    assert step.old is not None  # noqa: S101 - only a creation has no old state
    return step.old, step.resource


def _as_before(old: Resource, new: Resource) -> Resource:
    """Put into a resource that stays what only its provider knows."""
    return replace(new, id=old.id, outputs=old.outputs)


def _changes_nothing(step: Step) -> bool:
    """Whether a step leaves Azure and the state as they are."""
    if step.op is not Op.SAME:
        return False
    old, new = _old_and_new(step)
    return is_unchanged(old, _as_before(old, new))


def _with_result(new: Resource, result: Result, *, created: str, modified: str) -> Resource:
    """Put what the provider has answered into a resource, with the secrets that it may not show."""
    outputs = mark_secret_outputs(result.outputs, new.inputs, new.additional_secret_outputs)
    return replace(
        new, id=result.id, outputs=outputs, init_errors=result.init_errors, created=created, modified=modified
    )


def _require_initialized(state: Resource) -> Resource:
    """Pass on a resource that came up; one that did not has been written, but its step has failed."""
    if state.init_errors:
        reasons = "".join(f"\n* {reason}" for reason in state.init_errors)
        raise ProviderError(f"resource {state.urn} exists, but did not come up as it should:{reasons}")
    return state


def _deletion_waves(steps: Sequence[Step]) -> list[list[Step]]:
    """Sort deletions into waves, each to run at once: what rests on something goes before it."""
    levels: dict[str, int] = {}
    inside_out: list[list[Step]] = []
    for step in steps:
        resource = step.resource
        level = max((levels.get(urn, 0) for urn in (resource.parent, *resource.references())), default=0)
        levels[step.urn] = max(levels.get(step.urn, 0), level + 1)
        if level == len(inside_out):
            inside_out.append([])
        inside_out[level].append(step)
    return inside_out[::-1]


def _depends_on(resource: Resource, urn: str) -> bool:
    return urn == resource.parent or urn in resource.references()

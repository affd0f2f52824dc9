"""Deletes what is left over, dependents first, as much at a time as may be."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from .execution import Executor, StepFailed, Stop
from .resource import Resource
from .events import Step


def waves(steps: Sequence[Step]) -> list[list[Step]]:
    """Sort deletions, given in the order of the state, into waves: dependents first, a wave all at once."""
    levels: dict[str, int] = {}
    inside_out: list[list[Step]] = []
    for step in steps:
        level = max(
            (levels.get(urn, 0) for urn in (step.resource.parent, *step.resource.references())), default=0
        )
        levels[step.urn] = max(levels.get(step.urn, 0), level + 1)
        if level == len(inside_out):
            inside_out.append([])
        inside_out[level].append(step)
    return inside_out[::-1]


def delete(steps: Sequence[Step], executor: Executor, *, parallel: int) -> None:
    """Run deletions. What a protected resource rests on is kept, and everything else still goes."""
    kept: list[Resource] = []
    with ThreadPoolExecutor(parallel) as pool:
        for wave in waves(steps):
            spared = [step for step in wave if any(_rests_on(resource, {step.urn}) for resource in kept)]
            kept += [step.resource for step in spared]
            runnable = [step for step in wave if step not in spared]
            for step, gone in zip(
                runnable, pool.map(lambda step: _gone(step, executor), runnable), strict=True
            ):
                if not gone:
                    kept.append(step.resource)


def _gone(step: Step, executor: Executor) -> bool:
    try:
        executor.step(step)
    except (StepFailed, Stop):
        return False
    return True


def _rests_on(resource: Resource, urns: set[str]) -> bool:
    return resource.parent in urns or not urns.isdisjoint(resource.references())

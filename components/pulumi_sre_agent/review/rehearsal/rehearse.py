"""Running cases: several at a time, each as often as it says."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from pulumi_sre_agent.review.rehearsal.case import Case
from pulumi_sre_agent.review.rehearsal.performing import Stage, perform
from pulumi_sre_agent.review.rehearsal.rehearsed import Rehearsed, Run

MARK_LENGTH = 8


def rehearse(
    stage: Stage,
    cases: Sequence[Case],
    *,
    parallel: int,
    progress: Callable[[Case, Run], None] = lambda _case, _run: None,
) -> tuple[list[Rehearsed], list[str]]:
    """Run cases, at most `parallel` runs at a time; return them, and what could not be cleaned up.

    `progress` hears of each run that ended. Interrupted, runs that go on are ended and cleaned up first.
    """
    with ThreadPoolExecutor(max_workers=parallel) as pool:
        futures = {
            pool.submit(perform, stage, case, uuid.uuid4().hex[:MARK_LENGTH]): case
            for case in cases
            for _ in range(case.repeat)
        }
        try:
            for future in as_completed(futures):
                progress(futures[future], future.result()[0])
        except BaseException:
            stage.stop.set()
            for future in futures:
                future.cancel()
            raise
    return _gather(cases, futures)


def _gather(
    cases: Sequence[Case], futures: "dict[Future[tuple[Run, list[str]]], Case]"
) -> tuple[list[Rehearsed], list[str]]:
    runs: dict[str, list[Run]] = {case.name: [] for case in cases}
    left: list[str] = []
    for future, case in futures.items():
        run, rest = future.result()
        runs[case.name].append(run)
        left += rest
    return [Rehearsed(case, runs[case.name]) for case in cases], left

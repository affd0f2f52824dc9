"""Checks of a live agent, and running them until they pass or the time is over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.review.results import Outcome, Result

PAUSE = 5.0
"""Seconds between two rounds."""


class Failed(Exception):
    """What a check found wrong, in a sentence."""


class Skipped(Exception):
    """Why a check cannot be made."""


@dataclass(frozen=True)
class Check:
    """Something that is to hold."""

    group: str
    """Such as `declared` or `connectors`."""
    name: str
    run: Callable[[], str]
    """Returns what it saw. Raises `Failed`, `Skipped`, or what the client raises."""


def run(
    checks: Iterable[Check],
    *,
    patience: float,
    clock: Clock,
    progress: Callable[[int, int, float], None] = lambda _failed, _total, _left: None,
) -> list[Result]:
    """Run the checks; those that fail again and again for `patience` seconds, as the service may lag behind.

    `progress` hears before each further round how many failed, of how many, and the seconds left.
    """
    end = clock.monotonic() + patience
    pending = list(enumerate(checks))
    results: dict[int, Result] = {}
    while True:
        for number, check in pending:
            earlier = results[number].seconds if number in results else 0.0
            result = _judge(check, clock)
            results[number] = replace(result, seconds=result.seconds + earlier)
        pending = [(number, check) for number, check in pending if results[number].outcome == "failed"]
        left = end - clock.monotonic()
        if not pending or left < PAUSE:
            return [results[number] for number in sorted(results)]
        progress(len(pending), len(results), left)
        clock.sleep(PAUSE)


def failed(results: Sequence[Result]) -> int:
    """Count what failed."""
    return sum(result.outcome == "failed" for result in results)


def _judge(check: Check, clock: Clock) -> Result:
    start = clock.monotonic()
    outcome: Outcome = "passed"
    try:
        detail = check.run()
    except Skipped as why:
        outcome, detail = "skipped", str(why)
    except (Failed, SreAgentError) as why:
        outcome, detail = "failed", str(why)
    return Result(check.group, check.name, outcome, detail, clock.monotonic() - start)

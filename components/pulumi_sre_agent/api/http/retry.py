"""Waiting, in its two forms: looking again until something is done, and trying again what failed."""

import logging
import random
from collections import Counter
from collections.abc import Callable
from typing import TypeVar, cast

from tenacity import RetryCallState, Retrying, retry_if_exception_type

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, SreAgentError, Unavailable
from pulumi_sre_agent.api.http import waits
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.limits import RetryPolicy

T = TypeVar("T")
log = logging.getLogger(__name__)


class StillPending(Exception):
    """The thing looked at is not finished: its state, and when to look again if it said so."""

    def __init__(self, state: str, after: float | None = None) -> None:
        super().__init__(state)
        self.after = after


class RetryableError(Exception):
    """A failure that may pass: the error it is if it does not, and how long to wait it out.

    `after` is the wait that the service asked for; `since` the moment from which the budget counts, where
    that is before the first attempt.
    """

    def __init__(
        self,
        error: SreAgentError,
        policy: RetryPolicy,
        *,
        after: float | None = None,
        since: float | None = None,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.policy = policy
        self.after = after
        self.since = since


def poll(
    attempt: Callable[[], T],
    *,
    what: str,
    deadline: float,
    clock: Clock,
    longest: float = limits.POLL_LONGEST,
) -> T:
    """Call `attempt` until it does not raise `StillPending`; raise `Unavailable` after `deadline` seconds.

    `longest`: seconds between two looks at most, unless the service asks for more.
    """
    start = clock.monotonic()
    end = start + deadline

    def wait(state: RetryCallState) -> float:
        grown = min(limits.POLL_FIRST * 1.5 ** min(state.attempt_number - 1, 30), longest)
        return max(cast("StillPending", _exception_of(state)).after or grown, limits.POLL_FIRST)

    def tell(state: RetryCallState) -> None:
        if clock.monotonic() + state.upcoming_sleep - start >= limits.TOLD_WAIT:
            waits.tell(f"{what} is still {_exception_of(state)}")

    def give_up(state: RetryCallState) -> T:
        raise Unavailable(
            f"{what} is still {_exception_of(state)} after {deadline / 60:g} minutes."
        ) from None

    return Retrying(
        retry=retry_if_exception_type(StillPending),
        wait=wait,
        stop=lambda state: clock.monotonic() + state.upcoming_sleep > end,
        sleep=clock.sleep,
        before_sleep=tell,
        retry_error_callback=give_up,
    )(attempt)


def retry(attempt: Callable[[int], T], *, clock: Clock) -> T:
    """Call `attempt` with 1, 2, 3… until it raises no `RetryableError` or the policy of its failure ends."""
    start = clock.monotonic()
    failures: Counter[RetryPolicy] = Counter()
    announced: list[float] = []

    def wait(state: RetryCallState) -> float:
        failure = cast("RetryableError", _exception_of(state))
        policy = failure.policy
        failures[policy] += 1
        if failure.after is not None:
            return failure.after + _jitter(limits.SPREAD)
        grown = policy.first * 2.0 ** min(failures[policy] - 1, 30)
        return min(grown + _jitter(policy.first), policy.longest)

    def end(failure: RetryableError) -> float:
        return min(start, start if failure.since is None else failure.since) + failure.policy.budget

    def stop(state: RetryCallState) -> bool:
        failure = cast("RetryableError", _exception_of(state))
        late = clock.monotonic() + state.upcoming_sleep > end(failure)
        return late or failures[failure.policy] > failure.policy.attempts

    def log_failure(state: RetryCallState) -> None:
        """Say why nothing seems to happen, when that first takes long, and that it goes on."""
        failure, now = cast("RetryableError", _exception_of(state)), clock.monotonic()
        if now + state.upcoming_sleep - start >= limits.TOLD_WAIT:
            waits.tell(_reason(failure), None if failure.after is None else state.upcoming_sleep)
        if not announced and state.upcoming_sleep >= limits.LONG_WAIT:
            announced.append(now)
            log.warning("%s Trying again.", failure)
        elif announced and now - announced[-1] >= limits.ANNOUNCE_EVERY:
            announced.append(now)
            left = max(0.0, end(failure) - now)
            log.warning("%s Still trying after %.0f s, for %.0f s more at most.", failure, now - start, left)
        else:
            log.debug("%s Trying again.", failure)

    def give_up(state: RetryCallState) -> T:
        raise cast("RetryableError", _exception_of(state)).error from None

    attempts = iter(range(1, 1_000_000))
    return Retrying(
        retry=retry_if_exception_type(RetryableError),
        wait=wait,
        stop=stop,
        sleep=clock.sleep,
        before_sleep=log_failure,
        retry_error_callback=give_up,
    )(lambda: attempt(next(attempts)))


def _reason(failure: RetryableError) -> str:
    """Say in few words why a request is sent again."""
    status = failure.error.status if isinstance(failure.error, ApiError) else None
    return f"{failure.policy.reason} ({status})" if status else failure.policy.reason


def _jitter(most: float) -> float:
    return random.uniform(0, most)  # noqa: S311 -- spreads attempts, hides nothing


def _exception_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None

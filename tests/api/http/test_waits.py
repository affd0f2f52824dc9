"""What is told of a wait while it lasts."""

import logging

import pytest

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, Unavailable
from pulumi_sre_agent.api.http import waits
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.retry import RetryableError, StillPending, poll, retry

THROTTLED = ApiError("PUT skills/a failed with 429.", status=429)
LOST = Unavailable("PUT skills/a got no answer.")


@pytest.fixture
def clock() -> Clock:
    """Return a clock that is moved by whoever sleeps."""
    now = [0.0]
    return Clock(monotonic=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (RetryableError(THROTTLED, limits.THROTTLED, after=12), "waiting: throttled (429), 12 s left"),
        (RetryableError(LOST, limits.ROLE_SPREADING), "waiting: a new role is not in effect yet"),
        (RetryableError(LOST, limits.LOST), None),
    ],
    ids=["throttled", "long", "short"],
)
def test_a_repetition_says_why_and_how_long(
    clock: Clock, caplog: pytest.LogCaptureFixture, failure: RetryableError, sentence: str | None
) -> None:
    """The seconds where the service named them; nothing where the wait is over before it is read."""
    caplog.set_level(logging.INFO, logger=waits.log.name)
    failures = iter([failure])

    def attempt(_number: int) -> str:
        for each in failures:
            raise each
        return "done"

    assert retry(attempt, clock=clock) == "done"
    assert [each.getMessage() for each in caplog.records if each.name == waits.log.name] == (
        [sentence] if sentence else []
    )


def test_a_look_says_what_is_not_finished(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger=waits.log.name)
    states = iter([StillPending("Provisioning", after=0.2), StillPending("Provisioning", after=3)])

    def attempt() -> str:
        for state in states:
            raise state
        return "done"

    assert poll(attempt, what="agent shop", deadline=60, clock=clock) == "done"
    assert caplog.messages == ["waiting: agent shop is still Provisioning"]

"""A service that is down: what waiting for it may cost."""

from contextlib import suppress

import httpx
import pytest

from pulumi_sre_agent.api import (
    ApiError,
    NotFound,
    Unavailable,
    limits,
)
from support.scripted import AGENT, VERSION, Answer, Script, refused, reply


@pytest.mark.parametrize("answer", [httpx.ConnectError("refused"), refused(503), refused(429)])
def test_a_service_that_is_down_costs_the_wait_once(script: Script, answer: Answer) -> None:
    script.on("GET", "/agents/pay$", reply(200, {}), answer)
    with script.azure() as azure:
        azure.control.get(AGENT, VERSION)
        began = script.time.now
        for _ in range(40):
            with pytest.raises((Unavailable, ApiError)):
                azure.control.get(AGENT, VERSION)

    assert script.time.now - began <= limits.THROTTLED.budget
    assert len(script.requests) < 80


def test_a_service_that_is_down_costs_the_wait_once_also_before_anything_is_known_of_it(
    script: Script,
) -> None:
    """Every call begins with the question what cloud this is, as long as nobody has answered that."""
    script.on("GET", "/metadata/endpoints$", httpx.ConnectError("refused"))
    began = script.time.now
    with script.azure(metadata_host="https://cloud.example") as azure:
        for _ in range(40):
            with pytest.raises(Unavailable):
                azure.control.get(AGENT, VERSION)

    assert script.time.now - began <= limits.LOST.budget


@pytest.mark.parametrize("sign_of_life", [reply(200, {}), refused(404, "ResourceNotFound")])
def test_a_service_that_came_back_is_waited_for_again(script: Script, sign_of_life: Answer) -> None:
    down = httpx.ConnectError("refused")
    script.on("GET", "/agents/pay$", *[down] * 5, sign_of_life, *[down] * 5, reply(200, {}))
    with script.azure() as azure:
        began = script.time.now
        with suppress(NotFound):
            azure.control.get(AGENT, VERSION)
        script.time.now = began + limits.LOST.budget
        azure.control.get(AGENT, VERSION)

    assert script.calls.count(f"GET {AGENT}") == 12


def test_what_fails_now_and_then_is_still_waited_for_no_longer_than_its_budget(script: Script) -> None:
    """Others' successes begin a row of failures anew, but not the time of a request that fails on and on."""
    other = f"{AGENT}x"
    script.on("GET", "/agents/payx$", reply(200, {}))

    with script.azure() as azure:

        def fail(_request: httpx.Request) -> httpx.Response:
            azure.control.get(other, VERSION)
            return refused(503)

        script.on("GET", "/agents/pay$", fail)
        began = script.time.now
        with pytest.raises(ApiError):
            azure.control.get(AGENT, VERSION)

    assert script.time.now - began <= limits.LOST.budget

"""What is sent, what is sent again, and what is believed: every fault through the public calls."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import (
    AccessDenied,
    ApiError,
    Client,
    ConfigError,
    Conflict,
    NotFound,
    Unavailable,
    limits,
)
from pulumi_sre_agent.api.http.transport import open_client
from support.scripted import AGENT, ARM, ENDPOINT, VERSION, Answer, Script, page, refused, reply

SKILL = "/api/v2/extendedAgent/skills/triage"

SEND: dict[str, Callable[[Client], Any]] = {
    "GET": lambda azure: azure.control.get(AGENT, VERSION),
    "PUT": lambda azure: azure.control.put(AGENT, VERSION, {"location": "x"}),
    "PATCH": lambda azure: azure.control.patch(AGENT, VERSION, {"tags": {}}),
    "DELETE": lambda azure: azure.control.delete(AGENT, VERSION),
    "POST": lambda azure: azure.control.post(AGENT, VERSION),
}


def truncated() -> Answer:
    return httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def not_json() -> Answer:
    return httpx.Response(200, headers={"content-type": "application/json"}, content=b'{"id": "/subscr')


PASSING: dict[str, tuple[Callable[[], Answer], set[str]]] = {
    "throttled": (lambda: refused(429, "TooManyRequests"), set(SEND)),
    "unavailable": (lambda: refused(503, "ServiceUnavailable"), set(SEND)),
    "connection refused": (lambda: httpx.ConnectError("refused"), set(SEND)),
    "connection timed out": (lambda: httpx.ConnectTimeout("slow"), set(SEND)),
    "no connection free": (lambda: httpx.PoolTimeout("all are in use"), set(SEND)),
    "busy": (lambda: refused(409, "OperationConflict"), set(SEND)),
    "another operation": (lambda: refused(409, "AnotherOperationInProgress"), set(SEND)),
    "stale token": (lambda: refused(401, "ExpiredAuthenticationToken"), set(SEND)),
    "request timeout": (lambda: refused(408), set(SEND) - {"POST"}),
    "server error": (lambda: refused(500, "InternalServerError"), set(SEND) - {"POST"}),
    "bad gateway": (lambda: page(status=502), set(SEND) - {"POST"}),
    "gateway timeout": (lambda: refused(504, "GatewayTimeout"), set(SEND) - {"POST"}),
    "reset": (lambda: httpx.ReadError("reset"), set(SEND) - {"POST"}),
    "read timed out": (lambda: httpx.ReadTimeout("slow"), set(SEND) - {"POST"}),
    "truncated": (truncated, set(SEND) - {"POST"}),
    "not JSON": (not_json, set(SEND) - {"POST"}),
    "a web page": (page, set(SEND) - {"POST"}),
}


@pytest.mark.parametrize("method", SEND)
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_is_survived_where_repeating_is_safe(
    script: Script, method: str, fault: str
) -> None:
    """Twice is as good as once for all but POST, which is repeated only if it certainly did nothing."""
    answer, methods = PASSING[fault]
    script.on(method, "/agents/pay$", answer(), reply(200, {"id": AGENT}))
    with script.azure() as azure:
        if method in methods:
            SEND[method](azure)
        else:
            with pytest.raises((Unavailable, ApiError)):
                SEND[method](azure)

    assert script.calls.count(f"{method} {AGENT}") == (2 if method in methods else 1)


@pytest.mark.parametrize(
    ("answer", "error", "sentence", "budget"),
    [
        (
            refused(429, "TooManyRequests", "Slow down.", x_ms_request_id="r1"),
            ApiError,
            (
                r"^GET agents/pay in resource group rg failed with 429 TooManyRequests: Slow down "
                r"\(after \d+ attempts\); Azure is throttling: run the same again in some minutes "
                r"\(request id r1\)\.$"
            ),
            limits.THROTTLED.budget,
        ),
        (refused(503), ApiError, r"failed with 503 \(after \d+ attempts\)\.$", limits.LOST.budget),
        (
            httpx.ConnectError("[Errno 111] Connection refused"),
            Unavailable,
            (
                r"^GET agents/pay in resource group rg got no answer from https://management\.azure\.com: "
                r"\[Errno 111\] Connection refused; check the network, then run the same again\.$"
            ),
            limits.LOST.budget,
        ),
        (httpx.ReadTimeout(""), Unavailable, r"it took too long; check the network", limits.LOST.budget),
        (httpx.ReadError(""), Unavailable, r"the connection broke; check the network", limits.LOST.budget),
        (
            refused(409, "OperationConflict"),
            Conflict,
            r"failed with 409 OperationConflict",
            limits.BUSY.budget,
        ),
        (
            page(),
            Unavailable,
            r"was answered with a web page instead of JSON: the service has no such route, or is being",
            limits.UNREADABLE.budget,
        ),
        (
            page(status=404),
            Unavailable,
            r"was answered with a web page instead of JSON",
            limits.UNREADABLE.budget,
        ),
        (
            httpx.Response(200, text="hello"),
            Unavailable,
            r"was answered with text/plain instead of JSON\.$",
            limits.UNREADABLE.budget,
        ),
        (
            httpx.Response(200, content=b"{}"),
            Unavailable,
            r"was answered with a body of no type instead of JSON\.$",
            limits.UNREADABLE.budget,
        ),
        (
            not_json(),
            Unavailable,
            r"was answered with a body that is not JSON though it says so\.$",
            limits.UNREADABLE.budget,
        ),
    ],
)
def test_a_fault_that_stays_ends_in_one_sentence_within_its_budget(
    script: Script, answer: Answer, error: type[Exception], sentence: str, budget: float
) -> None:
    script.on("GET", "/agents/pay$", answer)
    began = script.time.now
    with script.azure() as azure, pytest.raises(error, match=sentence) as raised:
        azure.control.get(AGENT, VERSION)

    assert "\n" not in str(raised.value)
    assert 0 < script.time.now - began <= budget


def test_waits_grow_and_stay_below_their_longest(script: Script) -> None:
    """From the first wait they double, with jitter, until the longest."""
    script.on("GET", "/agents/pay$", refused(503))
    with script.azure() as azure, pytest.raises(ApiError):
        azure.control.get(AGENT, VERSION)

    first, longest = limits.LOST.first, limits.LOST.longest
    assert all(
        min(first * 2**n, longest) <= wait <= min(first * 2**n + first, longest)
        for n, wait in enumerate(script.time.slept)
    )
    assert script.time.slept[-1] == longest


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("Mon, 12 Jan 1970 13:46:50 GMT", 10), ("Mon, 12 Jan 1970 13:00:00 GMT", 0)],
)
def test_retry_after_is_honoured_as_a_number_and_as_a_date(script: Script, header: str, seconds: int) -> None:
    script.on("GET", "/agents/pay$", refused(429, retry_after=header), reply(200, {}))
    with script.azure() as azure:
        azure.control.get(AGENT, VERSION)

    [waited] = script.time.slept
    assert seconds <= waited <= seconds + limits.SPREAD


def test_a_retry_after_beyond_the_budget_is_not_waited_for(script: Script) -> None:
    script.on("GET", "/agents/pay$", refused(429, retry_after="3600"))
    with script.azure() as azure, pytest.raises(ApiError, match="Azure is throttling"):
        azure.control.get(AGENT, VERSION)

    assert script.time.slept == []


def test_an_unreadable_retry_after_counts_as_none(script: Script) -> None:
    script.on("GET", "/agents/pay$", refused(429, retry_after="soon"), reply(200, {}))
    with script.azure() as azure:
        azure.control.get(AGENT, VERSION)

    assert len(script.time.slept) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "InvalidIdentity", ApiError),
        (403, "AuthorizationFailed", AccessDenied),
        (404, "ResourceNotFound", NotFound),
        (409, "RoleAssignmentExists", Conflict),
        (412, "PreconditionFailed", Conflict),
    ],
)
def test_a_plain_refusal_is_not_repeated(
    script: Script, status: int, code: str, kind: type[ApiError]
) -> None:
    script.on("GET", "/agents/pay$", refused(status, code, "Because."))
    with script.azure() as azure, pytest.raises(kind) as raised:
        azure.control.get(AGENT, VERSION)

    assert (raised.value.status, raised.value.code, raised.value.message) == (status, code, "Because.")
    assert len(script.requests) == 1


def test_a_401_from_arm_is_repeated_once_with_a_fresh_token(script: Script) -> None:
    script.on("GET", "/agents/pay$", refused(401, "InvalidAuthenticationToken"))
    with script.azure() as azure, pytest.raises(AccessDenied, match="log in again"):
        azure.control.get(AGENT, VERSION)

    assert [request.headers["authorization"] for request in script.requests] == [
        f"Bearer 1 {ARM}/.default",
        f"Bearer 2 {ARM}/.default",
    ]
    assert script.tokens.made == 2, "a fresh token needs a credential without the stale one in its cache"


def test_a_redirect_is_refused(script: Script) -> None:
    script.on("GET", "/agents/pay$", reply(302, location="https://evil.example/login?x=1"))
    with (
        script.azure() as azure,
        pytest.raises(Unavailable, match=r"a redirect to https://evil\.example, which"),
    ):
        azure.control.get(AGENT, VERSION)

    script.on("GET", "/agents/pay$", reply(304))
    with script.azure() as azure, pytest.raises(Unavailable, match="a redirect to another place"):
        azure.control.get(AGENT, VERSION)

    assert len(script.requests) == 2


def test_every_request_asks_for_json_and_says_who_asks(script: Script) -> None:
    script.on("PUT", "/agents/pay$", reply(200, {}))
    with script.azure() as azure:
        azure.control.put(AGENT, VERSION, {"a": 1})

    headers = script.requests[0].headers
    assert headers["accept"] == "application/json"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("pulumi-sre-agent/")
    assert len(headers["x-ms-client-request-id"]) == 36


def test_a_body_may_begin_with_a_byte_order_mark_or_be_missing(script: Script) -> None:
    marked = httpx.Response(
        200, headers={"content-type": "application/json"}, content=b'\xef\xbb\xbf{"a": 1}'
    )
    script.agent().on("GET", "/skills/", marked).on("PUT", "/skills/", reply(202))
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)

        assert plane.get(SKILL) == {"a": 1}
        assert plane.put(SKILL, {}) is None


def test_an_answer_that_is_no_object_is_refused(script: Script) -> None:
    script.on("GET", "/agents/pay$", reply(200, ["a"]))
    with script.azure() as azure, pytest.raises(Unavailable, match=r"^GET agents/pay.*not a JSON object"):
        azure.control.get(AGENT, VERSION)


@pytest.mark.parametrize("path", [f"{AGENT}/../x", f"{AGENT}?api-version=1", f"{AGENT}#x", f"{AGENT}\x07"])
def test_a_path_that_is_no_plain_path_is_refused_unsent(script: Script, path: str) -> None:
    with script.azure() as azure, pytest.raises(ConfigError, match="is not a"):
        azure.control.get(path, VERSION)

    assert script.requests == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_405_of_an_agent_that_is_being_upgraded_passes(script: Script, method: str) -> None:
    script.agent().on(method, "/skills/", page(status=405), reply(200, {"a": 1}))
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)
        plane.put(SKILL, {}) if method == "PUT" else plane.delete(SKILL)

    assert script.calls.count(f"{method} {SKILL}") == 2


def test_the_first_long_wait_is_announced(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    slow = refused(429, retry_after="20")
    script.on("GET", "/agents/pay$", refused(503), slow, slow, reply(200, {}))
    with script.azure() as azure, caplog.at_level("WARNING"):
        azure.control.get(AGENT, VERSION)

    [message] = caplog.messages
    assert "failed with 429" in message
    assert message.endswith("Trying again.")


def test_loopback_is_reached_without_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy cannot reach this machine's loopback, so only other hosts go through it."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    with open_client() as client:
        direct = client._transport

        for host in ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"):
            assert client._transport_for_url(httpx.URL(host)) is direct
        assert client._transport_for_url(httpx.URL(ENDPOINT)) is not direct

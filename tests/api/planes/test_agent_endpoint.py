"""Where agents' data planes are, and which of them may be given a token."""

import threading
from typing import Any

import pytest

from pulumi_sre_agent.api import AccessDenied, ConfigError, NotFound, OperationFailed, Unavailable, limits
from pulumi_sre_agent.api.planes.agent_endpoint import check_endpoint
from support.scripted import AGENT, ENDPOINT, VERSION, Script, at_once, page, refused, reply

LOCAL = frozenset({"http://127.0.0.1:4281"})


def agent(**properties: Any) -> Any:
    return reply(200, {"id": AGENT, "properties": properties})


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        ("https://pay--1.abc.swedencentral.azuresre.ai", "https://pay--1.abc.swedencentral.azuresre.ai"),
        ("https://PAY.AzureSRE.ai/", "https://PAY.AzureSRE.ai"),
        (
            "http://127.0.0.1:4281/agents/pay--1.swedencentral/",
            "http://127.0.0.1:4281/agents/pay--1.swedencentral",
        ),
    ],
)
def test_an_endpoint_below_azuresre_ai_or_allowed_is_taken(endpoint: str, base: str) -> None:
    assert check_endpoint(endpoint, LOCAL) == base


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://pay.azuresre.ai",
        "https://azuresre.ai.evil.example",
        "https://evilazuresre.ai",
        "https://pay.azuresre.ai@evil.example",
        "https://evil.example/.azuresre.ai",
        "https://evil.example#.azuresre.ai",
        "https://pay.azuresre.ai?x=1",
        "http://127.0.0.1:4282/agents/pay",
        "https://127.0.0.1:4281",
        "pay.azuresre.ai",
        "https://[evil.azuresre.ai]",
        "https://[::1.azuresre.ai",
        "",
    ],
)
def test_any_other_endpoint_is_refused_with_the_setting_that_would_allow_it(endpoint: str) -> None:
    with pytest.raises(ConfigError, match=r"is not https below azuresre\.ai.*sre:allowedEndpoints"):
        check_endpoint(endpoint, LOCAL)


def test_a_foreign_endpoint_is_refused_before_a_token_is_asked_for(script: Script) -> None:
    script.agent(agentEndpoint="https://evil.example")
    with script.azure() as azure, pytest.raises(ConfigError, match=r"https://evil\.example"):
        azure.data_plane(AGENT)

    assert [request.url.host for request in script.requests] == ["management.azure.com"]
    assert script.tokens.asked == ["https://management.azure.com/.default"]


def test_an_agent_is_looked_up_once_per_process(script: Script) -> None:
    """Also by many at once, and whatever the letter case of its id."""
    script.agent()
    script.company = threading.Barrier(2)
    with script.azure() as azure:
        found: list[Any] = []
        ids = [AGENT, AGENT.upper()] * 4
        at_once(*(lambda id_=id_: found.append(azure.data_plane(id_)) for id_ in ids))

    assert len(set(map(id, found))) == 1
    assert len(found) == len(ids)
    assert script.calls.count(f"GET {AGENT}") + script.calls.count(f"GET {AGENT.upper()}") == 1


def test_an_agent_deleted_here_is_looked_up_anew(script: Script) -> None:
    """A replacement has the same id and another endpoint."""
    script.agent().on("DELETE", "/agents/pay$", reply(204))
    with script.azure() as azure:
        assert azure.data_plane(AGENT).endpoint == ENDPOINT
        azure.control.delete(AGENT, VERSION)
        script.agent(agentEndpoint="https://pay--2.azuresre.ai")

        assert azure.data_plane(AGENT).endpoint == "https://pay--2.azuresre.ai"


def test_an_endpoint_that_is_known_is_not_asked_for(script: Script) -> None:
    """Whoever made the agent has just been told; it is judged like any other."""
    script.agent()
    with script.azure() as azure:
        azure.prefetch_data_plane(AGENT.upper(), ENDPOINT)

        assert azure.data_plane(AGENT).endpoint == ENDPOINT
    with script.azure() as azure:
        azure.prefetch_data_plane(AGENT, "https://evil.example")
        with pytest.raises(ConfigError, match=r"https://evil\.example"):
            azure.data_plane(AGENT)

    assert "management.azure.com" not in {request.url.host for request in script.requests}


def test_an_endpoint_is_waited_for_ahead(script: Script) -> None:
    """By the time that somebody needs it, it has been asked whether it answers; nobody asks again."""
    script.agent()
    with script.azure() as azure:
        azure.prefetch_data_plane(AGENT, ENDPOINT).join()
        asked = len(script.requests)
        azure.data_plane(AGENT)

        assert len(script.requests) == asked > 0


def test_an_agent_in_the_making_is_waited_for(script: Script) -> None:
    """First for its endpoint, then for an answer there: web pages, a 404, a 503, a role that spreads."""
    script.agent()
    script.on(
        "GET", "/agents/pay$", agent(provisioningState="InProgress"), agent(), agent(agentEndpoint=ENDPOINT)
    )
    script.on(
        "GET", "/commonprompts$", *[page()] * 4, refused(404), refused(503), refused(403), reply(200, [])
    )
    with script.azure() as azure:
        assert azure.data_plane(AGENT).endpoint == ENDPOINT

    assert script.calls.count(f"GET {AGENT}") == 3
    assert len(script.calls) - 3 == 8, "the data plane is asked until it has answered"


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (refused(404, "ResourceNotFound"), NotFound, "404 ResourceNotFound"),
        (
            agent(provisioningState="Failed"),
            OperationFailed,
            r"^agents/pay in resource group rg has no endpoint: its provisioning ended as Failed\.$",
        ),
        (
            agent(provisioningState="InProgress"),
            Unavailable,
            r"^agents/pay in resource group rg is still InProgress after 15 minutes\.$",
        ),
        (agent(), Unavailable, "is still without an endpoint after 15 minutes"),
    ],
)
def test_an_agent_without_an_endpoint_says_why(
    script: Script, answer: Any, error: type[Exception], sentence: str
) -> None:
    script.on("GET", "/agents/pay$", answer)
    with script.azure() as azure, pytest.raises(error, match=sentence):
        azure.data_plane(AGENT)


def test_an_endpoint_that_never_answers_is_given_up_with_its_reason(script: Script) -> None:
    script.agent().on("GET", "/commonprompts$", refused(404))
    began = script.time.now
    with (
        script.azure() as azure,
        pytest.raises(
            Unavailable,
            match=r"^agent pay is still not answering \(GET commonprompts of agent pay failed with 404\)",
        ),
    ):
        azure.data_plane(AGENT)

    assert script.time.now - began <= limits.READY_DEADLINE


def test_an_endpoint_that_refuses_is_an_error_not_a_wait(script: Script) -> None:
    script.agent().on("GET", "/commonprompts$", refused(403))
    began = script.time.now
    with script.azure() as azure, pytest.raises(AccessDenied):
        azure.data_plane(AGENT)

    assert script.time.now - began <= limits.ROLE_SPREADING.budget

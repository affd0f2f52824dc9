"""The data plane's calls that no kind of item needs, and the sentences of those that do."""

import httpx
import pytest

from pulumi_sre_agent.api import ConfigError, Unavailable
from support.scripted import AGENT, ENDPOINT, Script, refused, reply

TEST = "/api/v2/repos/r/test"


def test_every_verb_reaches_its_path_below_the_endpoint(script: Script) -> None:
    answered = {"isSuccessful": True}
    script.agent()
    for method in ("GET", "PUT", "PATCH", "POST", "DELETE"):
        script.on(method, "/test$", reply(200, answered))
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)

        assert plane.get(TEST, {"a": "b c"}) == answered
        assert plane.put(TEST, {}) == answered
        assert plane.patch(TEST, {}) == answered
        assert plane.post(TEST, {}, {"a": "b"}) == answered
        plane.delete(TEST)

    sent = script.requests[-5:]
    assert [request.method for request in sent] == ["GET", "PUT", "PATCH", "POST", "DELETE"]
    assert str(sent[0].url) == f"{ENDPOINT}{TEST}?a=b+c"
    assert sent[3].url.query == b"a=b"


def test_a_post_is_not_repeated_once_it_may_have_arrived(script: Script) -> None:
    """A second one would start a second conversation."""
    script.agent().on("POST", "/test$", reply(200, ["not", "an", "object"]))
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)
        with pytest.raises(Unavailable, match=r"^POST repos/r/test of agent pay was answered with"):
            plane.post(TEST)

    assert script.calls.count(f"POST {TEST}") == 1


def test_an_endpoint_below_a_path_keeps_its_requests_there(script: Script) -> None:
    """As the local Azure has it: many agents behind one origin."""
    script.agent(agentEndpoint="http://127.0.0.1:4281/agents/pay--1.x/").on("GET", "/skills/s$", refused(404))
    with script.azure(allowed_endpoints=frozenset({"http://127.0.0.1:4281"})) as azure:
        plane = azure.data_plane(AGENT)
        with pytest.raises(ConfigError, match="is not a path to a resource"):
            plane.delete("/../../_local/reset")
        link = {"value": [], "nextLink": "http://127.0.0.1:4281/agents/other--2.x/api/v1/x"}
        script.on("GET", "/api/v1/x$", reply(200, link))
        with pytest.raises(Unavailable, match="which was not followed"):
            list(plane.list("/api/v1/x"))

    assert script.requests[-1].url.path == "/agents/pay--1.x/api/v1/x"


@pytest.mark.parametrize(
    ("content", "media_type", "believed"),
    [
        (b"\x1f\x8b", "application/gzip", True),
        (b"text", "", True),
        (b'{"a": 1}', "application/json", True),
        (b"upstream connect error", "application/json", False),
        (b"<html></html>", "text/html; charset=utf-8", False),
    ],
)
def test_a_download_is_bytes_but_never_an_upgrade_in_progress(
    script: Script, content: bytes, media_type: str, believed: bool
) -> None:
    """What cannot be the file is asked for again."""
    spoiled = httpx.Response(200, headers={"content-type": media_type}, content=content)
    good = httpx.Response(200, headers={"content-type": "text/plain"}, content=b"good")
    script.agent().on("GET", "/content$", spoiled, good)
    with script.azure() as azure:
        assert azure.data_plane(AGENT).download("/api/x/content") == (content if believed else b"good")

"""The data plane's front door."""

import json

import httpx
import pytest

from support.azure import ARM_AUDIENCE, DATA_AUDIENCE, LocalAzure, error

AUDIENCES = (
    "https://azuresre.dev",
    "https://azuresre.dev/",
    "https://azuresre.ai",
    "59f0a04a-b322-4310-adc9-39ac41e9631e",
)


def get(azure: LocalAzure, url: str, **headers: str) -> httpx.Response:
    return azure.http.get(url, headers={"Authorization": f"Bearer {azure.token(DATA_AUDIENCE)}", **headers})


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        pytest.param("/api/v2/extendedAgent/skills", "text/html", id="html-wanted"),
        pytest.param("/api/v2/repos", "text/html,application/xhtml+xml,*/*;q=0.8", id="a-browser"),
        pytest.param("/api/v2/repos", "application/json;q=0.5, text/*", id="html-preferred"),
        pytest.param("/api/v9/nothing", "application/json", id="unknown-route"),
        pytest.param("", "application/json", id="root"),
    ],
)
def test_a_get_that_is_not_for_the_api_gets_the_web_page(azure: LocalAzure, path: str, accept: str) -> None:
    """With 200, and without asking for a token."""
    url = azure.endpoint(azure.agent()) + path

    for answer in (get(azure, url, Accept=accept), httpx.get(url, headers={"Accept": accept})):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("accept", [None, "", "*/*", "application/json, text/plain, */*", "text/plain"])
def test_a_get_that_does_not_prefer_html_gets_json(azure: LocalAzure, accept: str | None) -> None:
    """As curl's on the public page, whose header is `*/*`; unless the switch is on.

    See docs/reference/data-plane.md#general-behaviour, docs/reference/assumptions.md#accept-header.
    """
    url = azure.endpoint(azure.agent()) + "/api/v2/repos"
    request = azure.http.build_request(
        "GET", url, headers={"Authorization": f"Bearer {azure.token(DATA_AUDIENCE)}"}
    )
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    answer = azure.http.send(request)
    azure.switch(strictAccept=True)
    strict = azure.http.send(request)

    assert answer.json() == {"value": [], "nextLink": None}
    wants_json = "application/json" in (accept or "")
    assert strict.headers["content-type"].startswith("application/json" if wants_json else "text/html")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("PUT", "/api/v9/nothing", b"{}", id="unknown-route"),
        pytest.param("POST", "/api/v2/repos", b"{}", id="unknown-verb"),
        pytest.param("PUT", "/api/v2/repos/code", b"{", id="malformed"),
        pytest.param("PUT", "/api/v2/repos/code", b"", id="empty"),
        pytest.param("PUT", "/api/v2/repos/code", b"[]", id="array"),
        pytest.param("PUT", "/api/v2/repos/code", b'\xef\xbb\xbf{"properties":{}}', id="bom"),
    ],
)
def test_what_no_route_can_read_gets_405_from_the_static_files(
    azure: LocalAzure, method: str, path: str, body: bytes
) -> None:
    answer = azure.data(method, azure.agent(), path, body)

    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_tokens_for_the_service_are_accepted(azure: LocalAzure, audience: str) -> None:
    url = azure.endpoint(azure.agent()) + "/api/v2/repos"
    headers = {"Authorization": f"Bearer {azure.token(audience)}", "Accept": "application/json"}

    assert azure.http.get(url, headers=headers).json() == {"value": [], "nextLink": None}


def test_a_token_for_arm_is_refused(azure: LocalAzure) -> None:
    url = azure.endpoint(azure.agent()) + "/api/v2/repos"
    wrong = {"Authorization": f"Bearer {azure.token(ARM_AUDIENCE)}", "Accept": "application/json"}

    assert error(azure.http.get(url, headers=wrong)) == (401, "InvalidAuthenticationTokenAudience")
    assert error(httpx.get(url, headers={"Accept": "application/json"})) == (401, "AuthenticationFailed")


def test_path_segments_have_any_case(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.data("PUT", agent, "/api/v2/extendedAgent/skills/Triage", {"properties": {"description": "x"}})

    answer = azure.data("GET", agent, "/API/V2/EXTENDEDAGENT/SKILLS/triage")

    assert answer.json()["name"] == "Triage"


def test_the_plane_answers_some_time_after_the_agent_exists(azure: LocalAzure) -> None:
    """At first there is no endpoint, then 503, then the plane; after deletion there is nothing but a page."""
    azure.switch(readySeconds=0.4)
    agent = f"{azure.group()}/providers/Microsoft.App/agents/sre-one"
    azure.settle(azure.arm("PUT", agent, azure.agent_body()))
    url = azure.endpoint(agent)
    early = get(azure, f"{url}/api/v2/repos", Accept="application/json")
    azure.poll(lambda: get(azure, f"{url}/api/v2/repos", Accept="application/json").status_code == 200)
    azure.settle(azure.arm("DELETE", agent))
    late = get(azure, f"{url}/api/v2/repos", Accept="application/json")

    assert (early.status_code, early.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert (late.status_code, late.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_agents_do_not_share(azure: LocalAzure) -> None:
    one, two = azure.agent(), azure.agent("sre-two")
    azure.data("PUT", one, "/api/v2/extendedAgent/tools/t", {"properties": {"type": "KustoTool"}})

    assert azure.data("GET", two, "/api/v2/extendedAgent/tools").json()["value"] == []
    assert azure.endpoint(one) != azure.endpoint(two)


def test_agents_of_one_name_do_not_share_either(azure: LocalAzure) -> None:
    one, two = azure.agent("sre--one"), azure.agent("sre--one", group="rg-two")
    azure.data("PUT", one, "/api/v2/extendedAgent/tools/t", {"properties": {"type": "KustoTool"}})

    listed = [azure.data("GET", agent, "/api/v2/extendedAgent/tools").json()["value"] for agent in (one, two)]
    assert [len(tools) for tools in listed] == [1, 0]


def test_the_plane_goes_on_while_the_agent_is_stopped(azure: LocalAzure) -> None:
    """The reference is silent; configuration can still be read and written here.

    See docs/reference/assumptions.md#what-nobody-publishes.
    """
    agent = azure.agent()
    azure.settle(azure.arm("POST", f"{agent}/stop"))

    assert azure.data("GET", agent, "/api/v2/repos").status_code == 200


def test_names_are_decoded(azure: LocalAzure) -> None:
    agent = azure.agent()
    made = azure.data(
        "PUT", agent, "/api/v2/extendedAgent/commonprompts/safety%20rules", {"properties": {"prompt": "x"}}
    )

    assert made.json()["name"] == "safety rules"
    assert (
        json.loads(made.content)
        == azure.data("GET", agent, "/api/v2/extendedAgent/commonprompts/safety%20rules").json()
    )

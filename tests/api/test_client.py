"""One connection per process, light until used, and tokens that go only where they may."""

import contextlib
import subprocess
import sys
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_sre_agent import api
from pulumi_sre_agent.api import KINDS, Settings, SreAgentError, connect
from support.checked import wire
from support.scripted import AGENT, ARM, ENDPOINT, VERSION, Script, page, refused, reply

HEAVY = ("httpx", "azure.identity", "azure.core", "msal", "tenacity", "pydantic", "pulumi", "cryptography")


@pytest.mark.parametrize(
    "program",
    [
        "import pulumi_sre_agent.api",
        "from pulumi_sre_agent.api import Settings, connect; connect(Settings(use_msi=True)).subscription_id",
    ],
)
def test_nothing_heavy_is_imported_before_something_is_asked_of_azure(program: str) -> None:
    """A preview that sends nothing must not pay for a client."""
    check = f"{program}\nimport sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_client_is_made_without_the_command_line_of_httpx() -> None:
    """That would bring in click, rich and pygments: more than half of what the import costs."""
    program = (
        "import sys; from pulumi_sre_agent.api import Client, Settings\n"
        "from pulumi_sre_agent.api.client import ClientOptions\n"
        "azure = Client(Settings(), ClientOptions(credential=lambda: None)); azure.control; azure.close()\n"
        "print([name for name in ('httpx', 'rich', 'click', 'pygments', 'pulumi') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "['httpx']\n"


def test_the_same_settings_share_one_connection() -> None:
    one = connect(Settings(use_msi=True, client_id="same"))

    assert connect(Settings(use_msi=True, client_id="same")) is one
    assert connect(Settings(use_msi=True, client_id="other")) is not one


def test_a_closed_connection_opens_again(script: Script) -> None:
    script.agent()
    with script.azure() as azure:
        azure.close()
        azure.data_plane(AGENT)
        azure.close()
        azure.data_plane(AGENT)

    assert script.calls.count(f"GET {AGENT}") == 2


def test_every_public_name_is_there() -> None:
    assert sorted(api.__all__, key=str.lower) == sorted(
        (name for name in api.__all__ if hasattr(api, name)), key=str.lower
    )


HOSTS = st.sampled_from(
    [
        ARM,
        ENDPOINT,
        "https://evil.example",
        "http://management.azure.com",
        "https://pay.azuresre.ai.evil.example",
    ]
)
LINKS = st.builds(
    "{}{}".format,
    st.one_of(HOSTS, st.just(""), st.just("//evil.example"), st.just("https://user@management.azure.com")),
    st.sampled_from(["/ops/1", "/ops/1?api-version=1", "/next?page=2", ""]),
)


@st.composite
def answers(draw: st.DrawFn) -> httpx.Response:
    """Anything that a service gone wrong, or someone in its place, may say."""
    headers = {
        name: draw(LINKS) for name in draw(st.sets(st.sampled_from(["location", "azure-asyncoperation"])))
    }
    link = draw(LINKS)
    body: Any = draw(
        st.sampled_from(
            [
                None,
                {"status": "Succeeded"},
                {"value": [], "nextLink": link},
                {"properties": {"agentEndpoint": link}},
                {"properties": {"provisioningState": "Failed"}},
            ]
        )
    )
    status = draw(
        st.sampled_from([200, 200, 200, 201, 202, 204, 302, 307, 401, 403, 404, 405, 409, 429, 500])
    )
    named = {name.replace("-", "_"): value for name, value in headers.items()}
    return draw(
        st.sampled_from([reply(status, body, **named), page(status=200), refused(status, "Code", "Message")])
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(
    st.lists(answers(), min_size=6, max_size=14),
    st.sampled_from(KINDS),
    st.sampled_from(["data", "control"]),
)
def test_no_token_ever_goes_to_a_host_that_may_not_have_it(
    said: list[httpx.Response], kind: Any, plane: Any
) -> None:
    """Whatever is answered (links, pages, endpoints, redirects), a token stays with its own host."""
    script = Script()
    for method in ("GET", "PUT", "DELETE", "POST", "PATCH"):
        script.on(method, "", *said, refused(400, "Enough"))  # else one operation is followed for two hours
    spec = wire(kind.name)
    with script.azure() as azure:
        for call in (
            lambda: azure.items(kind, AGENT, plane).put("x", spec),
            lambda: azure.items(kind, AGENT, plane).list(),
            lambda: azure.control.post(AGENT, VERSION),
            lambda: azure.control.delete(AGENT, VERSION),
            lambda: list(azure.control.list(AGENT, VERSION)),
        ):
            with contextlib.suppress(SreAgentError):
                call()

    for request in script.requests:
        audience = request.headers["authorization"].split()[-1]
        host = request.url.host
        if audience == f"{ARM}/.default":
            assert (request.url.scheme, host) == ("https", "management.azure.com")
        else:
            assert request.url.scheme == "https"
            assert host.endswith(".azuresre.ai")

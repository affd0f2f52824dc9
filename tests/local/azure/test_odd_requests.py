"""No request, however odd, makes the local Azure answer 500, print a traceback, or stop answering."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import sre_agent_local.azure
from sre_agent_local.azure.control_plane import dispatch as control_plane
from sre_agent_local.azure.data_plane import dispatch as data_plane
from sre_agent_local.azure.server.app import build
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.settings import LocalSettings
from sre_agent_local.azure.state.store import Store
from sre_agent_local.azure.tokens import DEVELOPER
from support.arm_agent import AGENT, GROUP
from support.azure import DATA_AUDIENCE, GENERAL, GROUPS, PREVIEW, Json

SOURCE = "".join(path.read_text() for path in Path(sre_agent_local.azure.__path__[0]).rglob("*.py"))
NAMES = sorted(set(re.findall(r'"([a-z][a-zA-Z]+)"', SOURCE)))
"""Every member that the server may look at, and other words."""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
BODIES = (
    JSON.map(lambda value: json.dumps(value).encode())
    | JSON.map(lambda value: json.dumps({"location": "swedencentral", "properties": value}).encode())
    | st.binary(max_size=40)
)
ARM_ROUTES = [
    (method, path) for path, methods in control_plane.ROUTES.describe().items() for method in methods
]
DATA_ROUTES = [(method, path) for path, methods in data_plane.ROUTES.describe().items() for method in methods]
ODD_NAMES = st.sampled_from(["a", "sre-one", "%00", "%FF", "..%2F", "%C3%A9", "x" * 300, "a b", "~"])
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "accept", "authorization", "x-identity-header", "if-match", "origin"]),
    st.sampled_from(
        [
            "",
            "multipart/form-data; boundary=a",
            "multipart/form-data",
            "text/html",
            "Bearer .",
            "Bearer é.é.é",
            "*/*",
        ]
    ),
    max_size=3,
)


class Probe:
    """A local Azure in this process, whose exceptions are raised rather than rendered."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self._store = Store(folder / "azure.sqlite3")
        seconds = LocalSettings(operation_seconds=0, ready_seconds=0, platform_seconds=0)
        self.azure = AzureState(self._store, "http://127.0.0.1:80", seconds, lambda: None)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(build(self.azure)), base_url="http://127.0.0.1"
        )
        self.send("PUT", f"{GROUP}?api-version={GROUPS}", b'{"location": "swedencentral"}')
        identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-sre"
        self.send("PUT", f"{identity}?api-version=2023-01-31", b'{"location": "swedencentral"}')
        configuration: Json = {"identity": identity, "managedResources": []}
        body = {
            "location": "swedencentral",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
            "properties": {
                "knowledgeGraphConfiguration": configuration,
                "actionConfiguration": {"identity": identity, "mode": "Review", "accessLevel": "Low"},
            },
        }
        made = self.send("PUT", f"{AGENT}?api-version={PREVIEW}", json.dumps(body).encode())
        assert made.is_success, made.text
        self.send("GET", f"{AGENT}?api-version={PREVIEW}")
        self.endpoint = self.send("GET", f"{AGENT}?api-version={PREVIEW}").json()["properties"][
            "agentEndpoint"
        ]

    def url(self, url: str) -> str:
        """Return where a request of the list goes: below the agent's endpoint, or to ARM."""
        return url if url.startswith("/subscriptions/") else self.endpoint + url

    def send(
        self, method: str, url: str, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        audience = DATA_AUDIENCE if "/agents/sre-one--" in url else "https://management.azure.com"
        token, _ = self.azure.tokens.issue(audience, DEVELOPER, DEVELOPER)
        given: dict[str, Any] = {
            "authorization": f"Bearer {token}",
            "accept": "application/json",
            **(headers or {}),
        }
        raw = {name: value.encode() for name, value in given.items()}
        return self.runner.run(self._client.request(method, url, content=content, headers=raw))

    def close(self) -> None:
        self.runner.run(self._client.aclose())
        self.runner.close()
        self._store.close()


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    made = Probe(tmp_path_factory.mktemp("probe"))
    yield made
    made.close()


def check(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.headers.get("content-type", "").startswith("application/json") and answer.content:
        json.loads(answer.content)


LIMITS = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@LIMITS
@given(
    st.sampled_from(DATA_ROUTES),
    ODD_NAMES,
    BODIES,
    HEADERS,
    st.sampled_from(["", "?pageSize=x", "?$top=-", "?id=%FF"]),
)
@example(("PUT", "/api/v2/extendedAgent/hooks/{}"), "a", b'{"properties": {"hook": {"type": []}}}', {}, "")
def test_no_request_to_an_agent_ends_in_an_error_of_the_server(
    probe: Probe, route: tuple[str, str], name: str, body: bytes, headers: dict[str, str], query: str
) -> None:
    check(probe.send(route[0], f"{probe.endpoint}{route[1].replace('{}', name)}{query}", body, headers))


@LIMITS
@given(st.sampled_from(ARM_ROUTES), ODD_NAMES, BODIES, HEADERS, st.sampled_from([GENERAL, PREVIEW, "", "x"]))
def test_no_request_to_the_control_plane_ends_in_an_error_of_the_server(
    probe: Probe, route: tuple[str, str], name: str, body: bytes, headers: dict[str, str], version: str
) -> None:
    check(probe.send(route[0], f"{_arm_url(route[1], name)}?api-version={version}", body, headers))


def _arm_url(path: str, name: str) -> str:
    namespace, _, rest = path.lstrip("/").partition("/")
    return f"{GROUP}/providers/{namespace}/{rest.replace('{}', name)}"


@LIMITS
@given(
    st.sampled_from(
        [
            "POST /_local/faults",
            "PATCH /_local/switches",
            "GET /_local/requests?since=x",
            "GET /msi/token?resource=x",
            "GET /users/me",
            "POST /v2/track",
            "GET /metadata/endpoints",
            "GET /",
        ]
    ),
    BODIES,
    HEADERS,
)
def test_no_request_to_the_server_itself_ends_in_an_error_of_it(
    probe: Probe, route: str, body: bytes, headers: dict[str, str]
) -> None:
    method, url = route.split(" ")
    token = {"x-local-azure-token": probe.azure.administration_token}
    check(probe.send(method, url, body, {**headers, **token}))
    probe.azure.faults.remove()


REQUESTS = [json.loads(line) for line in Path(__file__).with_name("requests.jsonl").read_text().splitlines()]
"""A request of every kind that the tests of this folder send: method, URL, body."""
ODD_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        "x" * 5000,
        "\u00e9\0",
        [],
        {},
        [None],
        {"a": None},
        [{}],
        {"": []},
        "P1D",
    ]
)


@LIMITS
@given(st.data())
def test_no_request_with_a_wrong_member_ends_in_an_error_of_the_server(
    probe: Probe, data: st.DataObject
) -> None:
    """Of the right shape but in one place, or two."""
    method, url, body = data.draw(st.sampled_from(REQUESTS))
    for _ in range(data.draw(st.integers(1, 2))):
        *above, last = data.draw(st.sampled_from([place for place in _places(body) if place] or [("a",)]))
        body = json.loads(json.dumps(body))
        holder = body
        for step in above:
            holder = holder[step]
        holder[last] = data.draw(ODD_VALUES)
    check(probe.send(method, probe.url(url), json.dumps(body).encode()))
    check(probe.send("GET", probe.url(url)))


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return where the values within a value lie."""
    yield place
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        yield from _places(member, (*place, key))

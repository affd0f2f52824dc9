"""No request, however odd, makes the local Azure answer 500, print a traceback, or stop answering."""

import asyncio
import gzip
import io
import json
import re
import tarfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import sre_agent_local.azure
from sre_agent_local.azure.control_plane import dispatch as control_plane
from sre_agent_local.azure.data_plane import dispatch as data_plane
from sre_agent_local.azure.http import archives
from sre_agent_local.azure.server.app import build
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.settings import LocalSettings
from sre_agent_local.azure.state.store import Store
from sre_agent_local.azure.tokens import DEVELOPER
from support.azure import DATA_AUDIENCE, GENERAL, GROUPS, PREVIEW, SUBSCRIPTION, Json, LocalAzure, error
from support.samples.knowledge import MEMORIES, MEMORY, form

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/sre-one"
SKILL = "/api/v2/extendedAgent/skills/a"
DEEP = b'{"properties":' * 5000 + b"1" + b"}" * 5000
ODD_BODIES = [
    pytest.param(DEEP, id="deep"),
    pytest.param(b'{"properties": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="100,000 brackets"),
    pytest.param(b'{"properties": {"a": ' + b"9" * 5000 + b"}}", id="5,000 digits"),
    pytest.param(b'{"properties": {"a": 1e999}}', id="too large a number"),
    pytest.param(b'{"properties": {"a": NaN}}', id="NaN"),
    pytest.param(b'{"properties": {"a": "\\ud800"}}', id="half of a surrogate pair"),
    pytest.param(b'{"properties": {"a": "\xff"}}', id="not UTF-8"),
    pytest.param(b"\xff\xfe{\x00}\x00", id="UTF-16"),
    pytest.param(b"[]", id="an array"),
    pytest.param(b"", id="nothing"),
]


@pytest.mark.parametrize("body", ODD_BODIES)
def test_a_body_that_cannot_be_read_is_refused(azure: LocalAzure, body: bytes) -> None:
    """Each plane says so in its own way, administration in a sentence."""
    agent = azure.agent()
    group = azure.arm("PUT", f"{GROUP}-two?api-version={GROUPS}", body)
    fault = azure.http.post("/_local/faults", content=body)

    assert error(group) == (400, "InvalidRequestContent")
    assert error(fault) == (400, "BadRequest")
    assert azure.data("PUT", agent, SKILL, body).status_code == 405
    for answer in (group, fault):
        assert len(answer.json()["error"]["message"]) < 300


@cache
def bomb() -> bytes:
    """Take the second that 300 MB take to be compressed in the tests that send them alone."""
    return gzip.compress(bytes(300 * 1024 * 1024))


def many() -> bytes:
    return archive_of(*(member(str(number)) for number in range(archives.MOST_MEMBERS + 1)))


def archive_of(*members: tarfile.TarInfo, content: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member in members:
            member.size = len(content) if member.isfile() else 0
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(archive_of(member("a", tarfile.SYMTYPE, "/etc/passwd")), "'a' is a link", id="link"),
        pytest.param(archive_of(member("a", tarfile.LNKTYPE, "b")), "'a' is a link", id="hard link"),
        pytest.param(archive_of(member("a", tarfile.FIFOTYPE)), "'a' is a link or a device", id="fifo"),
        pytest.param(archive_of(member("../a")), "not the path of a file", id="above"),
        pytest.param(archive_of(member("/a")), "not the path of a file", id="absolute"),
        pytest.param(bomb, "more than 32 MB", id="300 MB"),
        pytest.param(gzip.compress(b"no tar"), "not a gzip-compressed tar", id="no tar"),
        pytest.param(b"\x1f\x8b" + bytes(100), "not a gzip-compressed tar", id="no gzip"),
        pytest.param(many, "more than 10000 members", id="many"),
    ],
)
def test_an_odd_archive_is_refused(azure: LocalAzure, body: bytes | Callable[[], bytes], words: str) -> None:
    body = body() if callable(body) else body
    assert len(body) < 500_000
    answer = azure.data("POST", azure.agent(), MEMORIES, body, headers={"Content-Type": "application/gzip"})

    assert error(answer) == (400, "BadRequest")
    assert words in answer.json()["error"]["message"]


def test_a_large_archive_holds_up_nobody_else(azure: LocalAzure) -> None:
    """It is unpacked beside the event loop, and only for who may log in."""
    body = bomb()
    agent = azure.agent()
    url = f"{azure.endpoint(agent)}{MEMORIES}"
    started = time.monotonic()
    stranger = httpx.post(url, content=body, headers={"Content-Type": "application/gzip"})

    assert error(stranger) == (401, "AuthenticationFailed")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"--frontier\r\n" + b"x" * 20_000, "longer than 16 KB", id="head"),
        pytest.param(b"--frontier\r\n" + b"x: y\r\n" * 500_000, "longer than 16 KB", id="endless head"),
        pytest.param(form({}, triggerIndexing="x" * 2_000_000)[0], "larger than 1 MB", id="field"),
        pytest.param(form({f"{n}.md": b"" for n in range(1001)})[0], "more than 1000 parts", id="parts"),
        pytest.param(b"--frontier\r\n\r\n\r\n--frontier--\r\n", "no name", id="no name"),
    ],
)
def test_an_odd_form_is_refused(azure: LocalAzure, body: bytes, words: str) -> None:
    """And nothing of it is kept."""
    answer = azure.data("POST", azure.agent(), f"{MEMORY}/upload", body, headers=form({})[1])

    assert error(answer) == (400, "InvalidRequestContent")
    assert words in answer.json()["error"]["message"]
    assert list((azure.data_folder / "files").iterdir()) == []


@pytest.mark.parametrize("content_type", ["multipart/form-data", f"multipart/form-data; boundary={'x' * 71}"])
def test_a_form_needs_a_boundary(azure: LocalAzure, content_type: str) -> None:
    headers = {"Content-Type": content_type}

    answer = azure.data("POST", azure.agent(), f"{MEMORY}/upload", b"--x--\r\n", headers=headers)
    assert error(answer) == (400, "InvalidRequestContent")


def test_what_strangers_send_is_not_kept(azure: LocalAzure) -> None:
    """Neither in memory nor on disk, and they are told that they are strangers."""
    url = azure.endpoint(azure.agent())
    body, headers = form({"a.md": bytes(8_000_000)})

    assert error(httpx.post(f"{url}{MEMORY}/upload", content=body, headers=headers))[0] == 401
    assert error(httpx.put(f"{url}{SKILL}", content=bytes(8_000_000)))[0] == 401
    assert error(azure.data("PUT", AGENT, SKILL, bytes(40_000_000))) == (413, "RequestTooLarge")


def test_a_field_that_is_not_utf_8_is_refused(azure: LocalAzure) -> None:
    body, headers = form({"a.md": b"a"}, triggerIndexing="$")
    answer = azure.data(
        "POST", azure.agent(), f"{MEMORY}/upload", body.replace(b"$", b"\xff"), headers=headers
    )

    assert error(answer) == (400, "InvalidRequestContent")


@pytest.mark.parametrize("value", ["x", "-1", "", "1" * 5000, "²", "1.5"])
@pytest.mark.parametrize(
    "path",
    [
        f"{MEMORY}/files?pageSize=",
        f"{MEMORY}/documents?query=a&k=",
        "/api/v1/threads?$top=",
        "/api/v1/threads/insights?take=",
    ],
)
def test_a_number_in_the_query_is_one(azure: LocalAzure, path: str, value: str) -> None:
    assert azure.data("GET", azure.agent(), path + value).status_code in (400, 404)


@pytest.mark.parametrize("value", ["x", "-1", "1" * 5000, "9" * 19])
def test_a_number_of_administration_is_one(azure: LocalAzure, value: str) -> None:
    assert error(azure.http.get(f"/_local/requests?since={value}")) == (400, "BadRequest")


SOURCE = "".join(path.read_text() for path in Path(sre_agent_local.azure.__path__[0]).rglob("*.py"))
NAMES = sorted(set(re.findall(r'"([a-z][a-zA-Z]+)"', SOURCE)))
"""Every member that the server may look at, and other words."""
SPACE = {"location": "swedencentral", "identity": {"type": "SystemAssigned"}, "properties": {}}


@pytest.mark.parametrize("properties", ["x", 1, ["a"], True])
def test_properties_are_an_object(azure: LocalAzure, properties: object) -> None:
    azure.group()
    space = f"{GROUP}/providers/Microsoft.App/agentSpaces/payments"
    azure.settle(azure.arm("PUT", space, SPACE, api_version=GENERAL))

    for path in (space, f"{space}/connectors/mcp"):
        answer = azure.arm("PUT", path, {**SPACE, "properties": properties}, api_version=GENERAL)
        assert error(answer) == (400, "InvalidRequestContent")


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

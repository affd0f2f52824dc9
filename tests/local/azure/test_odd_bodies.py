"""Bodies, forms, archives and numbers that cannot be read are refused in a sentence, and hold up nobody."""

import gzip
import io
import tarfile
import time
from collections.abc import Callable
from functools import cache

import httpx
import pytest

from sre_agent_local.azure.http import archives
from support.arm_agent import AGENT, GROUP
from support.azure import GENERAL, GROUPS, LocalAzure, error
from support.samples.knowledge import MEMORIES, MEMORY, form

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


SPACE = {"location": "swedencentral", "identity": {"type": "SystemAssigned"}, "properties": {}}


@pytest.mark.parametrize("properties", ["x", 1, ["a"], True])
def test_properties_are_an_object(azure: LocalAzure, properties: object) -> None:
    azure.group()
    space = f"{GROUP}/providers/Microsoft.App/agentSpaces/payments"
    azure.settle(azure.arm("PUT", space, SPACE, api_version=GENERAL))

    for path in (space, f"{space}/connectors/mcp"):
        answer = azure.arm("PUT", path, {**SPACE, "properties": properties}, api_version=GENERAL)
        assert error(answer) == (400, "InvalidRequestContent")

"""Archives: what is packed, and what is left as it was."""

import time

import httpx
import pytest

from pulumi_sre_agent.api import NotFound, Unavailable
from pulumi_sre_agent.api.collections.archives import pack, unpack
from pulumi_sre_agent.api.kinds import REPO_INSTRUCTIONS, SYNTHESIZED_KNOWLEDGE
from support.samples.knowledge import MEMORIES, archive
from support.scripted import AGENT, Answer, Script, page, refused, reply

BINARY = b"\xff\x00"


def packed(content: bytes) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": "application/gzip"}, content=content)


def test_the_same_files_make_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order they are given, whenever that is; and they come out as they went in."""
    files = {"b/ü.md": b"B", "a.md": b""}
    before = pack(files)
    monkeypatch.setattr(time, "time", lambda: 2e9)

    assert pack(dict(reversed(files.items()))) == before
    assert unpack(pack(files)) == files
    assert unpack(archive({"a.md": "A"})) == {"a.md": b"A"}


def test_others_files_stay_in_what_is_written(script: Script) -> None:
    """Byte by byte; ours are put in, and those that go are left out."""
    there = pack({"a.md": b"old", "gone.md": b"x", "theirs.png": BINARY})
    script.agent().on("GET", f"{MEMORIES}$", packed(there)).on("POST", f"{MEMORIES}$", reply(200))
    with script.azure() as azure:
        items = azure.items(SYNTHESIZED_KNOWLEDGE, AGENT, "data")
        stored = items.put("default", {"files": {"a.md": "new", "b.md": "B", "gone.md": None}})

    [sent] = [request for request in script.requests if request.method == "POST"]
    assert unpack(sent.content) == {"a.md": b"new", "b.md": b"B", "theirs.png": BINARY}
    assert sent.headers["content-type"] == "application/gzip"
    assert stored["files"].keys() == {"a.md", "b.md", "theirs.png"}


def test_instructions_are_those_of_a_repository(script: Script) -> None:
    """Which repositories have some cannot be asked."""
    script.agent().on("GET", "/repo-instructions$", packed(pack({"a.md": b"A"})))
    script.on("POST", "/repo-instructions$", reply(200))
    with script.azure() as azure:
        items = azure.items(REPO_INSTRUCTIONS, AGENT, "data")
        assert items.get("contoso/pay") == {"files": {"a.md": "A"}}
        items.delete("contoso/pay")
        assert items.list() == {}

    assert script.requests[-1].url.query == b"repo=contoso%2Fpay"
    assert unpack(script.requests[-1].content) == {}


@pytest.mark.parametrize("answer", [refused(404), reply(200), packed(pack({}))])
def test_no_archive_and_an_empty_one_are_the_same(script: Script, answer: Answer) -> None:
    script.agent().on("GET", f"{MEMORIES}$", answer)
    with script.azure() as azure:
        items = azure.items(SYNTHESIZED_KNOWLEDGE, AGENT, "data")
        with pytest.raises(NotFound):
            items.get("default")
        assert items.list() == {}


@pytest.mark.parametrize(
    "answer", [packed(b"text"), packed(pack({"a.md": bytes(9)})[:60]), page(), reply(200, {"files": []})]
)
def test_what_is_no_archive_is_not_believed(script: Script, answer: Answer) -> None:
    """Nothing is written over it."""
    script.agent().on("GET", f"{MEMORIES}$", answer)
    with script.azure() as azure, pytest.raises(Unavailable, match=r"not an archive|a web page"):
        azure.items(SYNTHESIZED_KNOWLEDGE, AGENT, "data").put("default", {"files": {}})

    assert not [request for request in script.requests if request.method == "POST"]

"""Knowledge documents: what an upload sends, what is sent again, and what is made of the answers."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import ApiError, Client, ConfigError, NotFound, OperationFailed, Unavailable, limits
from pulumi_sre_agent.api.collections.documents import DocumentCollection
from pulumi_sre_agent.api.http.bodies import Document
from pulumi_sre_agent.api.kinds import KNOWLEDGE_DOCUMENT
from support.scripted import AGENT, Script, page, refused, reply

MEMORY = "/api/v1/agentmemory"
TAKEN = reply(200, {"message": "Successfully uploaded 1 file(s).", "uploaded": ["a.md"]})


@pytest.fixture
def script(script: Script) -> Script:
    return script.agent()


def documents(azure: Client) -> DocumentCollection:
    items = azure.items(KNOWLEDGE_DOCUMENT, AGENT, "data")
    assert isinstance(items, DocumentCollection)
    return items


def entry(name: str = "a.md", **members: Any) -> dict[str, Any]:
    return {"name": name, "size": 3, "isIndexed": True, "errorReason": None, **members}


def listing(*entries: dict[str, Any], token: str = "") -> httpx.Response:
    return reply(200, {"files": list(entries), "continuationToken": token})


def uploads(script: Script) -> list[httpx.Request]:
    return [request for request in script.requests if request.url.path == f"{MEMORY}/upload"]


def test_a_file_is_sent_as_a_form(script: Script, tmp_path: Path) -> None:
    """Byte by byte, with its length announced, and with the wish to be indexed."""
    path = tmp_path / "local.bin"
    path.write_bytes(bytes(range(256)) * 2000)
    script.on("POST", "/upload$", TAKEN)
    with script.azure() as azure:
        assert documents(azure).put("a.md", {"path": str(path)}) == {"size": 512_000, "isIndexed": False}

    [request] = uploads(script)
    boundary = request.headers["content-type"].removeprefix("multipart/form-data; boundary=")
    assert (
        request.content
        == (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.md"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + path.read_bytes()
        + f"\r\n--{boundary}--\r\n".encode()
    )
    assert request.headers["content-length"] == str(len(request.content))
    assert "transfer-encoding" not in request.headers
    assert request.url.query == b"triggerIndexing=true"


def test_a_document_that_is_only_kept_is_not_waited_for(script: Script) -> None:
    """It is settled once it is there."""
    script.on("POST", "/upload$", TAKEN)
    script.on("GET", "/files$", listing(entry(size=2, isIndexed=False)))
    with script.azure() as azure:
        items = documents(azure)
        sent = items.put("a.md", {"content": "# ", "triggerIndexing": False})
        settled = items.wait_until_ready("a.md", sent)

    assert uploads(script)[0].url.query == b"triggerIndexing=false"
    assert (sent["size"], settled["isIndexed"]) == (2, False)


@pytest.mark.parametrize(
    "fault", [httpx.ReadError("reset"), refused(500), page(status=502), refused(429), refused(401), page()]
)
def test_an_upload_is_repeated_from_its_first_byte(
    script: Script, tmp_path: Path, fault: httpx.Response | Exception
) -> None:
    """A document of the same name replaces, so twice is as good as once."""
    path = tmp_path / "a.md"
    path.write_bytes(b"# A\n")
    script.on("POST", "/upload$", fault, TAKEN)
    with script.azure() as azure:
        documents(azure).put("a.md", {"path": str(path)})

    first, second = uploads(script)
    assert first.content == second.content


def test_a_text_is_sent_as_utf_8(script: Script) -> None:
    script.on("POST", "/upload$", TAKEN)
    with script.azure() as azure:
        assert documents(azure).put("a.md", {"content": "Größe"})["size"] == 7

    assert "Größe".encode() in uploads(script)[0].content


def test_documents_travel_in_as_few_requests_as_may_be(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the service's limit of a request."""
    monkeypatch.setattr(limits, "LONGEST_UPLOAD", 10)
    (tmp_path / "long").write_bytes(bytes(9))
    sources: dict[str, bytes | Path] = {
        "a.md": bytes(6),
        "b.md": bytes(4),
        "c.md": tmp_path / "long",
        "d.md": bytes(2),
    }
    script.on("POST", "/upload$", TAKEN)
    with script.azure() as azure:
        stored = documents(azure).upload([Document(name, source) for name, source in sources.items()])

    assert {name: spec["size"] for name, spec in stored.items()} == {
        "a.md": 6,
        "b.md": 4,
        "c.md": 9,
        "d.md": 2,
    }
    assert [request.content.count(b"filename=") for request in uploads(script)] == [2, 1, 1]


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        pytest.param(
            reply(400, {"error": "Agent memory is disabled. Cannot upload documents."}),
            ApiError,
            "of agent pay failed with 400: Agent memory is disabled. Cannot upload documents.",
            id="memory is off",
        ),
        pytest.param(
            reply(200, {"uploaded": [], "detail": [{"fileName": "a.md", "errorMessage": "Too odd."}]}),
            ApiError,
            "knowledge document a.md of agent pay was not taken: Too odd.",
            id="one is not taken",
        ),
    ],
)
def test_what_the_service_does_not_take_it_gives_the_reason_for(
    script: Script, answer: httpx.Response, error: type[Exception], sentence: str
) -> None:
    script.on("POST", "/upload$", answer)
    with script.azure() as azure, pytest.raises(error) as told:
        documents(azure).put("a.md", {"content": "x"})

    assert str(told.value).endswith(sentence)


def test_a_file_that_is_not_there_or_shrinks_is_told(script: Script, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    script.on("POST", "/upload$", TAKEN)
    with script.azure() as azure:
        with pytest.raises(ConfigError, match=r"a\.md cannot be read: No such file or directory\.$"):
            documents(azure).put("a.md", {"path": str(path)})
        path.write_bytes(b"# A\n")
        document = Document("a.md", _Shrinking(path))
        with pytest.raises(
            ConfigError, match=r"a\.md became shorter while it was sent: run the same again\.$"
        ):
            documents(azure).upload([document])

    assert uploads(script) == []


class _Shrinking(type(Path())):  # type: ignore[misc] # a path of this system
    """A file that loses a byte between the look at its size and its first byte."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        Path(self).write_bytes(b"#")
        return super().open(*args, **kwargs)


def test_indexing_is_waited_for(script: Script) -> None:
    """Until the document is listed, as long as it is now, and indexed."""
    script.on(
        "GET",
        "/files$",
        listing(),
        listing(entry(size=9)),
        listing(entry(isIndexed=False)),
        listing(entry(lastModified="now")),
    )
    with script.azure() as azure:
        assert documents(azure).wait_until_ready("a.md", {"size": 3}) == entry(lastModified="now")

    assert script.requests[-1].url.query == b"prefix=a.md"


def test_indexing_that_fails_or_lasts_is_told(script: Script) -> None:
    script.on("GET", "/files$", listing(entry(isIndexed=False, errorReason="No text in it.")))
    with (
        script.azure() as azure,
        pytest.raises(
            OperationFailed, match=r"^knowledge document a\.md of agent pay was not indexed: No text in it\.$"
        ),
    ):
        documents(azure).wait_until_ready("a.md", {"size": 3})
    script.on("GET", "/files$", listing(entry(isIndexed=False)))
    with (
        script.azure() as azure,
        pytest.raises(Unavailable, match=r"a\.md of agent pay is still not indexed after 10 minutes\.$"),
    ):
        documents(azure).wait_until_ready("a.md", {"size": 3})


def test_lists_follow_their_tokens(script: Script) -> None:
    """And older names of members are read too."""
    script.on("GET", "/files$", listing(entry("a.md"), token="next one"), listing({"fileName": "b.md"}))
    with script.azure() as azure:
        assert documents(azure).list() == {"a.md": entry("a.md"), "b.md": {"fileName": "b.md"}}

    assert script.requests[-1].url.query == b"continuationToken=next+one"


def test_a_document_that_is_not_listed_is_not_there(script: Script) -> None:
    """Also where the service takes no prefix, or another document's name begins alike."""
    script.on("GET", "/files$", listing(entry("a.md.md")))
    with (
        script.azure() as azure,
        pytest.raises(NotFound, match=r"^knowledge document a\.md of agent pay is not there\.$"),
    ):
        documents(azure).get("a.md")


def test_a_500_that_hid_a_delete_is_found_out_by_listing(script: Script) -> None:
    """What is still listed was not deleted; what is gone already was."""
    script.on("DELETE", "/document/a.md$", refused(500, message="Failed to delete document"))
    script.on("DELETE", "/document/b.md$", refused(404))
    script.on("GET", "/files$", listing(), listing(entry()))
    with script.azure() as azure:
        documents(azure).delete("a.md")
        documents(azure).delete("b.md")
        with pytest.raises(ApiError, match="Failed to delete document"):
            documents(azure).delete("a.md")


def test_many_are_deleted_in_one_request(script: Script) -> None:
    """By name; without names nothing is sent, since the service might take that for all."""
    script.on("DELETE", "/documents$", reply(200, {"deleted": ["a.md"], "failed": ["b.md"]}))
    script.on("GET", "/files$", listing(), listing(entry("b.md")))
    with script.azure() as azure:
        documents(azure).delete_many(["a.md", "b.md"])
        with pytest.raises(ApiError, match=r"^agent pay could not delete b\.md\.$"):
            documents(azure).delete_many(["a.md", "b.md"])
        with pytest.raises(ConfigError, match="may delete them all"):
            documents(azure).delete_many([])

    sent = [request for request in script.requests if request.method == "DELETE"]
    assert [json.loads(request.content) for request in sent] == [["a.md", "b.md"]] * 2

"""Knowledge documents: forms are taken apart, indexed in the background, listed page by page, and found."""

import json

import pytest

from support.azure import Json, LocalAzure, error
from support.samples.knowledge import MEMORY, form, listed, upload

MEGABYTE = 1024 * 1024


def test_a_document_lives(azure: LocalAzure) -> None:
    """It is listed at once, indexed after a while, found by its words, replaced by name, and deleted."""
    azure.switch(operationSeconds=0.3)
    agent = azure.agent()
    body, headers = form({"runbook.md": b"# Payments\r\n--frontie\r\n"}, triggerIndexing="true")

    made = azure.data("POST", agent, f"{MEMORY}/upload", body, headers=headers)
    early = listed(azure, agent)["runbook.md"]
    azure.poll(lambda: listed(azure, agent)["runbook.md"]["isIndexed"])
    found = azure.data("GET", agent, f"{MEMORY}/documents?query=payments&k=3").json()["results"]
    upload(azure, agent, runbook__md=b"12")
    again = listed(azure, agent)["runbook.md"]
    gone = azure.data("DELETE", agent, f"{MEMORY}/document/runbook.md")

    assert made.json()["uploaded"] == ["runbook.md"]
    assert made.json()["indexingTriggered"] is True
    assert (early["size"], early["isIndexed"], early["errorReason"]) == (23, False, None)
    assert [json.loads(hit)["Contents"] for hit in found] == ["# Payments\n--frontie\n"]
    assert (again["size"], again["isIndexed"]) == (2, False)
    assert (gone.status_code, listed(azure, agent)) == (200, {})
    assert error(azure.data("DELETE", agent, f"{MEMORY}/document/runbook.md")) == (404, "NotFound")


def test_a_file_arrives_as_it_was_however_it_is_cut_into_pieces(azure: LocalAzure) -> None:
    """Also one that holds what looks like the end of a part."""
    agent = azure.agent()
    content = (b"\r\n--frontier"[:-1] + b"\r\n\r\n--" + bytes(range(256))) * 5000

    upload(azure, agent, one__pdf=content, two__pdf=content + b"\r\n", empty__txt=b"")

    sizes = {name: entry["size"] for name, entry in listed(azure, agent).items()}
    assert sizes == {"empty.txt": 0, "one.pdf": len(content), "two.pdf": len(content) + 2}
    kept = {file.read_bytes() for file in (azure.data_folder / "files").iterdir()}
    assert kept == {b"", content, content + b"\r\n"}


def test_files_go_with_what_they_belong_to(azure: LocalAzure) -> None:
    """Nothing is left of what was refused, replaced or deleted, or of an agent that is gone."""
    agent, files = azure.agent(), azure.data_folder / "files"
    upload(azure, agent, one__md=b"1")
    upload(azure, agent, one__md=b"2")
    body, headers = form({"one.exe": b"3"})
    azure.data("POST", agent, f"{MEMORY}/upload", body, headers=headers)
    cut = azure.data("POST", agent, f"{MEMORY}/upload", body[:-20], headers=headers)

    assert error(cut) == (400, "InvalidRequestContent")
    assert [file.read_bytes() for file in files.iterdir()] == [b"2"]
    azure.settle(azure.arm("DELETE", agent))
    azure.poll(lambda: not list(files.iterdir()))  # they go once the store has forgotten them


def test_lists_have_pages(azure: LocalAzure) -> None:
    """Each names the next by a token, and a prefix narrows them."""
    agent = azure.agent()
    upload(azure, agent, **{f"{number}__md": b"x" for number in range(5)}, a1__md=b"x")
    seen: list[str] = []
    token = ""
    while True:
        page = azure.data("GET", agent, f"{MEMORY}/files?pageSize=4&continuationToken={token}").json()
        seen += [entry["name"] for entry in page["files"]]
        if not (token := page["continuationToken"]):
            break

    assert seen == ["0.md", "1.md", "2.md", "3.md", "4.md", "a1.md"]
    assert [
        entry["name"] for entry in azure.data("GET", agent, f"{MEMORY}/files?prefix=a").json()["files"]
    ] == ["a1.md"]
    assert azure.data("GET", agent, f"{MEMORY}/files/count").json() == {"count": 6}


def test_indexing_that_fails_says_why_and_can_be_repeated(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.fault("operationFailed", path="/upload$", code="Unreadable", message="No text in it.", times=1)
    upload(azure, agent, one__pdf=b"1", two__pdf=b"2")
    azure.poll(lambda: listed(azure, agent)["one.pdf"]["errorReason"])
    failed = listed(azure, agent)["one.pdf"]
    counts = azure.data("GET", agent, f"{MEMORY}/indexer-status").json()["lastExecution"]
    rebuilt = azure.data("POST", agent, f"{MEMORY}/rebuildIndex")
    azure.poll(lambda: listed(azure, agent)["one.pdf"]["isIndexed"])

    assert (failed["isIndexed"], failed["errorReason"]) == (False, "Unreadable: No text in it.")
    assert (counts["documentsProcessed"], counts["documentsFailed"]) == (1, 1)
    assert rebuilt.is_success


def test_indexing_can_wait(azure: LocalAzure) -> None:
    """Until somebody asks for it."""
    agent = azure.agent()
    body, headers = form({"one.md": b"1"})
    made = azure.data("POST", agent, f"{MEMORY}/upload?triggerIndexing=false", body, headers=headers)

    assert made.json()["indexingTriggered"] is False
    assert azure.data("GET", agent, f"{MEMORY}/documents?query=1").json() == {"results": []}
    azure.data("POST", agent, f"{MEMORY}/rebuildIndex")
    azure.poll(lambda: listed(azure, agent)["one.md"]["isIndexed"])


@pytest.mark.parametrize(
    ("body", "deleted", "failed"),
    [
        pytest.param(["a.md", "no.md"], ["a.md"], ["no.md"], id="array"),
        pytest.param({"fileNames": ["b.md"]}, ["b.md"], [], id="object"),
        pytest.param(None, ["a.md", "b.md"], [], id="all"),
    ],
)
def test_many_are_deleted_at_once(
    azure: LocalAzure, body: Json | None, deleted: list[str], failed: list[str]
) -> None:
    agent = azure.agent()
    upload(azure, agent, a__md=b"x", b__md=b"x")

    answer = azure.data("DELETE", agent, f"{MEMORY}/documents", body).json()

    assert (answer["deleted"], answer["failed"]) == (deleted, failed)
    assert set(listed(azure, agent)) == {"a.md", "b.md"} - set(deleted)


def test_memory_that_is_off_takes_nothing(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.switch(memoryEnabled=False)
    body, headers = form({"one.md": b"1"})
    answer = azure.data("POST", agent, f"{MEMORY}/upload", body, headers=headers)

    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Agent memory is disabled. Cannot upload documents."},
    )
    assert azure.data("GET", agent, f"{MEMORY}/status").json()["enabled"] is False


@pytest.mark.parametrize(
    ("files", "status", "reason"),
    [
        pytest.param({"run book.md": b""}, 400, "letters, digits", id="name"),
        pytest.param({"a.exe": b""}, 400, "'.exe' is not supported", id="type"),
        pytest.param({"a.md": bytes(16 * MEGABYTE + 1)}, 400, "exceeds the limit of 16 MB", id="file"),
        pytest.param({f"{n}.md": bytes(15 * MEGABYTE) for n in range(7)}, 413, "100 MB", id="request"),
        pytest.param({}, 400, "No files", id="none"),
    ],
)
def test_refusals(azure: LocalAzure, files: dict[str, bytes], status: int, reason: str) -> None:
    """And then none of the files is kept."""
    agent = azure.agent()
    body, headers = form({"good.md": b"1", **files} if files else {})

    answer = azure.data("POST", agent, f"{MEMORY}/upload", body, headers=headers)

    assert answer.status_code == status
    assert reason in answer.text
    assert listed(azure, agent) == {}

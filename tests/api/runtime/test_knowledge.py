"""The documents of an agent, searching them, and their index."""

from pathlib import Path

import pytest

from pulumi_sre_agent.api import Client, ConfigError, NotFound, Unavailable
from pulumi_sre_agent.api.runtime.knowledge import Knowledge
from support.azure import LocalAzure
from support.scripted import AGENT, Script, reply


def test_passages_are_json_in_strings(script: Script) -> None:
    result = '{"Id": "1", "Title": "runbook.md", "Contents": "Restart it.", "DerivedTypeName": "x"}'
    script.agent().on("GET", "/agentmemory/documents$", reply(200, {"results": [result]}))
    with script.azure() as azure:
        (passage,) = Knowledge(azure.data_plane(AGENT)).search("how to restart", most=3)

    assert (passage.title, passage.contents) == ("runbook.md", "Restart it.")
    assert script.requests[-1].url.query == b"query=how+to+restart&k=3"


@pytest.mark.parametrize("result", ["no JSON", '["a list"]', 7])
def test_something_that_is_no_passage(script: Script, result: object) -> None:
    script.agent().on("GET", "/agentmemory/documents$", reply(200, {"results": [result]}))
    with script.azure() as azure, pytest.raises(Unavailable, match="not a document"):
        list(Knowledge(azure.data_plane(AGENT)).search("x"))


def test_the_index_is_looked_at_and_rebuilt(script: Script) -> None:
    last = {
        "status": "Success",
        "endTime": "2026-10-06T10:00:00Z",
        "documentsProcessed": 3,
        "documentsFailed": 1,
    }
    script.agent().on("GET", "/indexer-status$", reply(200, {"status": "Running", "lastExecution": last}))
    script.on("GET", "/agentmemory/status$", reply(200, {"enabled": True}))
    script.on("POST", "/rebuildIndex$", reply(202))
    with script.azure() as azure:
        knowledge = Knowledge(azure.data_plane(AGENT))
        indexer = knowledge.indexer()
        knowledge.rebuild()

        assert knowledge.is_enabled()
    assert indexer.status == "Running"
    assert indexer.last_execution is not None
    assert (indexer.last_execution.documents_processed, indexer.last_execution.documents_failed) == (3, 1)
    assert "POST /api/v1/agentmemory/rebuildIndex" in script.calls


def test_paths_are_uploaded_and_indexed(azure: LocalAzure, client: Client, tmp_path: Path) -> None:
    """Of a folder the files that are right in it, but for hidden ones."""
    (tmp_path / "runbooks" / "old").mkdir(parents=True)
    for name in ("runbooks/a.md", "runbooks/.hidden.md", "runbooks/old/b.md", "c.txt"):
        (tmp_path / name).write_text("Restart checkout.")
    knowledge = client.agent(azure.agent()).knowledge
    sent = knowledge.upload(tmp_path / "runbooks", str(tmp_path / "c.txt"))
    listed = {document.name: document for document in knowledge.list()}

    assert [(document.name, document.size, document.is_indexed) for document in sent] == [
        ("a.md", 17, True),
        ("c.txt", 17, True),
    ]
    assert listed == {document.name: document for document in sent}
    assert knowledge.get("a.md") == listed["a.md"]
    knowledge.delete("a.md")
    with pytest.raises(NotFound):
        knowledge.get("a.md")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a.md", "b.exe"], r"b\.exe, as a knowledge document, must end in a type"),
        (["a.md", "two words.md"], r"two words\.md, as a knowledge document, must have 1 to 1024 letters"),
        (["a.md", "other/A.md"], r"would both be the document A\.md: rename"),
        (["a.md", "nothing.md"], r"nothing\.md cannot be read: No such file"),
        (["a.md", "empty"], r"empty is a folder without files"),
    ],
)
def test_what_the_agent_would_not_take_is_refused_before_anything_is_sent(
    script: Script, tmp_path: Path, names: list[str], says: str
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("a.md", "b.exe", "two words.md", "other/A.md"):
        (tmp_path / name).write_text("x")
    script.agent()
    with script.azure() as azure:
        knowledge = azure.agent(AGENT).knowledge
        before = len(script.requests)
        with pytest.raises(ConfigError, match=says):
            knowledge.upload(*(tmp_path / name for name in names))

    assert len(script.requests) == before

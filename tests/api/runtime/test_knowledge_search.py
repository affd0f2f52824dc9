"""Searching the knowledge of an agent, and its index."""

import pytest

from pulumi_sre_agent.api import Unavailable
from pulumi_sre_agent.api.runtime.knowledge_search import KnowledgeSearch
from support.scripted import AGENT, Script, reply


def test_passages_are_json_in_strings(script: Script) -> None:
    result = '{"Id": "1", "Title": "runbook.md", "Contents": "Restart it.", "DerivedTypeName": "x"}'
    script.agent().on("GET", "/agentmemory/documents$", reply(200, {"results": [result]}))
    with script.azure() as azure:
        (passage,) = KnowledgeSearch(azure.data_plane(AGENT)).search("how to restart", most=3)

    assert (passage.title, passage.contents) == ("runbook.md", "Restart it.")
    assert script.requests[-1].url.query == b"query=how+to+restart&k=3"


@pytest.mark.parametrize("result", ["no JSON", '["a list"]', 7])
def test_something_that_is_no_passage(script: Script, result: object) -> None:
    script.agent().on("GET", "/agentmemory/documents$", reply(200, {"results": [result]}))
    with script.azure() as azure, pytest.raises(Unavailable, match="not a document"):
        list(KnowledgeSearch(azure.data_plane(AGENT)).search("x"))


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
        knowledge = KnowledgeSearch(azure.data_plane(AGENT))
        indexer = knowledge.indexer()
        knowledge.rebuild()

        assert knowledge.is_enabled()
    assert indexer.status == "Running"
    assert indexer.last_execution is not None
    assert (indexer.last_execution.documents_processed, indexer.last_execution.documents_failed) == (3, 1)
    assert "POST /api/v1/agentmemory/rebuildIndex" in script.calls

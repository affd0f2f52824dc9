"""Files of the program among those that an agent writes itself, as a first create finds them."""

import httpx
import pytest

from pulumi_sre_agent.api import SreAgentError
from pulumi_sre_agent.api.collections.archives import pack, unpack
from pulumi_sre_agent.resources._core.archive_crud import ArchiveCrud
from pulumi_sre_agent.resources.synthesized_knowledge import SynthesizedKnowledgeProvider
from support.samples.knowledge import MEMORIES
from support.scripted import AGENT, Script, reply


def test_a_file_with_another_text_is_taken_over_only_where_that_is_said() -> None:
    """One that is missing is written unasked, and others stay as they are."""
    there = pack({"a.md": b"theirs", "own.md": b"Own"})
    script = Script().agent().on("POST", f"{MEMORIES}$", reply(200))
    script.on("GET", f"{MEMORIES}$", httpx.Response(200, content=there))
    inputs = {"agent_id": AGENT, "plane": "data", "files": {"a.md": "ours", "b.md": "B"}}

    with script.azure() as azure:
        crud = ArchiveCrud(SynthesizedKnowledgeProvider.model, lambda: azure)
        with pytest.raises(SreAgentError, match="already exists and differs in files: set adopt=True"):
            crud.create(inputs)
        assert "POST" not in {request.method for request in script.requests}
        crud.create({**inputs, "adopt": True})

    assert unpack(script.requests[-1].content) == {"a.md": b"ours", "b.md": b"B", "own.md": b"Own"}

"""What the check says of knowledge, and what happens to files that others write."""

import base64
import hashlib
from pathlib import Path

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import AGENT_ID, SAMPLES, Json
from support.samples.knowledge import MEMORIES, archived, write_archive

KIND = Kind(name="SynthesizedKnowledge", title="")
PATH = "must be a path inside the archive, without . and .."


@pytest.mark.parametrize(
    ("kind", "args", "sentence"),
    [
        ("KnowledgeItem", {}, "a KnowledgeFile needs path or content"),
        (
            "KnowledgeItem",
            {"path": __file__, "content": "x"},
            "a KnowledgeFile needs path or content, not both",
        ),
        ("KnowledgeItem", {"type": "KnowledgeText"}, "a KnowledgeText needs content"),
        ("KnowledgeItem", {"type": "KnowledgeWebPage"}, "a KnowledgeWebPage needs url"),
        (
            "KnowledgeItem",
            {"type": "knowledgetext", "content": "x", "file_name": "a.md"},
            "file_name is not for a KnowledgeText",
        ),
        ("KnowledgeItem", {"url": "https://a.b", "content": "x"}, "content is not for a KnowledgeWebPage"),
        (
            "KnowledgeItem",
            {"type": "KnowledgeText", "content": "x", "url": "https://a.b"},
            "url is not for a KnowledgeText",
        ),
        ("KnowledgeItem", {"url": "a.b"}, "url must be an address such as https://example.com/page"),
        (
            "KnowledgeItem",
            {"type": "KnowledgePage", "content": "x"},
            (
                "type must be one of KnowledgeFile, KnowledgeText, KnowledgeWebPage "
                "(did you mean 'KnowledgeWebPage'?)"
            ),
        ),
        (
            "KnowledgeItem",
            {"content": "x" * 17 * 1024 * 1024},
            "content must have at most 16 MB, and has 17.0",
        ),
        (
            "KnowledgeItem",
            {"path": "/nowhere/a.md"},
            "path must name a file that can be read here (/nowhere/a.md: No such file or directory)",
        ),
        ("SynthesizedKnowledge", {"files": {}}, "files must hold at least one file"),
        ("SynthesizedKnowledge", {"files": {"/a.md": "x"}}, f"files./a.md {PATH}, such as a.md"),
        ("SynthesizedKnowledge", {"files": {"./a.md": "x"}}, f"files../a.md {PATH}, such as a.md"),
        ("RepoInstructions", {"files": {"a/../b.md": "x"}}, f"files.a/../b.md {PATH}"),
        ("RepoInstructions", {"files": {"": "x"}}, f"files. {PATH}"),
        ("RepoInstructions", {"files": {"a.md": 1}}, "files.a.md must be text"),
        ("RepoInstructions", {"repo": " ", "files": {"a.md": "x"}}, "repo must not be empty"),
        ("CustomInstructions", {"instructions": "\n"}, "instructions must not be empty"),
        ("CustomInstructions", {}, "instructions is missing"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(kind: str, args: Json, sentence: str) -> None:
    key = {"KnowledgeItem": {"name": "item"}, "RepoInstructions": {"repo": "r"}}.get(kind, {})

    assert [fault.reason for fault in resources.validate(kind, key | args)] == [sentence]


def test_a_file_as_knowledge_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    """Its name and type follow from where it lies; on the wire it is base64."""
    path = tmp_path / "Runbook.PDF"
    path.write_bytes(bytes(range(256)))
    model = model_of("KnowledgeItem")
    inputs, found = model.check(
        {}, {"agent_id": AGENT_ID, "name": "runbook", "path": str(path)}, StackDefaults()
    )
    other = base64.b64encode(b"other").decode()
    spec = model.to_wire(inputs)

    assert found == []
    assert inputs == {
        "agent_id": AGENT_ID,
        "name": "runbook",
        "path": str(path),
        "content_hash": hashlib.sha256(path.read_bytes()).hexdigest(),
        "type": "KnowledgeFile",
        "display_name": "runbook",
        "file_name": "Runbook.PDF",
        "content_type": "application/pdf",
    }
    assert spec == {
        "dataConnectorType": "KnowledgeFile",
        "extendedProperties": {
            "displayName": "runbook",
            "fileName": "Runbook.PDF",
            "contentType": "application/pdf",
            "fileContent": base64.b64encode(path.read_bytes()).decode(),
        },
    }
    assert model.merge_remote(inputs, spec) == inputs
    spec["extendedProperties"]["fileContent"] = other
    assert model.merge_remote(inputs, spec) == inputs | {"content_hash": hashlib.sha256(b"other").hexdigest()}


@pytest.mark.parametrize(
    ("args", "spec"),
    [
        (
            {"type": "KnowledgeText", "content": "x\r\n"},
            {
                "dataConnectorType": "KnowledgeText",
                "extendedProperties": {"displayName": "i", "contentType": "text/markdown", "content": "x\n"},
            },
        ),
        (
            {"url": "https://example.com", "description": "d"},
            {
                "dataConnectorType": "KnowledgeWebPage",
                "extendedProperties": {"displayName": "i", "description": "d", "url": "https://example.com"},
            },
        ),
        (
            {"content": "x"},
            {
                "dataConnectorType": "KnowledgeFile",
                "extendedProperties": {
                    "displayName": "i",
                    "fileName": "i",
                    "contentType": "text/markdown",
                    "fileContent": "eA==",
                },
            },
        ),
    ],
)
def test_texts_and_web_pages_are_written_in_their_members(args: Json, spec: Json) -> None:
    """And read from there again."""
    model = model_of("KnowledgeItem")
    inputs, found = model.check({}, {"agent_id": AGENT_ID, "name": "i", **args}, StackDefaults())

    assert found == []
    assert model.to_wire(inputs) == spec
    assert model.merge_remote(inputs, spec) == inputs


@pytest.mark.parametrize("args", [{"type": "KnowledgeText", "content": "x"}, {"url": "https://example.com"}])
def test_every_type_of_knowledge_lives(
    providers: ProviderProcess, agent_id: str, fresh: str, args: Json
) -> None:
    """Files are what the common suite has."""
    provider = provider_of("KnowledgeItem")
    inputs = providers.check(provider, {"agent_id": agent_id, "name": fresh, **args}).inputs

    made = providers.create(provider, inputs)

    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs


def test_files_that_the_agent_wrote_itself_are_left_alone(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """They stand in the way of nothing, show nowhere, and stay; ours come, change, and go."""
    provider = provider_of("SynthesizedKnowledge")
    write_archive(cloud, KIND, {"agent_id": new_agent_id, "files": {"own.md": "Own\n"}})

    def files() -> Json:
        return archived(cloud.data("GET", new_agent_id, MEMORIES).content)

    args = {"agent_id": new_agent_id, "files": {"a.md": "A\n", "b.md": "B\n"}}
    inputs = providers.check(provider, args).inputs
    made = providers.create(provider, inputs)
    assert files() == {"own.md": "Own\n", "a.md": "A\n", "b.md": "B\n"}
    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs

    news = providers.check(provider, args | {"files": {"b.md": "B2\n"}}, inputs).inputs
    outputs = providers.update(provider, made.id, made.outputs, news)
    assert files() == {"own.md": "Own\n", "b.md": "B2\n"}

    write_archive(cloud, KIND, {"agent_id": new_agent_id, "files": {"own.md": "Own\n"}})
    gone = providers.read(provider, made.id, outputs, news)
    assert gone.inputs["files"] == {}
    outputs = providers.update(provider, made.id, gone.outputs, news)

    providers.delete(provider, made.id, outputs)
    assert files() == {"own.md": "Own\n"}


def test_what_of_our_files_is_missing_is_written_without_asking(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    provider = provider_of("SynthesizedKnowledge")
    write_archive(cloud, KIND, {"agent_id": new_agent_id, "files": {"a.md": "A\n"}})
    args = {"agent_id": new_agent_id, "files": {"a.md": "A\n", "b.md": "B\n"}}

    providers.create(provider, providers.check(provider, args).inputs)

    assert archived(cloud.data("GET", new_agent_id, MEMORIES).content) == args["files"]


REPO: Json = SAMPLES["Repo"].args


def test_a_repository_is_cloned_when_its_create_ends_unless_nobody_waits(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    provider = provider_of("Repo")

    def status(**args: object) -> str:
        inputs = providers.check(provider, {**REPO, "agent_id": new_agent_id, **args}).inputs
        providers.create(provider, inputs)
        found = cloud.data("GET", new_agent_id, f"/api/v2/repos/{inputs['name']}").json()
        return str(found["properties"]["cloneStatus"])

    cloud.switch(operationSeconds=0.5)
    try:
        assert status(name="waited-for") == "Ready"
        cloud.switch(operationSeconds=60)
        assert status(name="left", wait_until_ready=False) == "NotStarted"
    finally:
        cloud.switch(operationSeconds=0.02)


def test_a_repository_that_cannot_be_reached_is_told_and_written_again(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """By the test, before anybody waits for its clone."""
    provider = provider_of("Repo")
    cloud.forget_requests()
    args = {**REPO, "agent_id": new_agent_id, "test_connection": True}
    inputs = providers.check(provider, args).inputs
    cloud.fault("operationFailed", path="/repos/my-repo$", message="Authentication failed.", times=1)

    with pytest.raises(
        ProviderError, match=r"repository my-repo of agent \w+ cannot be reached: Authentication"
    ):
        providers.create(provider, inputs)
    path = "/api/v2/repos/my-repo"
    cloud.poll(lambda: "Failed" in cloud.data("GET", new_agent_id, path).text)
    made = providers.create(provider, inputs)

    assert made.outputs | inputs == made.outputs
    tests = [entry for entry in cloud.requests(method="POST") if entry["path"].endswith("/my-repo/test")]
    assert [entry["status"] for entry in tests] == [200, 200]

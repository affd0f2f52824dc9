"""Knowledge documents from files: what counts is what is in them."""

import os
from pathlib import Path

import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources.knowledge_document import KnowledgeDocumentProvider
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import AGENT_ID, Json
from support.samples.knowledge import listed, upload

PROVIDER = KnowledgeDocumentProvider()
TYPES = (
    ".bmp, .cfg, .conf, .config, .csv, .doc, .docx, .gif, .ini, .jpeg, .jpg, .json, .log, .md, .pdf, .png, "
    ".ppt, .pptx, .properties, .tif, .tiff, .txt, .webp, .xls, .xlsx, .xml, .yaml, .yml"
)
NAME = "name must have 1 to 1024 letters, digits, hyphens, _ and ."
MEGABYTE = 1024 * 1024


@pytest.fixture
def file(tmp_path: Path, fresh: str) -> Path:
    """Make a file that no other test uploads."""
    path = tmp_path / f"{fresh}.md"
    path.write_bytes(b"# One\r\n")
    return path


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"name": "a b.md", "content": "x"}, NAME),
        ({"name": "ü.md", "content": "x"}, NAME),
        ({"name": "a" * 1022 + ".md", "content": "x"}, NAME),
        ({"name": "a.exe", "content": "x"}, f"name must end in a type that agents read: {TYPES}"),
        ({"name": "README", "content": "x"}, f"name must end in a type that agents read: {TYPES}"),
        ({"content": "x"}, "name is missing, which a document from content needs"),
        ({"name": "a.md", "content": " "}, "content must not be empty"),
        ({"name": "a.md"}, "a document needs either path or content, and none is set"),
        (
            {"name": "a.md", "content": "x", "path": __file__},
            "a document needs either path or content, and both are set",
        ),
        (
            {"path": "/nowhere/a.md"},
            "path must name a file that can be read here (/nowhere/a.md: No such file or directory)",
        ),
        (
            {"path": "/dev/null", "name": "a.md"},
            "path must name a file that can be read here (/dev/null: it is not a file)",
        ),
        (
            {"path": "/", "name": "a.md"},
            "path must name a file that can be read here (/: Is a directory)",
        ),
        (
            {"name": "a.md", "content": "x" * (16 * MEGABYTE + MEGABYTE // 10)},
            "content must have at most 16 MB, and has 16.1",
        ),
    ],
)
def test_bad_input_is_refused_in_a_sentence(args: Json, sentence: str) -> None:
    assert [fault.reason for fault in resources.validate("KnowledgeDocument", args)] == [sentence]


@pytest.mark.parametrize("kind", ["KnowledgeDocument", "KnowledgeItem"])
def test_a_file_that_is_too_long_is_refused(tmp_path: Path, kind: str) -> None:
    """At exactly 16 MB it is not."""
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(16 * MEGABYTE)
    args = {"path": str(path), **({"name": "a"} if kind == "KnowledgeItem" else {})}
    assert resources.validate(kind, args) == []
    with path.open("ab") as file:
        file.write(b"x" * MEGABYTE)

    [fault] = resources.validate(kind, args)

    assert fault.reason == "path must have at most 16 MB, and has 17.0"


@pytest.mark.parametrize("kind", ["KnowledgeDocument", "KnowledgeItem"])
def test_a_pipe_is_refused_and_nobody_waits_for_what_comes_out_of_it(tmp_path: Path, kind: str) -> None:
    pipe = tmp_path / "a.md"
    os.mkfifo(pipe)
    args = {"name": "a.md", "path": str(pipe)} | (
        {"type": "KnowledgeFile"} if kind == "KnowledgeItem" else {}
    )

    sentences = [error.reason for error in resources.validate(kind, args)]

    assert f"path must name a file that can be read here ({pipe}: it is not a file)" in sentences


def test_the_check_says_what_is_in_the_file(file: Path) -> None:
    """Whatever the program says of it; a file that is not known yet is not looked at."""
    told = {"agent_id": AGENT_ID, "path": str(file), "content_hash": "old", "size": 1}

    checked = model_of("KnowledgeDocument").check({}, told, StackDefaults())[0]
    unknown = model_of("KnowledgeDocument").check({}, {**told, "path": UNKNOWN}, StackDefaults())[0]

    assert checked == {
        "agent_id": AGENT_ID,
        "name": file.name,
        "path": str(file),
        "content_hash": "9a0c0ee578154523d1f47b30fb0785f085506b6e43fb813defa3b33e0fe0242a",
        "size": 7,
    }
    assert unknown == {"agent_id": AGENT_ID, "path": UNKNOWN, "size": UNKNOWN}


def test_a_file_that_changes_is_uploaded_again_and_one_that_moves_is_not(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, file: Path
) -> None:
    args = {"agent_id": agent_id, "path": str(file)}
    inputs = providers.check(PROVIDER, args).inputs
    made = providers.create(PROVIDER, inputs)
    moved = file.parent / "elsewhere" / file.name
    moved.parent.mkdir()
    file.rename(moved)

    there = providers.check(PROVIDER, {"agent_id": agent_id, "path": str(moved)}, inputs).inputs
    stayed = providers.diff(PROVIDER, made.id, made.outputs, there)
    moved.write_bytes(b"# Two\r\n")
    news = providers.check(PROVIDER, {"agent_id": agent_id, "path": str(moved)}, inputs).inputs
    changed = providers.diff(PROVIDER, made.id, made.outputs, news)
    before = listed(cloud, agent_id)[file.name]["lastModified"]
    outputs = providers.update(PROVIDER, made.id, made.outputs, news)

    assert (stayed.changes, changed.changes, changed.replaces) == (False, None, [])
    assert [name for name in news if news[name] != there[name]] == ["content_hash"]
    assert outputs | news == outputs
    assert listed(cloud, agent_id)[file.name]["lastModified"] > before


def test_a_document_of_another_size_is_not_overwritten(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, file: Path
) -> None:
    """Size is all that tells; one of the same size may be what a killed run left, and is written again."""
    upload(cloud, new_agent_id, **{file.name.replace(".", "__"): b"# Something else\n"})
    args = {"agent_id": new_agent_id, "path": str(file)}
    inputs = providers.check(PROVIDER, args).inputs

    with pytest.raises(ProviderError) as refused:
        providers.create(PROVIDER, inputs)
    agent = new_agent_id.rpartition("/")[2]
    assert str(refused.value).strip() == (
        f"knowledge document {file.name} of agent {agent} already exists and differs in size: "
        "set adopt=True to take it over and make it what the program says, or remove it first"
    )
    assert listed(cloud, new_agent_id)[file.name]["size"] == 17

    adopting = providers.check(PROVIDER, args | {"adopt": True}).inputs
    providers.create(PROVIDER, adopting)
    assert listed(cloud, new_agent_id)[file.name]["size"] == 7


def test_a_document_that_cannot_be_indexed_is_told_and_uploaded_again(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, file: Path
) -> None:
    inputs = providers.check(PROVIDER, {"agent_id": new_agent_id, "path": str(file)}).inputs
    cloud.fault("operationFailed", path="/upload$", code="Unreadable", message="No text in it", times=1)

    with pytest.raises(ProviderError, match=r"md of agent \w+ was not indexed: Unreadable: No text in it\."):
        providers.create(PROVIDER, inputs)

    assert providers.create(PROVIDER, inputs).outputs["size"] == 7
    assert listed(cloud, new_agent_id)[file.name]["isIndexed"] is True


def test_a_document_that_is_only_kept_is_indexed_once_the_program_wants_it(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, file: Path
) -> None:
    args = {"agent_id": new_agent_id, "path": str(file), "trigger_indexing": False}
    inputs = providers.check(PROVIDER, args).inputs
    made = providers.create(PROVIDER, inputs)
    kept = listed(cloud, new_agent_id)[file.name]["isIndexed"]

    news = providers.check(PROVIDER, args | {"trigger_indexing": True}, inputs).inputs
    providers.update(PROVIDER, made.id, made.outputs, news)

    assert (kept, listed(cloud, new_agent_id)[file.name]["isIndexed"]) == (False, True)


def test_memory_that_is_off_is_told_in_the_services_words(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, file: Path
) -> None:
    inputs = providers.check(PROVIDER, {"agent_id": new_agent_id, "path": str(file)}).inputs
    cloud.switch(memoryEnabled=False)
    try:
        with pytest.raises(ProviderError, match=r"Agent memory is disabled\. Cannot upload documents"):
            providers.create(PROVIDER, inputs)
    finally:
        cloud.switch(memoryEnabled=True)


@pytest.mark.parametrize(
    ("kind", "what"),
    [("KnowledgeDocument", "file"), ("KnowledgeItem", "file"), ("KnowledgeFolder", "folder")],
)
def test_a_path_with_a_zero_character_is_refused_in_a_sentence(kind: str, what: str) -> None:
    name = "runbooks" if kind == "KnowledgeFolder" else "a.md"

    found = resources.validate(kind, {"name": name, "path": "run\0books"})

    sentence = f"path must name a {what} that can be read here (run\0books: a path has no zero character)"
    assert sentence in [fault.reason for fault in found]

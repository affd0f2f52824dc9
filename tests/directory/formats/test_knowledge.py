"""`data/`: what an agent knows."""

import re
import unicodedata
from typing import Any

import pytest

from pulumi_sre_agent.resources.knowledge_item import name_of_file
from support.directories import Faults, Read


def test_texts_become_knowledge_items(reads: Read) -> None:
    """From the three folders, named as the service wants it, and not from folders inside them."""
    found = reads(
        {
            "data/HTTP 500 errors.md": "# 500",
            "data/knowledge/map.md": "# Map",
            "data/session-insights/s1.md": "# Insight\r\n",
            "data/.hidden.md": "x",
        }
    )

    assert [(item.kind.name, item.name, item.args["content"]) for item in found.items] == [
        ("KnowledgeItem", "http-500-errors-md", "# 500"),
        ("KnowledgeItem", "map-md", "# Map"),
        ("KnowledgeItem", "s1-md", "# Insight\n"),
    ]
    assert found.items[0].args == {
        "name": "http-500-errors-md",
        "type": "KnowledgeFile",
        "display_name": "HTTP 500 errors.md",
        "file_name": "HTTP 500 errors.md",
        "content": "# 500",
    }
    assert found.notes == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("data/map.md", "data/knowledge/map.md"),
        ("data/A map.md", "data/a-map.md"),
        ("data/knowledge/Map.md", "data/session-insights/map.md"),
    ],
)
def test_names_that_collide_are_refused(faults: Faults, first: str, second: str) -> None:
    """One would overwrite the other."""
    [fault] = faults({first: "# 1", second: "# 2"})

    assert "-md' is described twice: here and in data/" in fault or "'map-md' is described twice" in fault


def test_knowledge_and_connectors_share_their_names(faults: Faults) -> None:
    """Azure keeps both in one collection."""
    connector = {"name": "map-md", "properties": {"dataConnectorType": "MonitorClient", "dataSource": "n/a"}}

    assert faults({"connectors.json": [connector], "data/map.md": "# 1"}) == [
        "data/map.md:1: the knowledge item 'map-md' has the name of the connector in connectors.json:2"
    ]


@pytest.mark.parametrize(
    ("entry", "more", "args"),
    [
        pytest.param(
            {"name": "Run Book", "content": "Step {{one}}."},
            {},
            {
                "name": "run-book",
                "display_name": "Run Book",
                "file_name": "Run Book",
                "content": "Step {{one}}.",
            },
            id="written-out",
        ),
        pytest.param(
            {
                "name": "status",
                "type": "KnowledgeItem",
                "dataConnectorType": "KnowledgeWebPage",
                "displayName": "Status page",
                "sourceUrl": "https://status.example.com",
                "properties": {
                    "dataConnectorType": "KnowledgeWebPage",
                    "dataSource": "status",
                    "extendedProperties": {"displayName": "Status page", "url": "https://status.example.com"},
                },
            },
            {},
            {
                "name": "status",
                "type": "KnowledgeWebPage",
                "display_name": "Status page",
                "url": "https://status.example.com",
            },
            id="exported-page",
        ),
        pytest.param(
            {"name": "notes", "type": "KnowledgeItem", "dataConnectorType": "KnowledgeText", "sourceUrl": ""},
            {"data/notes.md": "# Notes"},
            {"name": "notes", "type": "KnowledgeText", "content": "# Notes"},
            id="exported-text",
        ),
    ],
)
def test_listed_knowledge_items(
    reads: Read, entry: dict[str, Any], more: dict[str, str], args: dict[str, Any]
) -> None:
    """As people write them and as exports do, which put the content beside."""
    [item] = reads({"data/knowledge-items.json": [entry], **more}).items

    assert (item.kind.name, item.args) == ("KnowledgeItem", args)


def test_an_exported_file_is_read_from_beside(reads: Read) -> None:
    """Whatever is in it: only its place is taken down."""
    entry = {"name": "plan-pdf", "dataConnectorType": "KnowledgeFile"}

    found = reads({"data/knowledge-items.json": [entry], "data/knowledge-items/plan-pdf": "%PDF"})

    assert found.items[0].args["path"] == str(found.path / "data/knowledge-items/plan-pdf")


@pytest.mark.parametrize(
    ("entry", "file"),
    [
        ({"filename": "a.md", "localPath": "data/extra/a.md"}, "data/extra/a.md"),
        ({"filename": "a.md", "localPath": "extra/a.md", "mimeType": "text/markdown"}, "data/extra/a.md"),
        ({"filename": "a.md", "localPath": "/old/machine/a.md"}, "data/knowledge/a.md"),
    ],
)
def test_documents_from_files(reads: Read, entry: dict[str, Any], file: str) -> None:
    """Also where an export on another machine named the file."""
    found = reads({"data/knowledge.json": [entry], file: "# A"})

    [document] = [item for item in found.items if item.kind.name == "KnowledgeDocument"]
    assert document.args == {"name": "a.md", "path": str(found.path / file)}


def test_documents_from_texts(reads: Read) -> None:
    """An object alone is as good as a list."""
    [item] = reads({"data/knowledge.json": {"filename": "a.md", "content": "# A"}}).items

    assert (item.kind.name, item.args) == ("KnowledgeDocument", {"name": "a.md", "content": "# A"})


@pytest.mark.parametrize("index", [True, False])
def test_a_document_says_whether_it_is_indexed(reads: Read, index: bool) -> None:
    """False is as good a word as true."""
    entry = {"filename": "a.md", "content": "# A", "triggerIndexing": index}

    [item] = reads({"data/knowledge.json": entry}).items

    assert item.args == {"name": "a.md", "content": "# A", "trigger_indexing": index}


def test_memories(reads: Read) -> None:
    """All files below one folder, as one thing; keepers of empty folders are none."""
    folder = "data/synthesized-knowledge"

    [item] = reads(
        {f"{folder}/overview.md": "# O", f"{folder}/deep/a.md": "A", f"{folder}/deep/.gitkeep": ""}
    ).items

    assert (item.kind.name, item.name) == ("SynthesizedKnowledge", "")
    assert item.args == {"files": {"overview.md": "# O", "deep/a.md": "A"}}


@pytest.mark.parametrize(
    ("files", "more"),
    [
        pytest.param([{"path": "AGENTS.md", "content": "Hi"}], {}, id="written-out"),
        pytest.param(
            [{"path": "AGENTS.md", "size": 2}], {"data/repo-instructions/code/AGENTS.md": "Hi"}, id="beside"
        ),
    ],
)
def test_repo_instructions(reads: Read, files: list[Any], more: dict[str, str]) -> None:
    """Files by path."""
    [item] = reads({"data/repo-instructions.json": [{"repo": "code", "files": files}], **more}).items

    assert (item.kind.name, item.name) == ("RepoInstructions", "code")
    assert item.args == {"repo": "code", "files": {"AGENTS.md": "Hi"}}


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        pytest.param("data/empty.md", "", "data/empty.md:1: content must not be empty", id="empty"),
        pytest.param(
            "data/knowledge-items.json",
            [{"name": "x", "dataConnectorType": "KnowledgeText"}],
            "data/knowledge-items.json:3: name has no content: give it, or put it at data/x.md",
            id="no-content",
        ),
        pytest.param(
            "data/knowledge.json",
            [{"filename": "x.md"}],
            "data/knowledge.json:3: filename names no file in this directory: put it at data/knowledge/x.md",
            id="no-file",
        ),
        pytest.param(
            "data/knowledge.json",
            [{"filename": "x.md", "localPath": "../../etc/passwd"}],
            "data/knowledge.json:4: localPath names no file in this directory",
            id="outside",
        ),
        pytest.param(
            "data/knowledge.json",
            [{"filename": "x.exe", "content": "x"}],
            "data/knowledge.json:3: filename must end in a type that agents read",
            id="type",
        ),
        pytest.param(
            "data/repo-instructions.json",
            [{"repo": "code", "files": [{"path": "a.md", "size": 1}]}],
            "data/repo-instructions.json:4: files holds 'a.md' without content",
            id="instructions-without-content",
        ),
        pytest.param(
            "data/repo-instructions.json",
            [{"repo": "code", "files": [{"path": "../a.md", "content": "x"}]}],
            "must be a path inside the archive",
            id="instructions-outside",
        ),
    ],
)
def test_what_is_refused(faults: Faults, file: str, content: Any, reason: str) -> None:
    assert any(reason in fault for fault in faults({file: content}))


@pytest.mark.parametrize(
    "file",
    ["data/diagram.png", "data/knowledge/deep/map.md", "data/knowledge/table.csv", "data/unknown.json"],
)
def test_what_becomes_nothing_is_noted(reads: Read, file: str) -> None:
    """Microsoft's scripts do not read it either, but do not say so."""
    found = reads({file: "x"})

    assert found.items == ()
    [note] = found.notes
    assert str(note).startswith(f"{file}:1: nothing is read from here: ")


def test_files_whose_names_lose_letters_have_names_of_their_own(reads: Read) -> None:
    """Always the same ones, whatever lies beside them and however a file system composes letters."""
    files = (
        "障害対応.md",
        "運用手順.md",
        "Störung.md",
        "Stärung.md",
        "\U0001f525.md",
        "\U0001f4a7.md",
        "Plan \u2013 B.md",
    )

    found = {
        item.args["file_name"]: item
        for item in reads({f"data/knowledge/{file}": "# x" for file in files}).items
    }

    names = [found[file].name for file in files]
    assert names == [
        *("md-eaa2cc7b", "md-5c25cdc6", "st-rung-md-6a0c2875", "st-rung-md-a4eaf64b", "md-c11667a9"),
        *("md-486da84f", "plan-b-md"),
    ]
    assert [found[file].former_name for file in sorted(files)] == ["", "st-rung-md", "", "md", "", "", ""]
    assert name_of_file(unicodedata.normalize("NFD", "Störung.md")) == found["Störung.md"].name


def test_the_former_name_of_a_file_is_nobodys_where_another_item_has_it(reads: Read) -> None:
    files = {"data/運用手順.md": "# x", "data/knowledge-items.json": [{"name": "md", "content": "y"}]}

    assert [item.former_name for item in reads(files).items] == ["", ""]


def test_long_names_are_shortened_as_microsofts_tools_do_it() -> None:
    """To 24 characters and seven of a hash: docs/reference/control-plane.md#knowledge-items."""
    short = name_of_file("HTTP 500 of the checkout.md")
    long = name_of_file("Incident response of the onboarding lab.md")

    assert short == "http-500-of-the-checkout-md"
    assert re.fullmatch("incident-response-of-the-[0-9a-f]{7}", long)
    assert name_of_file("Incident response of the onboarding app.md") != long

"""Knowledge folders: what is in them is uploaded together, and only what changed is uploaded again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources import knowledge_folder
from pulumi_sre_agent.resources._core.local_file import fingerprint
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources.knowledge_folder import KnowledgeFolderProvider
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import AGENT_ID, Json
from support.samples.knowledge import MEMORY, listed, upload

PROVIDER = KnowledgeFolderProvider()
MEGABYTE = 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of two documents, with what is none of them."""
    path = tmp_path / "runbooks"
    (path / "drafts").mkdir(parents=True)
    (path / "drafts" / "c.md").write_text("# C\n")
    (path / ".gitkeep").touch()
    (path / "a.md").write_text("# A\n")
    (path / "b.md").write_text("# B\n")
    return path


def too_long(folder: Path) -> None:
    with (folder / "b.md").open("wb") as file:
        file.truncate(16 * MEGABYTE + MEGABYTE // 2)


def emptied(folder: Path) -> None:
    (folder / "a.md").unlink()
    (folder / "b.md").unlink()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (emptied, "path must name a folder with files in it, and {path} has none"),
        (too_long, "path.b.md must have at most 16 MB, and has 16.5"),
        (
            lambda folder: (folder / "run book.md").touch(),
            "path.run book.md must have 1 to 1024 letters, digits, hyphens, _ and .",
        ),
        (
            lambda folder: folder.rename(folder.with_name("gone")),
            "path must name a folder that can be read here ({path}: No such file or directory)",
        ),
    ],
)
def test_bad_input_is_refused_in_a_sentence(
    folder: Path, change: Callable[[Path], object], sentence: str
) -> None:
    change(folder)

    found = resources.validate("KnowledgeFolder", {"name": "runbooks", "path": str(folder)})

    assert [fault.reason for fault in found] == [sentence.format(path=folder)]


def test_a_file_of_another_type_is_refused(folder: Path) -> None:
    (folder / "c.exe").touch()

    [fault] = resources.validate("KnowledgeFolder", {"name": "runbooks", "path": str(folder)})

    assert fault.reason.startswith("path.c.exe must end in a type that agents read: .bmp, .cfg, ")


def test_a_file_that_cannot_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not be left out silently."""
    monkeypatch.setattr(
        knowledge_folder, "fingerprint", lambda path: None if path.endswith("b.md") else fingerprint(path)
    )

    [fault] = resources.validate("KnowledgeFolder", {"name": "runbooks", "path": str(folder)})

    assert fault.reason == "path.b.md cannot be read here"


def test_the_check_says_what_is_in_the_folder(folder: Path) -> None:
    """Whatever the program says of it; a folder that is not known yet is not looked at."""
    told: Json = {"agent_id": AGENT_ID, "name": "r", "path": str(folder), "documents": {"x": 1}}
    model = model_of("KnowledgeFolder")

    documents = model.check({}, told, StackDefaults())[0]["documents"]

    assert {name: document["size"] for name, document in documents.items()} == {"a.md": 4, "b.md": 4}
    assert {len(document["content_hash"]) for document in documents.values()} == {64}
    assert model.check({}, told | {"path": UNKNOWN}, StackDefaults())[0]["documents"] == UNKNOWN


def test_only_what_changed_is_sent_and_what_went_is_deleted_in_one_request(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, folder: Path
) -> None:
    """All of them are uploaded in one request at first."""
    args = {"agent_id": new_agent_id, "name": "runbooks", "path": str(folder)}
    inputs = providers.check(PROVIDER, args).inputs
    upload(cloud, new_agent_id, own__md=b"# Somebody else's\n")
    cloud.forget_requests()
    made = providers.create(PROVIDER, inputs)
    first = [entry["path"].rpartition("/")[2] for entry in cloud.requests(method="POST")]
    before = listed(cloud, new_agent_id)

    providers.begin_run()
    (folder / "a.md").unlink()
    (folder / "b.md").write_text("# Better\n")
    (folder / "d.md").write_text("# D\n")
    (folder / "e.md").write_text("# E\n")
    news = providers.check(PROVIDER, args, inputs).inputs
    diff = providers.diff(PROVIDER, made.id, made.outputs, news)
    cloud.forget_requests()
    outputs = providers.update(PROVIDER, made.id, made.outputs, news)
    sent = [(entry["method"], entry["path"]) for entry in cloud.requests() if entry["method"] != "GET"]
    after = listed(cloud, new_agent_id)

    assert first == ["upload"]
    assert (diff.changes, diff.replaces) == (None, [])
    assert outputs == news
    assert [(method, path[path.index("/api") :]) for method, path in sent] == [
        ("POST", f"{MEMORY}/upload"),
        ("DELETE", f"{MEMORY}/documents"),
    ]
    assert after.keys() == {"b.md", "d.md", "e.md", "own.md"}
    assert after["own.md"] == before["own.md"]
    providers.delete(PROVIDER, made.id, outputs)
    assert listed(cloud, new_agent_id).keys() == {"own.md"}


def test_a_document_deleted_by_somebody_else_comes_back(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, folder: Path
) -> None:
    """And the others are left as they are."""
    args = {"agent_id": new_agent_id, "name": "runbooks", "path": str(folder)}
    inputs = providers.check(PROVIDER, args).inputs
    made = providers.create(PROVIDER, inputs)
    before = listed(cloud, new_agent_id)
    cloud.data("DELETE", new_agent_id, f"{MEMORY}/document/a.md")

    read = providers.read(PROVIDER, made.id, made.outputs, inputs)
    outputs = providers.update(PROVIDER, made.id, read.outputs, inputs)

    assert read.inputs["documents"].keys() == {"b.md"}
    assert outputs == inputs
    assert listed(cloud, new_agent_id)["a.md"]["isIndexed"] is True
    assert listed(cloud, new_agent_id)["b.md"] == before["b.md"]


def test_a_document_of_another_size_is_not_overwritten(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, folder: Path
) -> None:
    """Nor is any other uploaded, unless the folder may adopt what is there."""
    upload(cloud, new_agent_id, b__md=b"# Something else\n")
    args = {"agent_id": new_agent_id, "name": "runbooks", "path": str(folder)}

    with pytest.raises(
        ProviderError, match=r"^knowledge document b\.md of agent \w+ already exists and differs in"
    ):
        providers.create(PROVIDER, providers.check(PROVIDER, args).inputs)
    assert listed(cloud, new_agent_id).keys() == {"b.md"}

    providers.create(PROVIDER, providers.check(PROVIDER, args | {"adopt": True}).inputs)
    assert listed(cloud, new_agent_id)["b.md"]["size"] == 4

"""Archives: memories, and what is known of repositories."""

import pytest

from support.azure import LocalAzure, error
from support.samples.knowledge import MEMORIES, WORKSPACE, archive, archived

GZIP = {"Content-Type": "application/gzip"}


def test_an_archive_replaces_the_one_before(azure: LocalAzure) -> None:
    """Until there is one, there is nothing; and one that is empty is none."""
    agent = azure.agent()
    early = azure.data("GET", agent, MEMORIES)
    azure.data("POST", agent, MEMORIES, archive({"a.md": "A\n", "b/c.md": "C\n"}), headers=GZIP)
    first = azure.data("GET", agent, MEMORIES)
    azure.data("POST", agent, MEMORIES, archive({"d.md": "D\n"}), headers=GZIP)
    second = azure.data("GET", agent, MEMORIES)
    emptied = azure.data("POST", agent, MEMORIES, archive({}), headers=GZIP)

    assert error(early) == (404, "NotFound")
    assert first.headers["content-type"] == "application/gzip"
    assert archived(first.content) == {"a.md": "A\n", "b/c.md": "C\n"}
    assert archived(second.content) == {"d.md": "D\n"}
    assert emptied.is_success
    assert error(azure.data("GET", agent, MEMORIES)) == (404, "NotFound")


def test_each_repository_has_an_archive_and_all_are_listed(azure: LocalAzure) -> None:
    """Together, by type, and by repository."""
    agent, repos = azure.agent(), f"{WORKSPACE}/repo-instructions"
    azure.data("POST", agent, MEMORIES, archive({"a.md": "A\n"}), headers=GZIP)
    azure.data("POST", agent, f"{repos}?repo=contoso/one", archive({"b.md": "B!\n"}), headers=GZIP)
    azure.data("POST", agent, f"{repos}?repo=two", archive({"c.md": "C\n"}), headers=GZIP)

    def listed(query: str = "") -> dict[str, int]:
        found = azure.data("GET", agent, f"{WORKSPACE}/list{query}").json()["files"]
        return {entry["path"]: entry["size"] for entry in found}

    one = azure.data("GET", agent, f"{repos}?repo=contoso/one")
    assert archived(one.content) == {"b.md": "B!\n"}
    assert listed() == {"a.md": 2, "b.md": 3, "c.md": 2}
    assert listed("?type=synthesized-knowledge") == {"a.md": 2}
    assert listed("?type=repo-instructions") == {"b.md": 3, "c.md": 2}
    assert listed("?type=repo-instructions&repo=contoso/one") == {"b.md": 3}


@pytest.mark.parametrize(
    "body", [b"", b"text", archive({"a.md": "A"})[:-20]], ids=["nothing", "text", "half of one"]
)
def test_what_is_no_archive_is_refused(azure: LocalAzure, body: bytes) -> None:
    assert error(azure.data("POST", azure.agent(), MEMORIES, body, headers=GZIP)) == (400, "BadRequest")


def test_instructions_need_to_know_their_repository(azure: LocalAzure) -> None:
    answer = azure.data("GET", azure.agent(), f"{WORKSPACE}/repo-instructions")

    assert error(answer) == (400, "BadRequest")

"""`sre-agent knowledge`, to the letter but for ages."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from support.cli import LOGIN, SRE_AGENT
from support.operated import Operated

RUNBOOK = "Restart checkout with kubectl rollout restart."


@pytest.fixture
def runbooks(operated: Operated, tmp_path: Path) -> Path:
    """Make an agent, and a folder of two runbooks."""
    operated.azure.agent("oncall")
    folder = tmp_path / "runbooks"
    folder.mkdir()
    (folder / "checkout.md").write_text(RUNBOOK)
    (folder / "queues.md").write_text("Drain the queues.")
    return folder


def names(operated: Operated) -> list[str]:
    return [document["name"] for document in operated.call("knowledge", "list", "--json").json]


def test_documents_are_uploaded_listed_found_and_deleted(operated: Operated, runbooks: Path) -> None:
    uploaded = operated.call("knowledge", "upload", str(runbooks))
    listed = operated.call("knowledge", "list", COLUMNS="80").out
    found = operated.call("knowledge", "search", "restart checkout", "--limit", "1").out
    deleted = operated.call("knowledge", "delete", "checkout.md", "queues.md", "--yes")

    assert (uploaded.code, uploaded.out) == (0, "Uploaded 2 documents and indexed.\n")
    assert [line.split() for line in listed.splitlines()] == [
        ["NAME", "SIZE", "INDEX", "CHANGED"],
        ["checkout.md", "0.0", "kB", "indexed", "now"],
        ["queues.md", "0.0", "kB", "indexed", "now"],
    ]
    assert found == f"## checkout.md\n\n{RUNBOOK}\n"
    assert deleted.out == "Deleted 2 documents.\n"
    assert operated.call("knowledge", "list").err.splitlines()[-1] == "It has no documents."


def test_nothing_is_deleted_where_one_is_not_there_or_nobody_can_be_asked(
    operated: Operated, runbooks: Path
) -> None:
    operated.call("knowledge", "upload", str(runbooks / "queues.md"))
    missing = operated.call("knowledge", "delete", "queues.md", "other.md", "--yes")
    unasked = operated.call("knowledge", "delete", "queues.md")

    assert (missing.code, missing.err.splitlines()[-1]) == (
        1,
        "error: There is no document named 'other.md'.",
    )
    assert (unasked.code, unasked.err.splitlines()[-1]) == (
        2,
        "error: Delete queues.md? Nobody is there to ask: say --yes.",
    )
    assert names(operated) == ["queues.md"]


@pytest.mark.usefixtures("runbooks")
def test_ctrl_c_leaves_nothing_half_and_a_bar_tells_how_far_it_is(operated: Operated, tmp_path: Path) -> None:
    """The service reads none of it for a while, and what it reads in the end is not whole."""
    large = tmp_path / "large.pdf"
    large.touch()
    os.truncate(large, 15_000_000)
    operated.azure.fault("delay", path="/upload$", seconds=2)
    operated.azure.forget_requests()
    terminal, side = os.openpty()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
    with subprocess.Popen(
        [str(SRE_AGENT), "knowledge", "upload", str(large)],
        env={**environ, **operated.login, "COLUMNS": "80", "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=side,
    ) as process:
        os.close(side)
        said = b""
        while b"15.0 MB" not in said:
            said += os.read(terminal, 4096)
        operated.azure.poll(lambda: operated.azure.faults()[0]["hits"])
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stdout
        assert process.stdout.read() == b""
    os.close(terminal)
    operated.azure.poll(lambda: operated.azure.requests(method="POST", plane="data"))

    assert names(operated) == []


def test_a_sync_sends_what_changed_and_prunes_what_it_added_itself(
    operated: Operated, runbooks: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text("Somebody else's.")
    operated.call("knowledge", "upload", str(other))

    def sync(*words: str) -> str:
        shown = operated.call(
            "knowledge", "sync", str(runbooks), *words, XDG_STATE_HOME=str(tmp_path / "state")
        )
        assert shown.code == 0, shown.err
        return shown.out

    assert sync() == "Sent 2 documents, deleted 0, left 0 as they are.\n"
    assert sync() == "Sent 0 documents, deleted 0, left 2 as they are.\n"
    (runbooks / "checkout.md").write_text(RUNBOOK.replace("kubectl", "kubectl "))
    (runbooks / "queues.md").unlink()
    assert sync("--yes") == "Sent 1 document, deleted 1, left 0 as they are.\n"
    assert names(operated) == ["checkout.md", "other.md"]


def test_a_sync_without_a_record_sends_all_and_prunes_nothing(
    operated: Operated, runbooks: Path, tmp_path: Path
) -> None:
    first = operated.call("knowledge", "sync", str(runbooks), "--record", str(tmp_path / "a.json"), "--json")
    (runbooks / "queues.md").unlink()
    second = operated.call("knowledge", "sync", str(runbooks), "--record", str(tmp_path / "b.json"), "--json")

    assert first.json["sent"] == ["checkout.md", "queues.md"]
    assert second.json == {"sent": ["checkout.md"], "deleted": [], "unchanged": 0}
    assert names(operated) == ["checkout.md", "queues.md"]


def test_a_canary_that_is_not_found_fails(operated: Operated, runbooks: Path, tmp_path: Path) -> None:
    record = ("--record", str(tmp_path / "record.json"))
    found = operated.call("knowledge", "sync", str(runbooks), *record, "--canary", "restart checkout")
    lost = operated.call("knowledge", "sync", str(runbooks), *record, "--canary", "zebra giraffe okapi")

    assert (found.code, "A search for 'restart checkout' finds checkout.md." in found.err) == (0, True)
    assert lost.code == 1
    assert "error: A search for 'zebra giraffe okapi' finds no document of the folder" in lost.err


def test_status_tells_what_is_not_there_yet(operated: Operated, runbooks: Path) -> None:
    ready = operated.call("knowledge", "status")
    operated.call("knowledge", "upload", str(runbooks / "queues.md"), "--no-index")
    waiting = operated.call("knowledge", "status")

    assert (ready.code, waiting.code) == (0, 3)
    assert re.search(r"  memory +on\n", ready.out)
    assert re.search(r"  not indexed +queues.md\n", waiting.out)
    assert operated.call("knowledge", "status", "--json").json["notIndexed"] == ["queues.md"]


def test_what_an_agent_would_not_take_is_refused_before_anything_is_sent(
    operated: Operated, runbooks: Path
) -> None:
    (runbooks / "tool.exe").write_text("MZ")
    refused = operated.call("knowledge", "upload", str(runbooks))

    assert refused.code == 2
    assert "tool.exe, as a knowledge document, must end in a type that agents read" in refused.err
    assert names(operated) == []

"""`sre-agent local status`."""

import json

import pytest

from support.azure import LocalAzure
from support.cli import Folder, call


def test_running(running: Folder) -> None:
    """A running local Azure shows where it is and what it holds."""
    log = running.root / ".local" / "azure" / "azure.log"
    pid = json.loads((log.parent / "azure.json").read_text())["pid"]
    shown, report = call(running, "local", "status"), call(running, "local", "status", "--json").json

    assert (shown.code, shown.err) == (0, "")
    assert (
        f"  local Azure  running (pid {pid})\n  address      {running.url}\n  agents       none\n"
        in shown.out
    )
    assert report.pop("dataBytes") > 0
    assert report == {
        "running": True,
        "url": running.url,
        "pid": pid,
        "agents": [],
        "log": str(log),
    }


def test_not_running(folder: Folder) -> None:
    """A stopped one is no failure."""
    shown = call(folder, "local", "status")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "  local Azure  not running\n"
        f"  address      {folder.url}\n"
        "  data         0 KiB\n"
        f"  log          {folder.root}/.local/azure/azure.log\n"
    )


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "[]", '{"url": 5, "pid": "x"}', '{"url": "http://[", "pid": 1, "identityHeader": "x"}'],
)
def test_garbage_in_its_record_is_as_good_as_none(folder: Folder, garbage: str) -> None:
    record = folder.root / ".local" / "azure" / "azure.json"
    record.parent.mkdir(parents=True)
    record.write_text(garbage)
    state = call(folder, "local", "status", "--json")

    assert (state.code, state.json["running"]) == (0, False)


def test_agents_are_named(folder: Folder, azure: LocalAzure) -> None:
    """The agents that the local Azure holds are listed by name."""
    azure.agent("sre-two")
    azure.agent("sre-one")
    folder.borrow(azure)

    assert "  agents       sre-one, sre-two\n" in call(folder, "local", "status").out
    assert call(folder, "local", "status", "--json").json["agents"] == ["sre-one", "sre-two"]

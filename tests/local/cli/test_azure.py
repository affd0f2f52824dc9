"""Starting and stopping the local Azure: what happens around one process."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli.azure import LocalAzure
from support.cli import Folder, call, free_port


def record(folder: Folder) -> Path:
    return folder.root / ".local" / "azure" / "azure.json"


def pid_of(folder: Folder) -> int:
    return int(json.loads(record(folder).read_text())["pid"])


def test_start_and_stop(folder: Folder) -> None:
    """It runs in the background until it is stopped; a second call of either has nothing to do."""
    first = call(folder, "local", "start")
    pid = pid_of(folder)
    second = call(folder, "local", "start")

    assert (first.code, first.err) == (0, "")
    assert first.out == f"The local Azure started at {folder.url} (pid {pid}).\n"
    assert second.out == f"The local Azure was already running at {folder.url} (pid {pid}).\n"
    assert httpx.get(f"{folder.url}/_local/health").json()["pid"] == pid

    stopped, again = call(folder, "local", "stop"), call(folder, "local", "stop")

    assert (stopped.code, stopped.out) == (0, "The local Azure stopped.\n")
    assert (again.code, again.out) == (0, "The local Azure was not running.\n")
    assert not record(folder).exists()
    assert call(folder, "local", "stop", "--json").json == {"stopped": False}


def test_subscriptions_of_ones_own(running: Folder) -> None:
    """Several, also of a local Azure that runs; a bad one is refused before anything happens."""
    ids = ["0f6bd0cc-52bd-4a9c-b1d1-1d5a4f6f4c11", "0f6bd0cc-52bd-4a9c-b1d1-1d5a4f6f4c12"]
    words = ["--subscription", f"{ids[0]}=Shop", "--subscription", ids[1]]
    assert call(running, "local", "start", *words).code == 0
    refused = call(running, "local", "start", "--subscription", "shop")
    azure = LocalAzure(find(running.root, "local")).require()
    listed = azure.admin("GET", "subscriptions")["value"]

    assert [each["name"] for each in listed] == ["Shop", ids[1], "Local Azure", "Local Azure, too"]
    assert (refused.code, refused.out) == (2, "")
    assert "--subscription 'shop' has no GUID as its id" in refused.err
    azure.admin("POST", "reset")


def test_two_starts_at_once_make_one_process(folder: Folder) -> None:
    """The slower of two starts finds the faster one's process."""
    program = str(Path(sys.executable).with_name("sre-agent"))
    both = [
        subprocess.Popen(
            [program, "local", "start", "--json"], cwd=folder.root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [json.loads(each.communicate(timeout=60)[0]) for each in both]

    assert sorted(answer["started"] for answer in answers) == [False, True]
    assert answers[0]["pid"] == answers[1]["pid"]


def test_port_taken_by_another_program(folder: Folder) -> None:
    """A taken port is one sentence that says what to change."""
    with socket.create_server(("127.0.0.1", folder.port)):
        refused = call(folder, "local", "start")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"error: Port {folder.port} is taken by another program (Address already in use): choose another "
        "port in stacks/Pulumi.local.yaml, in both azure-native:metadataHost and sre:allowedEndpoints, or "
        "stop that program.\n"
    )


def test_port_taken_by_another_project(running: Folder, folder: Folder) -> None:
    """The local Azure of another project is recognised as such."""
    folder.port = running.port
    folder.configure()
    refused = call(folder, "local", "start")

    assert refused.code == 2
    assert f"taken by the local Azure of another project (pid {pid_of(running)})" in refused.err


def test_changed_port_while_it_runs_and_a_process_that_hangs(folder: Folder) -> None:
    """A port changed in the stack file needs a stop first, and a stop ends even a process that hangs."""
    before = folder.url
    call(folder, "local", "start")
    folder.port = free_port()
    folder.configure()
    refused = call(folder, "local", "start")

    assert refused.code == 2
    assert refused.err == (
        f"error: The local Azure still runs at {before}, but the stack's azure-native:metadataHost says "
        f"{folder.url}: run `sre-agent local stop` first.\n"
    )

    os.kill(pid_of(folder), signal.SIGSTOP)
    stopped = call(folder, "local", "stop")

    assert (stopped.code, stopped.out) == (0, "The local Azure stopped.\n")
    assert not record(folder).exists()


def test_killed_process_is_started_anew(folder: Folder) -> None:
    """The file that a killed process leaves behind misleads neither status nor start."""
    call(folder, "local", "start")
    killed = pid_of(folder)
    os.kill(killed, signal.SIGKILL)
    os.waitpid(killed, 0)

    assert record(folder).exists()
    assert call(folder, "local", "status", "--json").json["running"] is False
    assert call(folder, "local", "start", "--json").json == {
        "url": folder.url,
        "pid": pid_of(folder),
        "started": True,
    }
    assert pid_of(folder) != killed


def test_removed_folder(folder: Folder) -> None:
    """A process whose data folder was removed is replaced by the next start, and ended by a stop."""
    call(folder, "local", "start")
    first = pid_of(folder)
    shutil.rmtree(folder.root / ".local")
    started = call(folder, "local", "start", "--json").json

    assert started["started"] is True
    assert started["pid"] != first

    shutil.rmtree(folder.root / ".local")

    assert call(folder, "local", "stop").out == "The local Azure stopped.\n"


def test_stop_kills_nobody_else(folder: Folder) -> None:
    """Where the pid in the file belongs to another program by now, stopping only tidies up."""
    record(folder).parent.mkdir(parents=True)
    record(folder).write_text(json.dumps({"url": folder.url, "pid": os.getpid(), "identityHeader": "x"}))

    assert call(folder, "local", "stop").out == "The local Azure was not running.\n"
    assert not record(folder).exists()


def test_start_that_fails_says_why(folder: Folder) -> None:
    """The last line of the log is the reason."""
    data = folder.root / ".local" / "azure"
    data.mkdir(parents=True)
    (data / "azure.sqlite3").write_text("no database at all, whatever its name says")
    failed = call(folder, "local", "start")

    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("error: The local Azure ended with code 1: ")
    assert "azure.sqlite3" in failed.err
    assert failed.err.endswith(f"(log: {data / 'azure.log'})\n")
    assert failed.err.count("\n") == 1


@pytest.mark.parametrize(("free", "why"), [(4096, "the disk is full"), (2**40, "it said nothing")])
def test_a_start_on_a_full_disk_says_that(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, free: int, why: str
) -> None:
    """The process that ends then cannot write down why, as one that says nothing."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable) as failed:
        LocalAzure(find(folder.root, "local")).start()

    log = folder.root / ".local" / "azure" / "azure.log"
    assert str(failed.value) == f"The local Azure ended with code 1: {why} (log: {log})"


def test_foreign_stack_is_refused(folder: Folder) -> None:
    """Nothing is started for a stack that means another Azure."""
    folder.stack_file.write_text("config:\n  azure-native:metadataHost: https://management.azure.com\n")
    refused = call(folder, "local", "start")

    assert refused.code == 2
    assert "only reaches this machine" in refused.err
    assert not (folder.root / ".local").exists()


@pytest.mark.parametrize("verb", ["start", "stop"])
def test_a_process_of_the_code_before_an_upgrade_is_ended(folder: Folder, verb: str) -> None:
    """What an upgrade of the package left running is replaced by a start, and ended by a stop."""
    package = folder.root / "before" / "pulumi_sre_agent" / "local"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "azure.py").write_text(
        "import sys\nfrom sre_agent_local.azure.__main__ import main\nsys.exit(main())\n"
    )
    words = ["--data", str(record(folder).parent), "--port", str(folder.port)]
    before = subprocess.Popen(
        [sys.executable, "-m", "pulumi_sre_agent.local.azure", *words],
        cwd=package.parents[1],
        stdout=subprocess.PIPE,
    )
    with before:
        assert before.stdout is not None
        before.stdout.readline()  # it prints one line, once azure.json is written
        assert call(folder, "local", "status", "--json").json["pid"] == before.pid

        done = call(folder, "local", verb)

        assert (done.code, done.err) == (0, "")
        assert before.wait(10) is not None
    assert call(folder, "local", "status", "--json").json["running"] is (verb == "start")

"""The engine as a process: its environment, signals, and the lock of a run."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.cli import LOGIN, SETTINGS, SRE_AGENT, FakePulumi, Folder, call
from support.local_stack import INTERRUPTION, NOTHING, REASON, forget, initialised


@pytest.fixture(autouse=True)
def fresh(running: Folder) -> None:
    """Begin each test without a state."""
    forget(running)


def test_environment(running: Folder, pulumi: FakePulumi) -> None:
    """The engine keeps everything in .local/, logs in to the local Azure, and runs this Python."""
    initialised(running)
    pulumi.answers("up", NOTHING)
    pulumi.answers("stack output", "{}", as_json=True)
    call(running, "local", "up", path=pulumi.path, MINE="stays")
    environ = pulumi.calls[0]["environ"]
    header = json.loads((running.root / ".local" / "azure" / "azure.json").read_text())["identityHeader"]

    assert {name: environ.get(name) for name in ("PULUMI_HOME", "PULUMI_BACKEND_URL")} == {
        "PULUMI_HOME": f"{running.root}/.local/pulumi",
        "PULUMI_BACKEND_URL": f"file://{running.root}/.local/state",
    }
    assert environ["PULUMI_CONFIG_PASSPHRASE"] == "local"
    assert environ["PULUMI_SKIP_UPDATE_CHECK"] == "true"
    assert environ["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert environ["IDENTITY_ENDPOINT"] == f"{running.url}/msi/token"
    assert environ["IDENTITY_HEADER"] == header
    assert environ["ARM_METADATA_HOSTNAME"] == running.url
    assert environ["VIRTUAL_ENV"] == sys.prefix
    assert environ["PATH"].split(os.pathsep)[0] == f"{sys.prefix}/bin"
    assert environ["NO_PROXY"] == "127.0.0.1,localhost"
    assert environ["MINE"] == "stays"
    assert len(list((running.root / ".local" / "pulumi" / "plugins").iterdir())) == 1


def test_given_passphrase_is_kept(running: Folder, pulumi: FakePulumi) -> None:
    """A passphrase that the environment has, plain or in a file, wins."""
    initialised(running)
    pulumi.answers("preview", "")
    call(running, "local", "preview", path=pulumi.path, PULUMI_CONFIG_PASSPHRASE="mine")

    assert pulumi.calls[0]["environ"]["PULUMI_CONFIG_PASSPHRASE"] == "mine"


def test_ctrl_c_is_passed_on_once(running: Folder, pulumi: FakePulumi) -> None:
    """The engine gets the interruption, saves what it has, and the exit code is 130."""
    initialised(running)
    caught = pulumi.home / "caught"
    pulumi.does(f"""\
import signal, time
caught = []
signal.signal(signal.SIGINT, lambda *_: caught.append(1))
Path({str(caught)!r}).write_text("ready")
while not caught:
    time.sleep(0.01)
time.sleep(0.3)
Path({str(caught)!r}).write_text(f"caught {{len(caught)}}")
sys.exit(1)
""")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
    command = subprocess.Popen(
        [str(SRE_AGENT), "local", "up"],
        cwd=running.root,
        env=environ | SETTINGS | {"PATH": pulumi.path},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(caught)
    os.killpg(command.pid, signal.SIGINT)  # as a terminal does

    assert command.wait(timeout=30) == 130
    assert caught.read_text() == "caught 1"


def test_lock_of_a_killed_run_is_removed(running: Folder, pulumi: FakePulumi) -> None:
    """A lock whose process is gone does not stop the next run."""
    initialised(running)
    gone = subprocess.Popen(["true"])
    gone.wait()
    lock = write_lock(running, gone.pid)
    pulumi.answers("up", NOTHING)
    pulumi.answers("stack output", "{}", as_json=True)
    done = call(running, "local", "up", path=pulumi.path)

    assert done.code == 0
    assert done.err.endswith(f"Removed the lock of a run that was killed (pid {gone.pid}).\n")
    assert not lock.exists()


def test_living_lock_is_waited_for(running: Folder, pulumi: FakePulumi) -> None:
    """A run that is going on is waited for."""
    initialised(running)
    other = subprocess.Popen(["sleep", "60"])
    write_lock(running, other.pid)
    pulumi.answers("preview", "Previewing\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
    waiting = subprocess.Popen(
        [str(SRE_AGENT), "local", "preview"],
        cwd=running.root,
        env=environ | SETTINGS | {"PATH": pulumi.path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert waiting.stderr
    told = [waiting.stderr.readline() for _ in range(3)]
    other.kill()
    other.wait()
    out, _ = waiting.communicate(timeout=30)

    assert told[2] == f"Another run works on this stack (pid {other.pid}): waiting for it to end.\n"
    assert (waiting.returncode, out) == (0, "Previewing\n")


def write_lock(folder: Folder, pid: int) -> Path:
    """Lock the stack as Pulumi's file backend does."""
    locks = folder.root / ".local" / "state" / ".pulumi" / "locks" / "organization" / "toy" / "local"
    locks.mkdir(parents=True)
    (locks / "cut-off.json").write_text("")
    lock = locks / "1.json"
    lock.write_text(json.dumps({"pid": pid, "username": "me", "hostname": socket.gethostname()}))
    return lock


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_failed_run_says_its_reason_and_not_how_its_program_was_ended(
    running: Folder, pulumi: FakePulumi
) -> None:
    initialised(running)
    pulumi.does(f'if sys.argv[1] == "up": print({INTERRUPTION + REASON!r}, end=""); sys.exit(255)')
    shown = call(running, "local", "up", path=pulumi.path)

    assert (shown.code, shown.out) == (1, REASON)

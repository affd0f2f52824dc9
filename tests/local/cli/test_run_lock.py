"""One run at a time on a stack, and what killed ones leave behind."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli import run_lock
from support.cli import LOGIN, SETTINGS, SRE_AGENT, FakePulumi, Folder, call

NOTHING = "Resources:\n    1 unchanged\n"
STACK_INIT = """\
import time
if verb == "stack init":
    checkpoint = Path(os.environ["PULUMI_BACKEND_URL"].removeprefix("file://"))
    assert checkpoint.is_dir()
    checkpoint = checkpoint / ".pulumi/stacks/toy/local.json"
    if checkpoint.exists():
        sys.exit("error: stack 'local' already exists")
    time.sleep(0.5)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write_text("{}")
"""


@pytest.fixture
def engine(pulumi: FakePulumi) -> FakePulumi:
    """A `pulumi` that finds nothing to do, and makes a stack as the real one does: once."""
    pulumi.answers("up", NOTHING)
    pulumi.answers("stack output", "{}", as_json=True)
    pulumi.does(STACK_INIT)
    return pulumi


def start(folder: Folder, engine: FakePulumi, *words: str) -> "subprocess.Popen[str]":
    environ = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
    return subprocess.Popen(
        [str(SRE_AGENT), "local", *words],
        cwd=folder.root,
        env=environ | SETTINGS | {"PATH": engine.path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()


def lock(folder: Folder, **holder: Any) -> Path:
    """Lock the stack as Pulumi's file backend does."""
    file = folder.root / ".local/state/.pulumi/locks/organization/toy/local/1.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": 1, "username": "eve", "hostname": socket.gethostname(), "timestamp": "2026-01-02"}
    file.write_text(json.dumps(content | holder))
    return file


def test_two_first_runs_at_once_make_the_stack_once(running: Folder, engine: FakePulumi) -> None:
    """The second waits while the first makes it."""
    engine.does(
        STACK_INIT.replace(
            "time.sleep(0.5)",
            "(home / 'making').touch()\n    while not (home / 'go').exists():\n        time.sleep(0.02)",
        )
    )
    first = start(running, engine, "up")
    wait_until((engine.home / "making").exists)
    second = start(running, engine, "up")
    assert second.stderr
    assert any("Another run works on this stack (pid " in line for line in iter(second.stderr.readline, ""))
    (engine.home / "go").touch()
    for run in (first, second):
        run.communicate(timeout=120)

    assert (first.returncode, second.returncode) == (0, 0)
    assert sum(" init " in line for line in engine.lines) == 1


def test_a_killed_engine_is_told_and_leaves_nothing_running(running: Folder, engine: FakePulumi) -> None:
    engine.does(
        STACK_INIT + "import subprocess\nif verb.startswith('up'):\n"
        "    child = subprocess.Popen(['sleep', '300'], process_group=0, stdout=subprocess.DEVNULL)\n"
        "    (home / 'child').write_text(str(child.pid))\n    os.kill(os.getpid(), 9)\n"
    )
    done = call(running, "local", "up", path=engine.path)

    assert done.code == 1
    assert done.err.splitlines()[-1] == (
        "error: The engine was ended by SIGKILL before it was through: run the same again, which goes on "
        "where it was."
    )
    wait_until(lambda: not alive(int((engine.home / "child").read_text())))


def test_an_engine_ends_with_its_killed_command(running: Folder, engine: FakePulumi) -> None:
    """It is interrupted as by Ctrl-C, so that it can save what it has."""
    engine.does(
        STACK_INIT + "import signal\nif verb.startswith('up'):\n"
        "    signal.signal(signal.SIGINT, lambda *_: sys.exit((home / 'saved').write_text('x')))\n"
        "    (home / 'ready').write_text(str(os.getpid()))\n    time.sleep(300)\n"
    )
    command = start(running, engine, "up")
    wait_until((engine.home / "ready").exists)
    command.kill()
    command.communicate()

    wait_until((engine.home / "saved").exists)
    wait_until(lambda: not alive(int((engine.home / "ready").read_text() or 0)))


def test_the_lock_of_a_container_that_is_gone_is_known_by_who_made_it(
    running: Folder, engine: FakePulumi
) -> None:
    """The command wrote down which engine it ran, and no longer holds its own lock."""
    file = lock(running, hostname="container", pid=77)
    record = running.root / ".local" / "pulumi" / "local.lock"
    record.parent.mkdir(exist_ok=True)
    record.write_text(json.dumps({"pid": 7, "hostname": "container", "engine": 77}))
    done = call(running, "local", "up", path=engine.path)

    assert done.code == 0
    assert not file.exists()


def test_a_lock_that_nobody_here_can_judge_is_for_cancel(running: Folder, engine: FakePulumi) -> None:
    file = lock(running, hostname="elsewhere", pid=77)
    refused = call(running, "local", "up", path=engine.path)
    cancelled = call(running, "local", "cancel")
    again = call(running, "local", "cancel")

    assert refused.code == 1
    assert refused.err.splitlines()[-1] == (
        "error: Stack 'local' is locked by eve@elsewhere (pid 77, since 2026-01-02), which cannot be seen "
        "from here: wait until that run has ended, or run `sre-agent local cancel` if it has."
    )
    assert (cancelled.code, cancelled.out) == (
        0,
        "Removed the lock of eve@elsewhere (pid 77, since 2026-01-02).\n",
    )
    assert again.out == "Nothing locks stack 'local'.\n"
    assert not file.exists()
    assert call(running, "local", "up", path=engine.path).code == 0


def test_cancel_leaves_a_run_that_works_alone(folder: Folder) -> None:
    other = subprocess.Popen(["sleep", "60"])
    file = lock(folder, pid=other.pid, timestamp="2999-01-01T00:00:00Z")
    refused = call(folder, "local", "cancel")
    forced = call(folder, "local", "cancel", "--force", "--json")
    other.kill()
    other.wait()

    assert (refused.code, refused.out) == (1, "")
    assert f"A run works on stack 'local' (pid {other.pid}): end it with Ctrl-C" in refused.err
    assert len(forced.json["removed"]) == 1
    assert not file.exists()


def test_cancel_sees_a_command_whose_engine_has_no_lock_yet(folder: Folder) -> None:
    run_lock.take(find(folder.root, "local"))
    refused = call(folder, "local", "cancel")
    run_lock.release()

    assert f"(pid {os.getpid()})" in refused.err
    assert call(folder, "local", "cancel").code == 0


def test_env_makes_the_folder_that_pulumi_stack_init_needs(running: Folder) -> None:
    assert call(running, "local", "env").code == 0
    assert (running.root / ".local" / "state").is_dir()

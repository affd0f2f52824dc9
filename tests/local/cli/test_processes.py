"""What this machine says of a process, with /proc and without."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sre_agent_local.cli import processes


@pytest.fixture(params=["proc", "ps"])
def _source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the system in each of the two ways."""
    if request.param == "proc" and not processes.PROC.exists():
        pytest.skip("this system has no /proc")
    if request.param == "ps":
        if not shutil.which("ps"):
            pytest.skip("this system has no ps")
        monkeypatch.setattr(processes, "PROC", Path("/nowhere"))


@pytest.mark.usefixtures("_source")
def test_living_process() -> None:
    """A running process is alive, and its command line can be read."""
    assert processes.is_alive(os.getpid())
    assert Path(sys.executable).name[:6] in processes.command_line(os.getpid())


@pytest.mark.usefixtures("_source")
def test_zombie_of_somebody_else() -> None:
    """A process that has ended does not count, even if its own parent never looks after it."""
    program = "import os, sys; p = os.fork() or os._exit(0); print(p, flush=True); sys.stdin.read()"
    keeper = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout
    ended = int(keeper.stdout.readline())
    while processes.is_alive(ended):  # until it has come to its end
        pass
    os.kill(ended, 0)  # it is still listed

    keeper.communicate("")


@pytest.mark.usefixtures("_source")
def test_no_such_process() -> None:
    """A process that was looked after is gone, and has no command line."""
    ended = subprocess.Popen(["true"])
    ended.wait()

    assert not processes.is_alive(ended.pid)
    assert processes.command_line(ended.pid) == ""


def test_without_proc_and_ps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be seen, a process that takes signals counts as alive, and as nobody's."""
    monkeypatch.setattr(processes, "PROC", Path("/nowhere"))
    monkeypatch.setenv("PATH", "/nowhere")

    assert processes.is_alive(os.getpid())
    assert processes.command_line(os.getpid()) == ""

"""Child processes and their guards."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sre_agent_local.engine.process import Child, Fork
from support.engines import eventually

SLEEP = "import time; print('ready', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
PARENT = """
import sys, time
from pathlib import Path
from sre_agent_local.engine.process import Child
child = Child([sys.executable, "-c", sys.argv[1]], directory=Path(), environ={}, log=print)
child.first_line()
print(child._process.pid, flush=True)
time.sleep(600)
"""
FORKING = """
import os, sys
streams = [int(each) for each in input().split()]
if os.fork():
    for stream in streams:
        os.close(stream)
else:
    os.dup2(streams[0], 1)
    os.dup2(streams[1], 2)
    print(os.getpid(), flush=True)
"""


def child(code: str, told: list[str], directory: Path = Path()) -> Child:
    return Child([sys.executable, "-c", code], directory=directory, environ={"X": "y"}, log=told.append)


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_tells_what_it_prints(tmp_path: Path) -> None:
    """The first line is kept apart; the rest, and what goes to standard error, is told."""
    told: list[str] = []
    running = child(
        "import os, sys; print(os.getcwd()); print(os.environ['X']); print(); print('e', file=sys.stderr)",
        told,
        tmp_path,
    )

    assert running.first_line() == str(tmp_path)
    assert running.wait(30) == 0
    assert sorted(told) == ["e", "y"]
    running.close()


def test_gets_lines() -> None:
    told: list[str] = []
    running = child("print(input()[::-1])", told)
    running.listen()
    running.send("abc")

    assert running.wait(30) == 0
    assert told == ["cba"]
    running.kill()
    running.send("too late")


def test_ends_when_asked() -> None:
    running = child(SLEEP, [])
    running.first_line()

    assert running.ended() is None
    assert running.wait(0.01) is None
    running.close()
    assert running.ended() == -signal.SIGTERM


def test_is_killed_at_once() -> None:
    running = child(STUBBORN, [])
    running.first_line()
    running.kill()

    assert running.ended() == -signal.SIGKILL


def test_what_never_starts_has_no_first_line() -> None:
    told: list[str] = []
    running = Child(["/nonexistent/program"], directory=Path(), environ={}, log=told.append)

    assert running.first_line() == ""
    assert running.wait(30)
    assert "/nonexistent/program" in told[0]
    running.close()


def test_no_child_outlives_a_kill_of_the_engine() -> None:
    """A kill -9, which nothing in the engine can handle, takes the children along."""
    engine = subprocess.Popen([sys.executable, "-c", PARENT, STUBBORN], stdout=subprocess.PIPE, text=True)
    assert engine.stdout
    pid = int(engine.stdout.readline())
    before = alive(pid)
    engine.kill()
    engine.wait()
    engine.stdout.close()

    assert before
    eventually(lambda: not alive(pid), "the child is gone")


def test_the_guard_goes_with_the_child() -> None:
    running = child(SLEEP, [])
    running.first_line()
    running.close()

    assert running._guard.returncode == 0


def forked(code: str, told: list[str]) -> tuple[Fork, Child]:
    """Start a child that forks: the fork runs `code`, the child itself sleeps."""
    fork = Fork(told.append)
    code = f"{FORKING}\n    {code}\n{SLEEP}"
    parent = Child(
        [sys.executable, "-c", code], directory=Path(), environ={}, log=told.append, inherits=fork.streams
    )
    fork.release_streams()
    parent.send(" ".join(map(str, fork.streams)))
    return fork, parent


def test_a_fork_tells_what_it_prints() -> None:
    """Its lines are its own, and its end is told without a code."""
    told: list[str] = []
    fork, parent = forked(
        "print('7'); print('more'); print('e', file=sys.stderr); os._exit(sys.stdout.flush() or 3)", told
    )

    assert fork.first_line() == "7"
    assert fork.end(30) == "ended"
    assert sorted(told) == ["e", "more"]
    assert parent.ended() is None
    fork.close()
    parent.kill()


@pytest.mark.parametrize("ignoring", ["", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"])
def test_a_fork_ends_before_the_child(ignoring: str) -> None:
    """It ends when it is asked or, if it does not, is ended; who forked it goes on."""
    fork, parent = forked(ignoring or "pass", [])
    assert fork.first_line() == "ready"

    assert fork.end(0.01) is None
    fork.close()
    assert fork.end(30) == "ended"
    assert parent.ended() is None
    parent.kill()


def test_a_fork_that_was_never_asked_ends_with_the_child() -> None:
    fork, parent = forked("pass", [])
    parent.first_line()
    fork.kill()
    parent.close()

    assert fork.end(30) == "ended"


def test_no_fork_where_the_child_did_not_come_so_far() -> None:
    fork = Fork(print)
    fork.release_streams()

    assert fork.first_line() == ""
    fork.close()

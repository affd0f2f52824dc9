"""The state file, its lock, and what is not accepted in it."""

import errno
import getpass
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sre_agent_local.engine.errors import EngineError
from sre_agent_local.engine.state import Backend, salt


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return Backend(tmp_path, "toy", "dev")


def write(backend: Backend, whole: object) -> None:
    backend.file.parent.mkdir(parents=True, exist_ok=True)
    backend.file.write_text(whole if isinstance(whole, str) else json.dumps(whole))


def hold(backend: Backend, **holder: object) -> Path:
    lock = backend.root / ".pulumi/locks/organization/toy/dev/theirs.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    known = {"pid": os.getpid(), "hostname": socket.gethostname(), "username": "eve", "timestamp": "today"}
    lock.write_text(json.dumps({**known, **holder}))
    return lock


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_files_are_where_pulumi_keeps_them(backend: Backend) -> None:
    """The layout is the file backend's own, with its version marker."""
    backend.initialise()

    assert (backend.root / ".pulumi/meta.yaml").read_text() == "version: 1\n"
    assert json.loads((backend.root / ".pulumi/stacks/toy/dev.json").read_text()) == {
        "version": 3,
        "checkpoint": {"stack": "organization/toy/dev", "latest": None},
    }


def test_initialising_twice_keeps_what_is_there(backend: Backend) -> None:
    backend.initialise()
    backend.write({"resources": []})
    backend.initialise()

    assert backend.read() == {"resources": []}


def test_a_new_stack_has_no_state(backend: Backend) -> None:
    assert not backend.exists()
    assert backend.read() is None
    assert salt(backend.read()) is None
    backend.initialise()
    assert backend.exists()
    assert backend.read() is None


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ({"version": 3}, "is damaged"),
        ({"version": 4, "checkpoint": {}, "features": ["replaceWith"]}, "version 4 and features replaceWith"),
        ({"version": 2, "checkpoint": {}}, "version 2 and features none"),
    ],
)
def test_files_that_are_refused(backend: Backend, whole: object, why: str) -> None:
    write(backend, whole)

    with pytest.raises(EngineError, match=why):
        backend.read()


def test_the_salt_is_the_states_own(backend: Backend) -> None:
    backend.write({"secrets_providers": {"type": "passphrase", "state": {"salt": "v1:x"}}})

    assert salt(backend.read()) == "v1:x"


def test_other_secrets_providers_are_refused_by_name(backend: Backend) -> None:
    backend.write({"secrets_providers": {"type": "cloud", "state": {}}})

    with pytest.raises(EngineError, match="secrets provider 'cloud' is not known"):
        salt(backend.read())


def test_a_crash_while_writing_leaves_the_old_file(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new text is on disk before it takes the old one's place."""
    backend.write({"resources": ["old"]})

    def crash(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        backend.write({"resources": ["new"]})

    assert backend.read() == {"resources": ["old"]}


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.write({"resources": ["old"]})

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineError, match=r"dev\.json cannot be written \(No space left on device\)"):
        backend.write({"resources": ["new"]})

    assert backend.read() == {"resources": ["old"]}
    assert [path.name for path in backend.file.parent.iterdir()] == [backend.file.name]


class TestLock:
    def test_is_pulumis_own_and_given_back(self, backend: Backend) -> None:
        """While it is held, the file says by whom, as the real CLI would write and read it."""
        with backend.lock():
            (lock,) = (backend.root / ".pulumi/locks/organization/toy/dev").glob("*.json")
            holder = json.loads(lock.read_text())

        assert holder.keys() == {"pid", "username", "hostname", "timestamp"}
        assert holder["pid"] == os.getpid()
        assert not lock.exists()

    def test_a_living_holder_is_named(self, backend: Backend) -> None:
        hold(backend)

        with pytest.raises(EngineError, match=r"locked by eve@.* \(pid \d+, since today\)"), backend.lock():
            pass

    @pytest.mark.parametrize("holder", [{"hostname": "elsewhere", "pid": 1}, {"pid": "?"}, {"pid": 1}])
    def test_a_holder_that_cannot_be_judged_counts_as_alive(
        self, backend: Backend, holder: dict[str, Any]
    ) -> None:
        hold(backend, **holder)

        with pytest.raises(EngineError, match="is locked by"), backend.lock():
            pass

    def test_a_process_of_somebody_else_is_alive(
        self, backend: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forbidden(_pid: int, _signal: int) -> None:
            raise PermissionError

        hold(backend, pid=dead_pid())
        monkeypatch.setattr(os, "kill", forbidden)

        with pytest.raises(EngineError, match="is locked by"), backend.lock():
            pass

    def test_a_dead_holders_lock_is_removed(self, backend: Backend) -> None:
        """After a kill -9 the next run goes on by itself."""
        lock = hold(backend, pid=dead_pid())

        with backend.lock():
            assert not lock.exists()

    def test_a_lock_lasts_as_long_as_its_process_whoever_has_its_number_now(self, backend: Backend) -> None:
        """The operating system lets go of it, also where neither number nor host say anything."""
        held = backend.root / ".pulumi" / "held"
        with backend.lock():
            [lock] = (backend.root / ".pulumi/locks/organization/toy/dev").glob("*.json")
            with pytest.raises(EngineError, match="is locked by"), backend.lock():
                pass
            text = lock.read_text()
        for holder in ({"pid": os.getppid()}, {"hostname": "a-container-that-is-gone"}):
            lock.write_text(json.dumps(json.loads(text) | holder))
            (held / lock.stem).touch()
            with backend.lock():
                assert not lock.exists()

        assert list(held.iterdir()) == []

    def test_a_process_younger_than_the_lock_of_the_real_cli_is_another_one(self, backend: Backend) -> None:
        lock = hold(backend, pid=os.getppid(), timestamp="2001-02-03T04:05:06.123456789Z")

        with backend.lock():
            assert not lock.exists()

    def test_a_user_without_a_name_can_hold_it(
        self, backend: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As in a container that runs under a number of its own."""

        def nameless() -> str:
            raise KeyError("getpwuid(): uid not found: 12345")

        monkeypatch.setattr(getpass, "getuser", nameless)
        with backend.lock():
            [lock] = (backend.root / ".pulumi/locks/organization/toy/dev").glob("*.json")
            assert json.loads(lock.read_text())["username"] == str(os.getuid())

    def test_a_lock_cut_off_in_the_writing_does_not_matter(self, backend: Backend) -> None:
        hold(backend).write_text("{")

        with backend.lock():
            pass

    def test_two_that_come_together_both_see_it(
        self, backend: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who finds another lock after having written its own gives up, and its own goes."""
        write_meta = backend._write_meta
        monkeypatch.setattr(backend, "_write_meta", lambda: (write_meta(), hold(backend)))

        with pytest.raises(EngineError, match="is locked by"), backend.lock():
            pass
        backend.cancel()

    def test_cancel_removes_every_lock(self, backend: Backend) -> None:
        hold(backend, pid=1)

        backend.cancel()
        with backend.lock():
            pass

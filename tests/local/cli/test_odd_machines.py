"""What a machine can refuse: one sentence, the right exit code, no traceback."""

import os
import pwd
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.options import EngineName
from sre_agent_local.cli.engine import Engine, require_known_user
from support.cli import LOGIN, SETTINGS, SRE_AGENT, FakePulumi, Folder, call

LINES = "".join(f" ~  line {number}\n" for number in range(2000))
NOTHING = "Resources:\n    1 unchanged\n"


def shell(folder: Folder, script: str, path: str = os.defpath) -> "subprocess.CompletedProcess[str]":
    """Run a line of bash in which `$S` is the command; what it prints is buffered, as it is by default."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
    environ = {name: value for name, value in inherited.items() if name != "PYTHONUNBUFFERED"}
    environ |= SETTINGS | {"PATH": path, "S": str(SRE_AGENT)}
    return subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", script],
        cwd=folder.root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def make_file(local: Path) -> None:
    local.touch()


def make_broken_link(local: Path) -> None:
    local.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize(
    ("make", "kind"), [(make_file, "no folder"), (make_broken_link, "a link that leads nowhere")]
)
@pytest.mark.parametrize("command", ["up", "status", "stop", "outputs", "cancel", "reset --yes"])
def test_something_else_in_the_place_of_the_data_folder(
    folder: Folder, make: Callable[[Path], None], kind: str, command: str
) -> None:
    local = folder.root / ".local"
    make(local)
    refused = call(folder, "local", *shlex.split(command))
    local.unlink()

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"error: {folder.root}/.local is {kind}, and what is deployed on this machine is kept in a folder of "
        "that name: move it out of the way.\n"
    )


@pytest.fixture
def deployed(running: Folder, pulumi: FakePulumi) -> Iterator[FakePulumi]:
    """An engine that has deployed, and prints more than a pipe holds."""
    checkpoint = running.root / ".local/state/.pulumi/stacks/toy/local.json"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write_text('{"checkpoint": {}}')
    pulumi.answers("up", LINES + NOTHING)
    pulumi.answers("stack output", '{"size": 5}', as_json=True)
    pulumi.answers("stack export", LINES)
    pulumi.does("(home / 'through').touch()")
    yield pulumi
    checkpoint.unlink()


def test_an_export_to_a_folder_that_is_not_there(running: Folder, deployed: FakePulumi) -> None:
    refused = call(running, "local", "export", "--file", "/nowhere/state.json", path=deployed.path)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "error: Cannot write the state to /nowhere/state.json: No such file or directory.\n"
    )


def test_a_full_disk_under_the_output(running: Folder, deployed: FakePulumi) -> None:
    refused = shell(running, "$S local outputs > /dev/full", deployed.path)

    assert refused.returncode == 1
    assert refused.stderr == "error: This machine refuses that: No space left on device.\n"


def test_a_folder_that_may_not_be_written_is_named(running: Folder, deployed: FakePulumi) -> None:
    """As a state folder of somebody else, or of a file system that is read-only."""
    state = running.root / ".local" / "state"
    state.rename(state.with_name("aside"))
    state.touch()
    refused = call(running, "local", "up", path=deployed.path)
    state.unlink()
    state.with_name("aside").rename(state)

    assert refused.code == 1
    assert refused.err.splitlines()[-1] == (
        f"error: This machine refuses what is to be done with {state}: File exists."
    )


@pytest.mark.parametrize("reader", ["head -1", "true"])
@pytest.mark.parametrize("command", ["up", "export", "outputs"])
def test_a_reader_that_has_seen_enough_is_no_failure(
    running: Folder, deployed: FakePulumi, command: str, reader: str
) -> None:
    """What deploys goes on to its end, and how that went is what the exit code says."""
    done = shell(running, f"$S local {command} | {reader}", deployed.path)

    assert (done.returncode, "Traceback" in done.stderr, "Exception" in done.stderr) == (0, False, False)
    assert (deployed.home / "through").exists()


def test_a_failure_is_one_also_where_nobody_reads(running: Folder, deployed: FakePulumi) -> None:
    deployed.fails(255)

    assert shell(running, "$S local up | true", deployed.path).returncode == 1
    assert shell(running, "$S local up > /dev/full", deployed.path).returncode == 1


def test_the_embedded_engine_goes_on_where_nobody_reads(running: Folder) -> None:
    (running.root / ".local/state/.pulumi/stacks/toy/local.json").unlink(missing_ok=True)
    done = shell(running, "$S local preview --engine embedded | true")

    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_what_the_engine_finds_in_its_environment(running: Folder, deployed: FakePulumi) -> None:
    """Go asks USER and HOME about a user id without an entry; gRPC, what it may say."""
    assert shell(running, "unset USER HOME; $S local up", deployed.path).returncode == 0
    environ = deployed.calls[0]["environ"]

    assert environ["USER"] == str(os.getuid())
    assert Path(environ["HOME"]).is_dir()
    assert (environ["GRPC_VERBOSITY"], environ["GRPC_ENABLE_FORK_SUPPORT"]) == ("NONE", "false")


@pytest.mark.parametrize("knows", [True, False])
def test_a_user_id_without_an_entry_is_refused_where_the_engine_refuses_it(
    pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, *, knows: bool
) -> None:
    """As builds of Pulumi do that ask the system alone; others take the environment's word."""

    def find(user_id: int) -> None:
        raise KeyError(user_id)

    monkeypatch.setattr(pwd, "getpwuid", find)
    pulumi.does("" if knows else "sys.exit('error: user: unknown userid 12345')")
    engine = Engine(name=EngineName.PULUMI, argv=(f"{pulumi.home}/pulumi",), label="")
    with nullcontext() if knows else pytest.raises(ConfigError) as refused:
        require_known_user(engine, os.environ)

    assert [line.split()[0] for line in pulumi.lines] == ["whoami"]
    if refused:
        assert str(refused.value) == (
            f"This Pulumi CLI ({pulumi.home}/pulumi) does not run as user id {os.getuid()}, which has no "
            "entry in /etc/passwd: use `--engine embedded`, or add the entry."
        )


def test_a_warning_that_a_program_repeats_is_told_once(running: Folder) -> None:
    (running.root / ".local/state/.pulumi/stacks/toy/local.json").unlink(missing_ok=True)
    program = running.root / "stacks" / "__main__.py"
    program.write_text("import pulumi\nfor _ in range(3):\n    pulumi.log.warn('twice told')\n")
    done = shell(running, "$S local preview --engine embedded 2>&1")

    assert done.returncode == 0
    assert done.stdout.count("twice told") == 2, "when it is said, and among the diagnostics at the end"


@pytest.mark.parametrize("garbage", ["{", "[]", "5"])
def test_a_damaged_state_is_named(running: Folder, garbage: str) -> None:
    checkpoint = running.root / ".local/state/.pulumi/stacks/toy/local.json"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write_text(garbage)
    done = shell(running, "$S local up --engine embedded")
    checkpoint.unlink()

    assert done.returncode == 1
    assert f"error: the state file {checkpoint} is damaged: " in done.stderr
    assert "Traceback" not in done.stderr

"""Runs that are cut short: nothing is lost, nothing is there twice, nobody is left behind."""

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from support.engines import EMBEDDED, PULUMI, Engine, Project, eventually, needs_pulumi, ops

PROGRAM = """
import pulumi
from pulumi import ResourceOptions as Options
from support.toy import Thing

gen = pulumi.Config().require_int("gen")
first = Thing("first", size=gen)
for number in range(3):
    middle = Thing(f"middle-{number}", size=gen, peer=first.endpoint)
    Thing(f"outer-{number}", size=gen, peer=middle.endpoint)
Thing("before", zone=f"z{gen % 2}", diff="before", peer=first.id)
if gen == 0:
    for number in range(3):
        Thing(f"doomed-{number}", size=1, peer=first.id)
"""
NAMES = {"first", "before", *(f"{kind}-{number}" for kind in ("middle", "outer") for number in range(3))}
DOOMED = {f"doomed-{number}" for number in range(3)}
KILLS = 10


def test_up_converges_after_kills(tmp_path: Path) -> None:
    """Killed ten times, each time somewhere else, the next `up` goes on from there and converges."""
    moments = random.Random(1)
    project = Project(tmp_path).make(PROGRAM, gen=0)
    project.succeed("up")
    for name in NAMES | DOOMED:
        for method in ("create", "created", "update", "delete"):
            project.cloud.fault(method, name, seconds=moments.uniform(0.02, 0.1))

    for gen in range(1, KILLS + 1):
        project.configure(gen=gen)
        kill_after(project, calls=moments.randint(1, 8))
        assert_sound(project)

    gen = KILLS + 1
    project.configure(gen=gen)
    project.cloud.heal()
    project.succeed("up")
    assert set(project.cloud.things()) == NAMES
    assert {thing["size"] for name, thing in project.cloud.things().items() if "-" in name} == {gen}
    assert sorted(project.things()) == sorted(NAMES), "each is in the state, once"
    assert ops(project.preview("--expect-no-changes")) == {}


def kill_after(project: Project, *, calls: int) -> None:
    """Start an `up` and kill the engine once the provider has begun so many changes."""
    project.cloud.forget_calls()
    process = project.start("up")

    def due() -> bool:
        return len(project.cloud.calls("create", "update", "delete")) >= calls or process.poll() is not None

    try:
        eventually(due, f"{calls} changes")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    eventually(lambda: not project.processes(), "the killed engine's children end")


def assert_sound(project: Project) -> None:
    """Check that what is in the cloud is in the state, once, or noted there as begun."""
    deployment = project.deployment()
    begun = {
        operation["resource"]["inputs"]["name"] for operation in deployment.get("pending_operations") or ()
    }
    known = {
        resource["id"]
        for resource in deployment.get("resources") or ()
        if resource["type"].endswith("toy:Thing") and not resource.get("pendingReplacement")
    }
    assert set(project.cloud.things()) <= known | begun
    urns = [resource["urn"] for resource in deployment.get("resources") or () if not resource.get("delete")]
    assert len(urns) == len(set(urns))


@pytest.mark.parametrize(
    ("engine", "number"),
    [
        pytest.param(EMBEDDED, signal.SIGINT, id="embedded"),
        pytest.param(EMBEDDED, signal.SIGHUP, id="embedded, whose terminal is closed"),
        pytest.param(PULUMI, signal.SIGINT, marks=needs_pulumi, id="pulumi"),
    ],
)
def test_ctrl_c_loses_nothing(engine: Engine, number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C lets the running step finish and starts no other; the state knows all that exists."""
    project = Project(tmp_path, engine).make(PROGRAM)
    project.cloud.fault("created", "first", seconds=1.5)
    process = project.start("up")
    eventually(lambda: project.cloud.get("first"), "the first thing exists")

    os.killpg(process.pid, number)
    _, stderr = process.communicate(timeout=60)

    assert process.returncode != 0
    assert "Traceback" not in stderr
    assert list(project.cloud.things()) == ["first"]
    assert project.things() == ["first"]
    assert not project.deployment().get("pending_operations")
    eventually(lambda: not project.processes(), "no process is left behind")


def test_a_second_run_waits_its_turn(tmp_path: Path) -> None:
    """While one run holds the stack, another is refused in one sentence; `cancel` frees it."""
    project = Project(tmp_path).make(PROGRAM)
    project.cloud.fault("create", "first", seconds=30)
    first = project.start("up")
    eventually(lambda: project.cloud.calls("create"), "the first run is creating")

    refused = project.fail("up")
    assert "locked" in refused.stderr
    assert str(first.pid) in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1

    project.succeed("cancel")
    assert not list(project.state_folder.glob(".pulumi/locks/**/*.json"))
    kill(first)
    eventually(lambda: not project.processes(), "no process is left behind")


def test_a_dead_runs_lock_is_no_hindrance(tmp_path: Path) -> None:
    """The lock of a killed run is seen to be a dead one's, and the interrupted create is told of."""
    project = Project(tmp_path).make(PROGRAM)
    project.cloud.fault("create", "first", seconds=30)
    first = project.start("up")
    eventually(lambda: project.cloud.calls("create"), "the first run is creating")
    kill(first)
    assert list(project.state_folder.glob(".pulumi/locks/**/*.json"))
    assert [operation["type"] for operation in project.deployment()["pending_operations"]] == ["creating"]
    project.cloud.heal()

    again = project.succeed("up")

    assert "interrupted" in again.text or "pending" in again.text
    assert set(project.cloud.things()) == NAMES


def test_a_provider_that_dies_is_one_failed_step(tmp_path: Path) -> None:
    """A provider process that is killed in a call fails that step; the next run converges."""
    project = Project(tmp_path).make(PROGRAM)
    project.cloud.fault("create", "first", seconds=30)
    process = project.start("up")
    eventually(lambda: project.cloud.calls("create"), "the run is creating")
    os.kill(forked(project.processes()), signal.SIGKILL)

    stdout, stderr = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "first" in stdout
    assert "Traceback" not in stdout + stderr
    project.cloud.heal()
    project.succeed("up")
    assert set(project.cloud.things()) == NAMES


def forked(pids: list[int]) -> int:
    """Find the provider among a run's processes: the program's process has forked it off itself."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in pids}
    [provider] = [
        pid for pid, parent in parents.items() if parent in commands and b"language_host" in commands[parent]
    ]
    assert commands[provider] == commands[parents[provider]]
    return provider


def kill(process: "subprocess.Popen[str]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

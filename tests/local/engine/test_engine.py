"""Whole runs, from a program's first line to the end of its last process."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sre_agent_local.engine import config, project
from sre_agent_local.engine import stack as stacks
from sre_agent_local.engine.crypt import Crypter
from sre_agent_local.engine.engine import Engine
from sre_agent_local.engine.errors import EngineError
from sre_agent_local.engine.events import Op
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.snapshot import Snapshot
from sre_agent_local.engine.state import Backend
from support.engines import TESTS, Project, eventually
from support.rig import FakeCrypter, Outcome, urn
from support.toy import Cloud

PROGRAM = """
import pulumi
from support.toy import Thing

print("hello")
config = pulumi.Config()
thing = Thing("a", size=config.require_int("size"), pw=config.require_secret("pw"))
pulumi.export("endpoint", thing.endpoint)
pulumi.export("pw", config.require_secret("pw"))
"""


@dataclass
class Stack:
    """A stack whose program runs for real; its secrets are only turned round."""

    folder: Path
    values: dict[str, str] = field(default_factory=lambda: {"toy:size": "1", "toy:pw": "hush"})
    outcome: Outcome = field(default_factory=Outcome)
    crypter: Crypter = field(default_factory=FakeCrypter)

    def __post_init__(self) -> None:
        self.cloud = Cloud(self.folder / "cloud")
        self.backend = Backend(self.folder / "state", "toy", "dev")
        (self.folder / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")

    def write(self, program: str) -> "Stack":
        (self.folder / "__main__.py").write_text(program)
        return self

    @property
    def engine(self) -> Engine:
        return self.begin()

    def begin(self, *, preview: bool = False, previews_first: bool = False) -> Engine:
        self.outcome = Outcome()
        of = project.load(self.folder / "Pulumi.yaml")
        file = config.StackFile(path=of.stack_file("dev"), salt=None, config={})
        return Engine(
            stacks.Stack(name="dev", project=of, file=file, backend=self.backend),
            self.unlocked,
            {**os.environ, "PYTHONPATH": str(TESTS), "TOY_DIR": str(self.cloud.folder)},
            self.outcome,
            parallel=4,
            preview=preview,
            previews_first=previews_first,
        )

    def unlocked(self) -> stacks.UnlockedStack:
        settings = config.Config(values=self.values, secret_keys=frozenset(["toy:pw"]))
        return stacks.UnlockedStack(config=settings, secrets=self.crypter)

    def told(self, *severities: str) -> list[str]:
        return [note.message for note in self.outcome.notes if note.severity in severities]

    def done(self) -> list[str]:
        return [
            f"{step.op} {step.name}" for step in self.outcome.all_done if not step.type.startswith("pulumi:")
        ]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    yield stack
    # A provider forked off the program is killed, but not the engine's own child to wait for.
    eventually(lambda: not Project(tmp_path).processes(), "no process is left", seconds=5)
    assert not list((tmp_path / "state").rglob("locks/**/*.json"))


def test_a_whole_life(stack: Stack) -> None:
    """Made, looked at, left alone, refreshed, deleted; every run tells what it did and leaves no process."""
    stack.write(PROGRAM)
    planned = stack.begin(preview=True).up()
    before = stack.backend.exists()
    made = stack.engine.up()
    told = stack.told("info")
    kept = stack.engine.up()
    stack.cloud.change("a", size=2)
    refreshed = stack.engine.refresh()
    found = stack.done()
    destroyed = stack.engine.destroy()

    assert (planned.changes, planned.preview, before) == ({Op.CREATE: 2}, True, False)
    assert (made.result, made.changes) == ("succeeded", {Op.CREATE: 2})
    assert made.outputs == {"endpoint": "https://a.toy", "pw": "[secret]"}
    assert told == ["hello"]
    assert (kept.changes, kept.old_outputs) == ({Op.SAME: 2}, made.outputs)
    assert refreshed.changes == {Op.SAME: 1, Op.UPDATE: 1}
    assert found == ["update a"]
    assert (destroyed.changes, destroyed.outputs) == ({Op.DELETE: 2}, {})
    assert (stack.backend.read() or {})["resources"] == []
    assert stack.cloud.things() == {}
    assert stack.outcome.summary is destroyed
    assert "hush" not in stack.backend.file.read_text()


def test_what_a_program_registers_to_run_at_exit_runs(stack: Stack) -> None:
    file = stack.folder / "told"
    stack.write(f"import atexit, pathlib; atexit.register(pathlib.Path({str(file)!r}).write_text, 'bye')")
    summary = stack.engine.up()

    assert (summary.result, file.read_text()) == ("succeeded", "bye")


NOISY = """
from pulumi import dynamic

print("loaded")

class Provider(dynamic.ResourceProvider):
    serialize_as_secret_always = False

    def __reduce__(self):
        return Provider, ()

    def create(self, props):
        return dynamic.CreateResult("made", props)

class Noise(dynamic.Resource):
    def __init__(self, name):
        super().__init__(Provider(), name, {})
"""


def test_what_a_provider_prints_as_it_is_loaded_is_told(stack: Stack) -> None:
    """In a first run it is loaded when it is asked; in a later one before it serves."""
    (stack.folder / "noisy.py").write_text(NOISY)
    stack.write("from noisy import Noise; Noise('a')")
    summaries = [stack.engine.up(), stack.engine.up()]

    assert [summary.changes for summary in summaries] == [{Op.CREATE: 2}, {Op.SAME: 2}]
    assert stack.told("info") == ["loaded", "loaded"]  # in the program, and in the provider


def test_the_state_says_where_in_the_program_a_resource_is(stack: Stack) -> None:
    """However deep the program calls, it is the line that makes the resource."""
    stack.write("""
import pulumi

class Team(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("toy:index:Team", name)

def deeper(depth):
    return deeper(depth - 1) if depth else Team("payments")

deeper(20)
""").engine.up()
    places = {each["type"]: each.get("sourcePosition") for each in (stack.backend.read() or {})["resources"]}

    assert places["toy:index:Team"] == "project:///__main__.py#9"


def test_the_engine_does_without_the_sdk() -> None:
    """It takes longer to import than all the engine does before the program runs."""
    modules = "from sre_agent_local.engine import commands, deployment, monitor"
    check = f"import sys; {modules}; print('pulumi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        pytest.param(
            "import os; os._exit(0)",
            "the program ended before all its resources were registered: does it call exit?",
            id="too early",
        ),
        pytest.param("import os; os._exit(3)", "the program ended with exit code 3", id="a code of its own"),
        pytest.param("import pulumi; raise pulumi.RunError('no way')", "no way", id="RunError"),
    ],
)
def test_a_program_that_ends_badly(stack: Stack, program: str, told: str) -> None:
    """Its end is told in one sentence, once, and nothing is deleted."""
    summary = stack.write(program).engine.up()

    assert summary.result == "failed"
    assert stack.told("error") == [told]


def test_a_failed_run_keeps_old_outputs(stack: Stack) -> None:
    """Outputs that did not come anew because of a failure stay; nothing of the program's end is noise."""
    stack.write(PROGRAM).engine.up()
    stack.values["toy:size"] = "2"
    stack.cloud.fault("update", "a", "not today")
    summary = stack.engine.up()

    assert summary.result == "failed"
    assert summary.outputs == {"endpoint": "https://a.toy", "pw": "[secret]"}
    assert stack.outcome.errors == ["hello", "support.toy.ToyError: not today"]
    assert stack.told("error") == []


def test_outputs_that_came_before_a_failure_are_written(stack: Stack) -> None:
    stack.write("import pulumi; pulumi.export('a', 1); pulumi.export('b', 1)").engine.up()
    late = "import pulumi; pulumi.export('b', 2); from support.toy import Thing; Thing('x', size=1)"
    stack.cloud.fault("create", "x", "no room")
    stack.write(late).engine.up()
    (spelt,) = [
        each for each in (stack.backend.read() or {})["resources"] if "outputs" in each and not each["custom"]
    ]

    assert spelt["outputs"] == {"a": 1, "b": 2}


RESTING = """
import pulumi
from pulumi import ResourceOptions
from support.toy import Thing

zone = pulumi.Config().require("zone")
late = pulumi.Config().get_int("late")
Thing("free", size=f"{zone} {late}")
base = Thing("base", zone=zone, diff="before")
Thing("kept", zone=base.endpoint, opts=ResourceOptions(protect=True))
if late:
    Thing("late", size=late, peer=base.endpoint)
pulumi.export("zone", zone)
"""


def test_what_would_fail_half_way_is_refused_before_anything_is_changed(stack: Stack) -> None:
    """Found by a preview: nothing is made, and the state stays as it is."""
    stack.values |= {"toy:zone": "z1"}
    stack.write(RESTING)
    made = stack.engine.up()
    state, things = stack.backend.read(), stack.cloud.things()
    stack.cloud.forget_calls()
    stack.values |= {"toy:zone": "z2"}
    refused = stack.begin(previews_first=True).up()
    protected = stack.told("error")
    stack.values |= {"toy:zone": "z1", "toy:late": "-1"}
    misspelt = stack.begin(previews_first=True).up()

    assert made.changes == {Op.CREATE: 4}
    assert (refused.result, misspelt.result) == ("failed", "failed")
    assert "as part of replacing" in protected[0]
    assert protected[1:] == ["the preview did not pass, so nothing was changed"]
    assert "must not be negative" in stack.told("error")[0]
    assert stack.cloud.count("create", "update", "delete") == {}
    assert (stack.backend.read(), stack.cloud.things()) == (state, things)


def test_interrupted_operations_are_told(stack: Stack) -> None:
    """The run after a kill says what is not known, and goes on."""
    new = Resource(urn=urn("lost"), type="toy:index:Thing", custom=True)
    Snapshot(stack.backend, stack.crypter).begin("creating", new)
    summary = stack.write("").engine.destroy()

    assert summary.result == "succeeded"
    assert f"{urn('lost')}, interrupted while creating" in stack.told("warning")[0]


def test_a_state_that_is_refused_ends_the_program_too(stack: Stack) -> None:
    stack.backend.write({"resources": [{"urn": urn("a"), "type": "t", "custom": True, "taint": True}]})

    with pytest.raises(EngineError, match="taint"):
        stack.write("import time; time.sleep(600)").engine.up()


def test_runs_in_any_thread(stack: Stack) -> None:
    """Signals are the main thread's; elsewhere a run goes without them."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(stack.write("").engine.up()))
    thread.start()
    thread.join(60)

    assert found[0].result == "succeeded"

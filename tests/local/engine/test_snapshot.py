"""What a run leaves in the state file at every moment."""

import threading
from pathlib import Path
from typing import Any

import pytest

from sre_agent_local.engine.errors import EngineError
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.snapshot import Snapshot, is_unchanged
from sre_agent_local.engine.state import Backend
from sre_agent_local.engine.values import Secret
from support.rig import FakeCrypter, urn


def resource(name: str, **members: Any) -> Resource:
    return Resource(**{"urn": urn(name), "type": "toy:index:Thing", "custom": True, "id": name, **members})


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return Backend(tmp_path, "toy", "dev")


def opened(backend: Backend, **options: bool) -> Snapshot:
    return Snapshot(backend, FakeCrypter(), **options)


def stored(backend: Backend) -> list[str]:
    return [spelt["urn"].split("::")[3] for spelt in (backend.read() or {}).get("resources", [])]


def pending(backend: Backend) -> list[tuple[str, str]]:
    operations = (backend.read() or {}).get("pending_operations", [])
    return [(each["type"], each["resource"]["urn"].split("::")[3]) for each in operations]


def test_operations_are_noted_before_and_after(backend: Backend) -> None:
    """A crash between the two leaves a pending operation and no resource."""
    snapshot, new = opened(backend), resource("a")
    snapshot.begin("creating", new)
    during = (pending(backend), stored(backend))
    snapshot.end(new, new=new)

    assert during == ([("creating", "a")], [])
    assert (pending(backend), stored(backend)) == ([], ["a"])


def test_interrupted_creates_are_carried_until_a_refresh(backend: Backend) -> None:
    """An operation nobody saw the end of is told of; only creates are carried on, until a refresh."""
    before = opened(backend)
    before.begin("creating", resource("a"))
    before.begin("updating", resource("b"))
    snapshot = opened(backend)
    told = [(kind, each.name) for kind, each in snapshot.interrupted]
    snapshot.end(None, new=resource("c"))
    carried = pending(backend)
    snapshot.rebase([], clear_creates=False)
    assert pending(backend) == [("creating", "a")]
    snapshot.rebase([], clear_creates=True)

    assert told == [("creating", "a"), ("updating", "b")]
    assert carried == [("creating", "a")]
    assert pending(backend) == []


def test_what_is_done_comes_first(backend: Backend) -> None:
    """New states in the order of their completion, then what the run has not come to, in the old order."""
    first = opened(backend)
    for name in "abc":
        first.end(None, new=resource(name))
    snapshot = opened(backend)
    snapshot.end(None, done=snapshot.base[2], new=resource("c"))
    snapshot.end(None, new=resource("d"))

    assert stored(backend) == ["c", "d", "a", "b"]


def test_a_resource_may_change_and_stay(backend: Backend) -> None:
    opened(backend).end(None, new=resource("a"))
    snapshot = opened(backend)
    snapshot.end(None, done=snapshot.base[0], delete=True)
    (left,) = snapshot.remaining()
    snapshot.end(None, done=left)

    assert left.delete
    assert stored(backend) == []


def test_one_write_serves_many_threads(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that wait for a write under way share the next one."""
    snapshot, first, go = opened(backend), threading.Event(), threading.Event()
    writes: list[int] = []
    write = backend.write

    def slowly(text: Any) -> None:
        first.set()
        go.wait(10)
        writes.append(1)
        write(text)

    monkeypatch.setattr(backend, "write", slowly)
    threads = [
        threading.Thread(target=snapshot.end, args=(None,), kwargs={"new": resource(f"r{n}")})
        for n in range(8)
    ]
    threads[0].start()
    first.wait(10)
    for thread in threads[1:]:
        thread.start()
    while snapshot._version < 8:
        pass
    go.set()
    for thread in threads:
        thread.join(10)

    assert sum(writes) == 2
    assert len(stored(backend)) == 8


def test_a_read_only_or_frozen_snapshot_writes_nothing(backend: Backend) -> None:
    preview = opened(backend, read_only=True)
    preview.end(None, new=resource("a"))
    frozen = opened(backend)
    frozen.freeze()
    frozen.end(None, new=resource("a"))

    assert not backend.exists()


def test_unchanged_looks_past_dates_and_lines() -> None:
    before = resource("a", inputs={"n": 1}, source_position="x#1", modified="then")

    assert is_unchanged(before, resource("a", inputs={"n": 1.0}, source_position="x#2", modified="now"))
    assert not is_unchanged(before, resource("a", inputs={"n": 2}))


def test_secrets_are_sealed_in_the_file(backend: Backend) -> None:
    opened(backend).end(None, new=resource("a", inputs={"pw": Secret("hush")}))

    assert "hush" not in backend.file.read_text()
    assert opened(backend).base[0].inputs == {"pw": Secret("hush")}


@pytest.mark.parametrize(
    ("spelt", "why"),
    [
        ({"urn": "urn:pulumi:other::toy::t:i:T::a"}, "is from a different stack or project"),
        ({"dependencies": [urn("b")]}, "dependency .*::b refers to missing resource"),
        ({"parent": urn("b")}, "refers to missing parent .*::b"),
        ({"taint": True}, "has 'taint', which the embedded engine does not know"),
        (
            {"inputs": {"x": {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17"}}},
            "has assets",
        ),
    ],
)
def test_states_that_are_refused(backend: Backend, spelt: dict[str, Any], why: str) -> None:
    """A state that this engine could only harm is not touched."""
    backend.write({"resources": [{"urn": urn("a"), "type": "toy:index:Thing", "custom": True, **spelt}]})

    with pytest.raises(EngineError, match=why):
        opened(backend)


def test_resources_keep_every_member(backend: Backend) -> None:
    """What is read is written back the same, but for what is known to be dropped."""
    spelt = {
        "urn": urn("a"),
        "custom": True,
        "id": "a",
        "type": "toy:index:Thing",
        "inputs": {"n": 1},
        "outputs": {"n": 1},
        "protect": True,
        "external": True,
        "initErrors": ["not healthy"],
        "propertyDependencies": {"n": []},
        "additionalSecretOutputs": ["n"],
        "customTimeouts": {"create": 300},
        "retainOnDelete": True,
        "created": "then",
        "modified": "now",
        "sourcePosition": "project:///a#1",
        "ignoreChanges": ["n"],
        "replaceOnChanges": ["n"],
    }
    backend.write({"resources": [{**spelt, "aliases": ["x"], "stackTrace": [{}]}]})
    snapshot = opened(backend)
    snapshot.end(None)

    assert (backend.read() or {})["resources"] == [spelt]

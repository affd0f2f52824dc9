"""What the store does that no request shows."""

from pathlib import Path

import pytest

from sre_agent_local.azure.state import request_log
from sre_agent_local.azure.state.store import Resource, Store


def test_the_log_is_trimmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every thousand requests, the oldest go."""
    monkeypatch.setattr(request_log, "REQUESTS_KEPT", 10)
    store = Store(tmp_path / "data.sqlite3")
    for number in range(1005):
        store.request_log.add({"path": str(number)})

    kept = store.request_log.since(0)

    assert [kept[0]["path"], kept[-1]["path"], len(kept)] == ["990", "1004", 15]
    store.close()


def test_a_neighbour_whose_name_begins_alike_is_left_alone(tmp_path: Path) -> None:
    """What lies under `/a/b` does not include `/a/bc` or `/a/b-c`."""
    store = Store(tmp_path / "data.sqlite3")
    for name in ("/a/b", "/a/b/c", "/a/bc", "/a/b-c", "/a/b.c"):
        store.put(Resource(name, "Things", {}))
    under = [resource.id for resource in store.under("/A/B")]
    store.delete("/A/B")

    assert under == ["/a/b/c"]
    assert [resource.id for resource in store.under("/a")] == ["/a/b-c", "/a/b.c", "/a/bc"]
    store.close()


def test_things_are_found_by_type_and_name(tmp_path: Path) -> None:
    """Whole names only, wherever the things lie."""
    store = Store(tmp_path / "data.sqlite3")
    for name, kind in (
        ("/a/One", "Things"),
        ("/b/one", "things"),
        ("/a/someone", "Things"),
        ("/c/one", "Others"),
    ):
        store.put(Resource(name, kind, {}))

    assert sorted(resource.id for resource in store.by_name("THINGS", "ONE")) == ["/a/One", "/b/one"]
    store.close()


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "data.sqlite3")

    def half_way() -> None:
        with store.atomic():
            store.put(Resource("/a/b", "Things", {}))
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        half_way()
    assert store.get("/a/b") is None
    store.close()

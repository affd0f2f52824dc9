"""What an operation's status says."""

from pathlib import Path

from sre_agent_local.azure.state.operations import Operations, status_body
from sre_agent_local.azure.state.settings import LocalSettings
from sre_agent_local.azure.state.store import Resource, Store


def test_it_has_succeeded_only_once_its_end_is_stored(tmp_path: Path) -> None:
    """A status asked for in the moment in which the time is over does not run ahead of the store."""
    store = Store(tmp_path / "data.sqlite3")
    operations, thing = Operations(store), store.put(Resource("/a", "Things", {}))
    settings = LocalSettings(operation_seconds=0)
    started = operations.start("/a", settings, location="here", success=None, failure=thing)

    def status() -> tuple[str, bool]:
        operation = store.operation(started.id)
        assert operation
        return status_body(operation, "/status")["status"], store.get("/a") is None

    assert status() == ("InProgress", False)
    operations.settle()
    assert status() == ("Succeeded", True)
    store.close()

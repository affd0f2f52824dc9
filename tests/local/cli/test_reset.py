"""`sre-agent local reset`: Azure's data and the stacks' state are forgotten together."""

from support.cli import Folder, call


def deployed(folder: Folder) -> None:
    (folder.root / ".local" / "state" / ".pulumi").mkdir(parents=True)
    (folder.root / ".local" / "pulumi").mkdir()


def test_while_it_runs(running: Folder) -> None:
    """A running local Azure goes on, empty."""
    call(running, "local", "faults", "add", "--kind", "reset", "--path", "nowhere")
    (running.root / ".local" / "state").mkdir(exist_ok=True)
    done = call(running, "local", "reset", "--yes")

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "The local Azure and the state of its stacks are empty: the next `up` starts from nothing.\n"
    )
    assert call(running, "local", "faults", "list").out == "There are no faults.\n"
    assert not (running.root / ".local" / "state").exists()


def test_while_it_does_not_run(folder: Folder) -> None:
    """A stopped one loses its data folder; the plugins stay."""
    data = folder.root / ".local" / "azure"
    data.mkdir(parents=True)
    deployed(folder)

    assert call(folder, "local", "reset", "--yes", "--json").json == {"reset": True}
    assert [path.name for path in (folder.root / ".local").iterdir()] == ["pulumi"]


def test_asks_only_a_person(folder: Folder) -> None:
    """Where nobody can answer, --yes is required and nothing is lost."""
    deployed(folder)
    refused = call(folder, "local", "reset")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "error: This forgets everything deployed locally: say --yes where nobody can be asked.\n"
    )
    assert (folder.root / ".local" / "state").exists()

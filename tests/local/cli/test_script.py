"""`sre-agent local script`, and `start --script`."""

from support.azure import LocalAzure
from support.cli import Folder, call
from support.conversations import begin, settled

SCRIPT = "turns:\n  - steps:\n      - say: As written.\n"
DEFAULT = "# What the agent does while no other script is set"


def test_a_script_is_set_printed_and_taken_back(folder: Folder, azure: LocalAzure) -> None:
    folder.borrow(azure)
    (folder.root / "rehearsal.yaml").write_text(SCRIPT)
    default = call(folder, "local", "script").out
    done = call(folder, "local", "script", "rehearsal.yaml")
    agent = azure.agent()

    assert (done.code, done.err, done.out) == (0, "", "The agent follows rehearsal.yaml.\n")
    assert call(folder, "local", "script").out == SCRIPT
    assert settled(azure, agent, begin(azure, agent, "Hello"))[-1]["text"] == "As written."
    assert call(folder, "local", "script", "--default").out == "The agent follows the default script.\n"
    assert call(folder, "local", "script").out == default
    assert default.startswith(DEFAULT)


def test_start_sets_a_script_also_of_what_runs(folder: Folder, azure: LocalAzure) -> None:
    folder.borrow(azure)
    (folder.root / "rehearsal.yaml").write_text(SCRIPT)
    started = call(folder, "local", "start", "--script", "rehearsal.yaml")

    assert (started.code, "was already running" in started.out) == (0, True)
    assert call(folder, "local", "script").out == SCRIPT


def test_refusals(folder: Folder, azure: LocalAzure) -> None:
    """A script that is not there or cannot be used changes nothing."""
    folder.borrow(azure)
    (folder.root / "bad.yaml").write_text("turns:\n  - steps:\n      - tell: me\n")
    missing = call(folder, "local", "start", "--script", "nosuch.yaml")
    bad = call(folder, "local", "script", "bad.yaml")
    both = call(folder, "local", "script", "bad.yaml", "--default")

    assert (missing.code, missing.err) == (
        2,
        "error: nosuch.yaml cannot be read: No such file or directory.\n",
    )
    assert (bad.code, bad.out) == (2, "")
    assert bad.err == (
        "error: The local Azure refuses that: The script cannot be used: line 3: 'tell' is not known here.\n"
    )
    assert (both.code, both.err) == (2, "error: Give either a script or --default, not both.\n")
    assert call(folder, "local", "script").out.startswith(DEFAULT)

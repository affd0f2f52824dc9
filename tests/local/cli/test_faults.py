"""`sre-agent local faults`."""

from collections.abc import Iterator

import pytest

from support.cli import Folder, call


@pytest.fixture
def faultless(running: Folder) -> Iterator[Folder]:
    """Lend the running project to a test, and clear its faults afterwards."""
    yield running
    call(running, "local", "faults", "clear")


def test_add_list_and_clear(faultless: Folder) -> None:
    """A rule is added, listed with its number of strikes, and cleared."""
    words = [
        "faults",
        "add",
        "--method",
        "put",
        "--path",
        "skills",
        "--kind",
        "status",
        "--status",
        "429",
        "--retry-after",
        "1",
        "--times",
        "2",
    ]
    added = call(faultless, "local", *words)
    rule = call(faultless, "local", "faults", "list", "--json").json[0]
    listed = call(faultless, "local", "faults", "list")
    cleared = call(faultless, "local", "faults", "clear", rule["id"])

    assert (added.code, added.err) == (0, "")
    assert added.out == f"Added fault {rule['id']}: status on PUT skills.\n"
    assert (rule["status"], rule["retryAfter"], rule["times"], rule["processed"]) == (429, 1, 2, None)
    assert listed.out == (
        "  ID        KIND    METHOD  PATH    STRUCK\n"
        f"  {rule['id']}  status  PUT     skills  0 of 2\n"
    )  # fmt: skip
    assert cleared.out == f"Cleared fault {rule['id']}.\n"
    assert call(faultless, "local", "faults", "list").out == "There are no faults.\n"


def test_rule_without_limits(faultless: Folder) -> None:
    """A rule for every path and request shows so."""
    rule = call(faultless, "local", "faults", "add", "--kind", "delay", "--seconds", "0.01", "--json").json
    listed = call(faultless, "local", "faults", "list").out.splitlines()[1].split(maxsplit=3)

    assert listed == [rule["id"], "delay", "*", "(every path)  0"]
    assert call(faultless, "local", "faults", "clear").out == "Cleared all faults.\n"
    assert call(faultless, "local", "faults", "clear", "--json").json == {"cleared": "all"}


def test_refused_rule(running: Folder) -> None:
    """What the local Azure refuses is told in its own words."""
    refused = call(running, "local", "faults", "add", "--kind", "reset", "--path", "(")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: The local Azure refuses that: ")
    assert "'path'" in refused.err


def test_unknown_rule(running: Folder) -> None:
    """Clearing what is not there is an error."""
    refused = call(running, "local", "faults", "clear", "nosuch")

    assert (refused.code, refused.err) == (
        2,
        "error: The local Azure refuses that: There is no fault 'nosuch'.\n",
    )


def test_without_local_azure(folder: Folder) -> None:
    """Faults need a local Azure that runs."""
    refused = call(folder, "local", "faults", "list")

    assert (refused.code, refused.err) == (
        1,
        "error: The local Azure is not running: start it with `sre-agent local start`.\n",
    )

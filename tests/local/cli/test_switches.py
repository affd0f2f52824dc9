"""`sre-agent local switches`."""

from collections.abc import Iterator

import pytest

from support.cli import Folder, call


@pytest.fixture
def undecided(running: Folder) -> Iterator[Folder]:
    """Lend the running project to a test, and reset its switches afterwards."""
    yield running
    call(running, "local", "switches", "--reset")


def test_all_are_listed_with_what_they_stand_for(undecided: Folder) -> None:
    """In lines that fit a terminal; long lists are counted."""
    listed = call(undecided, "local", "switches")

    assert (listed.code, listed.err) == (0, "")
    assert (
        "restrictedTenant = false\n"
        "  ARM refuses every sub-resource but connectors, as it does in most external\n"
        "  tenants.\n"
        "  docs/reference/control-plane.md#sub-resources\n"
    ) in listed.out
    assert "agentRegions = 20 values\n" in listed.out
    assert max(map(len, listed.out.splitlines())) <= 80


def test_some_are_set_and_reset(undecided: Folder) -> None:
    """Of each sort of value, by names in any case; they then show what they were."""
    values = ["restrictedtenant=on", "platformSeconds=30", "quickstartPlan=", "planChoiceSeed=7"]
    denied = "deniedActions=Microsoft.Network/*/write, Microsoft.App/*"
    changed = call(undecided, "local", "switches", *values, denied, "--json").json
    shown = call(undecided, "local", "switches", "restrictedTenant").out
    some = call(undecided, "local", "switches", "--reset", "restrictedTenant", "--json").json
    call(undecided, "local", "switches", "--reset")
    everything = call(undecided, "local", "switches", "--json").json

    assert {each["name"]: each["value"] for each in changed} == {
        "restrictedTenant": True,
        "platformSeconds": 30,
        "quickstartPlan": "",
        "planChoiceSeed": 7,
        "deniedActions": ["Microsoft.Network/*/write", "Microsoft.App/*"],
    }
    assert shown.startswith("restrictedTenant = true  (changed)\n")
    assert shown.endswith("  By default: false\n")
    assert [each["value"] for each in some] == [False]
    assert [each["name"] for each in everything if each["value"] != each["default"]] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tenant=true"], "There is no switch 'tenant': `sre-agent local switches` lists them."),
        (["restrictedTenant=maybe"], "The switch restrictedTenant is true or false, not 'maybe'."),
        (["platformSeconds=soon"], "The switch platformSeconds is a number, not 'soon'."),
        (["--reset", "restrictedTenant=true"], "With --reset, name switches without a value."),
        (["platformSeconds=-1"], "The local Azure refuses that: The switches cannot be set: "),
    ],
)
def test_refusals_change_nothing(running: Folder, words: list[str], sentence: str) -> None:
    refused = call(running, "local", "switches", "readySeconds=9", *words)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"error: {sentence}")
    assert call(running, "local", "switches", "readySeconds", "--json").json[0]["value"] != 9

"""`sre-agent local incident`: what it says; how incidents are led is tested with the local Azure."""

import pytest

from support.azure import SUBSCRIPTION, LocalAzure
from support.cli import Folder, call
from support.incidents import on_call, plan

AGENTS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.App/agents"


@pytest.fixture
def shop(folder: Folder, azure: LocalAzure) -> Folder:
    """Make an agent whose only plan takes Sev1 and Sev2."""
    plan(azure, on_call(azure), "checkout", priorities=["Sev1", "Sev2"], handlingAgent="database")
    folder.borrow(azure)
    return folder


def test_what_took_an_incident_and_its_thread(shop: Folder) -> None:
    fired = call(shop, "local", "incident", "fire", "latency", "--agent", "sre-one", "--severity", "2")
    (incident,) = call(shop, "local", "incident", "list", "--json").json
    again = call(shop, "local", "incident", "fire", "latency", "--agent", "sre-one", "--severity", "2")
    listed = call(shop, "local", "incident", "list")
    resolved = call(shop, "local", "incident", "resolve", incident["id"][:8], "--by", "agent")

    assert (fired.code, fired.err) == (0, "")
    assert fired.out == (
        "Sev2 latency (AzMonitor) has fired:\n"
        f"  sre-one: plan checkout opened thread {incident['thread']}\n"
        "    handled by database, Autonomous\n"
    )
    assert again.out.splitlines()[1] == (
        f"  sre-one: plan checkout is alert 2 of thread {incident['thread']}"
    )
    assert listed.out.splitlines()[1].split() == [
        *(incident["id"][:8], "[Sev2]", "latency", "sre-one", "checkout", "acknowledged")
    ]
    assert resolved.out == "Resolved [Sev2] latency, mitigated by the agent.\n"


def test_that_several_plans_match(shop: Folder, azure: LocalAzure) -> None:
    azure.switch(severalPlans="each")
    plan(azure, azure.arm("GET", AGENTS).json()["value"][0]["id"], "other", agentMode="Review")
    fired = call(shop, "local", "incident", "fire", "latency", "--severity", "2")
    lines = fired.out.splitlines()

    assert [line.split()[2] for line in lines if "opened" in line] == ["checkout", "other"]
    assert lines.count("    several plans match, which one takes it is undefined: checkout, other") == 2
    assert "    handled by the agent itself, Review" in lines


def test_why_nothing_took_it(shop: Folder) -> None:
    fired = call(shop, "local", "incident", "fire", "latency", "--agent", "sre-one", "--priority", "Sev3")
    elsewhere = call(shop, "local", "incident", "fire", "Down", "--platform", "PagerDuty")
    as_json = call(shop, "local", "incident", "fire", "latency", "--agent", "sre-one", "--json").json

    assert fired.out == (
        "Sev3 latency (AzMonitor) has fired:\n"
        "  sre-one ignores it: no response plan takes it.\n"
        "    checkout: it takes other priorities\n"
    )
    assert elsewhere.out == "P1 Down (PagerDuty) has fired: no agent looks at it.\n"
    assert as_json["value"][0]["missed"] == {"checkout": "it takes other priorities"}
    assert call(shop, "local", "incident", "list").out == "No incident was taken.\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(["fire"], "Give either the title of an incident or, with --alert,", id="nothing"),
        pytest.param(["fire", "down", "--alert", "rule"], "Give either the title", id="both"),
        pytest.param(
            ["fire", "down", "--agent", "nobody"],
            "The local Azure refuses that: There is no agent 'nobody'.",
            id="no-such-agent",
        ),
        pytest.param(
            ["resolve", "nosuch"],
            "The local Azure refuses that: There is no incident 'nosuch'.",
            id="no-such-incident",
        ),
    ],
)
def test_refusals(shop: Folder, words: list[str], reason: str) -> None:
    refused = call(shop, "local", "incident", *words)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"error: {reason}")

"""What an interrupted run has left is settled before the next one; `pulumi` is a fake that takes notes."""

import json
from typing import Any

import pytest

from support.cli import FakePulumi, Folder, call, run

URN = "urn:pulumi:local::toy::azure-native:resources:ResourceGroup::rg"
INPUTS = {"resourceGroupName": "rg-none", "location": "swedencentral", "azureApiVersion": "2024-03-01"}
LATEST: dict[str, Any] = {
    "resources": [],
    "pending_operations": [
        {
            "type": "creating",
            "resource": {"urn": URN, "custom": True, "type": URN.split("::")[2], "inputs": INPUTS},
        }
    ],
}


@pytest.fixture
def interrupted(running: Folder, pulumi: FakePulumi) -> Folder:
    """Leave a state in which the create of a group is pending, which the local Azure does not have."""
    stacks = running.root / ".local" / "state" / ".pulumi" / "stacks" / "toy"
    stacks.mkdir(parents=True, exist_ok=True)
    (stacks / "local.json").write_text(json.dumps({"version": 3, "checkpoint": {"latest": LATEST}}))
    pulumi.answers("stack export", json.dumps({"version": 3, "deployment": LATEST}))
    config = {
        "azure-native:subscriptionId": {"value": "00000000-0000-0000-0000-000000000001", "secret": False}
    }
    pulumi.answers("config", json.dumps(config), as_json=True)
    pulumi.answers("stack output", "{}", as_json=True)
    return running


@pytest.mark.parametrize("verb", ["up", "destroy", "refresh"])
def test_what_is_pending_is_settled_first(interrupted: Folder, pulumi: FakePulumi, verb: str) -> None:
    """And told on stderr, so that what the command prints stays what it is."""
    result = run(interrupted, "local", verb, "--json", path=pulumi.path)

    verbs = [call["argv"][: 2 if call["argv"][0] == "stack" else 1] for call in pulumi.calls]
    assert verbs[:4] == [["stack", "export"], ["config"], ["stack", "import"], [verb]]
    line = "cleared   azure-native:resources:ResourceGroup rg (creating): Azure does not have it"
    assert line in result.err
    assert result.json["engine"] == "pulumi"


def test_where_that_fails_nothing_is_deployed(interrupted: Folder, pulumi: FakePulumi) -> None:
    """The engine's own words say why."""
    pulumi.does("if 'export' in sys.argv: sys.exit('error: no stack named local')")
    result = run(interrupted, "local", "up", path=pulumi.path)

    assert result.code == 1
    assert "error: `pulumi stack export` failed: no stack named local" in result.err
    assert "The state and its pending operations are as they were." in result.err
    assert len(pulumi.calls) == 1


def test_a_settled_state_costs_no_call(interrupted: Folder, pulumi: FakePulumi) -> None:
    """Nothing is asked of the engine where nothing is pending."""
    state = interrupted.root / ".local" / "state" / ".pulumi" / "stacks" / "toy" / "local.json"
    state.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": []}}}))

    run(interrupted, "local", "up", path=pulumi.path)

    assert pulumi.calls[0]["argv"][0] == "up"


def test_without_an_engine_recover_says_what_is_missing(interrupted: Folder) -> None:
    result = run(interrupted, "recover", "--engine", "pulumi")

    assert (result.code, result.err) == (
        2,
        "error: There is no `pulumi` on PATH: install the Pulumi CLI (https://www.pulumi.com/docs/install).\n",
    )


@pytest.mark.parametrize(("printed", "told"), [("", "nothing"), ("Hello!", "no JSON object")])
def test_recover_names_an_engine_that_prints_no_state(
    interrupted: Folder, pulumi: FakePulumi, printed: str, told: str
) -> None:
    pulumi.answers("stack export", printed)
    result = call(interrupted, "recover", path=pulumi.path)

    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[-1] == (
        f"error: `pulumi stack export` ended well, but printed {told}: "
        f"see whether {pulumi.home / 'pulumi'} is Pulumi's own."
    )

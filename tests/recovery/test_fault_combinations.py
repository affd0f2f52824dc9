"""Random faults while azure-native creates: what failed without an answer is recovered, and made once.

`COMBINATIONS=200 pytest tests/recovery/test_fault_combinations.py` tries so many; `SEED` chooses others.
Those of what this toolkit creates itself: tests/resources/test_fault_combinations.py.
"""

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import grpc
import pytest

from pulumi_sre_agent.api.client import Client
from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.settings import Settings
from pulumi_sre_agent.recovery.lookup import Lookup
from support.azure import LocalAzure
from support.azure_native import Json, Plugin, served, settings
from support.stack import stack_config

COMBINATIONS = int(os.environ.get("COMBINATIONS", "10"))
SEED = int(os.environ.get("SEED", "4"))
AT_A_TIME = 10
ATTEMPTS = 8
"""An operation meets three faults at most, each spoils one attempt, and a recovery is another."""
PLACE = {"resourceGroupName": "rg-sre", "location": "swedencentral"}
TYPES: dict[str, tuple[str, Json]] = {
    "managedidentity:UserAssignedIdentity": ("resourceName", PLACE),
    "operationalinsights:Workspace": ("workspaceName", {**PLACE, "sku": {"name": "PerGB2018"}}),
    "monitor:ActionGroup": (
        "actionGroupName",
        {**PLACE, "location": "global", "groupShortName": "ag", "enabled": True},
    ),
    "network:NetworkSecurityGroup": ("networkSecurityGroupName", PLACE),
    "privatedns:PrivateZone": ("privateZoneName", {**PLACE, "location": "global"}),
}
"""The argument that names one, and all else that it needs."""
FAULTS: tuple[Json, ...] = (
    {"kind": "status", "status": 400, "code": "BadThing", "message": "That will not do"},
    {"kind": "status", "status": 400, "code": "BadThing", "message": "That will not do", "processed": True},
    {"kind": "status", "status": 500, "processed": True},
    {"kind": "status", "status": 503, "retryAfter": 0},
    {"kind": "reset"},
    {"kind": "reset", "processed": True},
    {"kind": "notJson", "processed": True},
    {"kind": "html", "status": 403, "processed": True},
    {"kind": "operationFailed", "code": "NoCapacity", "message": "No capacity"},
)
METHODS = ("*", "GET", "PUT", "DELETE")

T = TypeVar("T")


class Life:
    """One resource under faults, as runs see it whose creates are recovered in between."""

    def __init__(self, azure: LocalAzure, plugin: Plugin, lookup: Lookup, number: int) -> None:
        self.azure, self.plugin, self.lookup = azure, plugin, lookup
        self.chance = random.Random(f"{SEED}/{number}")
        self.token = sorted(TYPES)[number % len(TYPES)]
        argument, self.args = TYPES[self.token]
        self.name = f"c{SEED}-{number}.example" if "Zone" in self.token else f"c{SEED}-{number}-it"
        self.args = {**self.args, argument: self.name}

    def live(self) -> str:
        """Create, read and delete it; return what went wrong."""
        inputs, refused = self.plugin.check(self.token, self.args)
        assert not refused
        arm_id = self.until_done(lambda: self.create(inputs))
        _, read, _ = self.until_done(lambda: self.plugin.read(self.token, arm_id, {}, inputs))
        if {name: read.get(name) for name in self.args} != self.args:
            return f"{self.token}: {read}"
        self.until_done(lambda: self.plugin.delete(self.token, arm_id))
        left = self.azure.arm("GET", arm_id, api_version=inputs["azureApiVersion"])
        return "" if left.status_code == 404 else f"{self.token} is left: {left.text}"

    def create(self, inputs: Json) -> str:
        """Recover what an earlier attempt has made, and finish it; else create it."""
        type_ = f"azure-native:{self.token}"
        found = self.lookup.find_created({"urn": "urn", "custom": True, "type": type_, "inputs": inputs})
        if found.id:
            self.plugin.update(self.token, found.id, {}, inputs)
            return found.id
        return self.plugin.create(self.token, inputs)[0]

    def until_done(self, operation: Callable[[], T]) -> T:
        for _ in range(self.chance.randint(1, 3)):
            rule = self.chance.choice(FAULTS)
            method, skip = self.chance.choice(METHODS), self.chance.choice([0, 0, 1, 2])
            self.azure.fault(method=method, path=f"/{self.name}", times=1, skip=skip, **rule)
        try:
            for _ in range(ATTEMPTS):
                try:
                    return operation()
                except (grpc.RpcError, SreAgentError) as error:
                    told: Any = error
            raise AssertionError(f"{self.token} not done after {ATTEMPTS} runs: {told}")
        finally:
            for rule in self.azure.faults():
                if rule["path"] == f"/{self.name}":
                    self.azure.clear_fault(rule["id"])


@pytest.fixture
def plugin(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugin]:
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    with served() as made:
        made.configure(**settings(azure))
        yield made


def test_what_fails_without_an_answer_is_recovered(azure: LocalAzure, plugin: Plugin) -> None:
    """Each life ends with what the program said, and then with nothing."""
    azure.group()
    client = Client(Settings.load(stack_config(azure).get, azure.environ))
    lives = [Life(azure, plugin, Lookup(client, []), number) for number in range(COMBINATIONS)]
    with ThreadPoolExecutor(AT_A_TIME) as side_by_side:
        told = list(side_by_side.map(Life.live, lives))
    client.close()

    assert [each for each in told if each] == []

"""Each kind of pending operation, and what becomes of it: against the local Azure, without an engine."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from pulumi_sre_agent.api.client import Client
from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.settings import Settings
from pulumi_sre_agent.recovery.arm_types import PATHS
from pulumi_sre_agent.recovery.lookup import Lookup
from pulumi_sre_agent.recovery.recover import recover
from sre_agent_local.azure_native.resource_types import TYPES
from support.azure import SUBSCRIPTION, LocalAzure
from support.stack import stack_config

Json = dict[str, Any]

STACK = "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev"
PROVIDER = "urn:pulumi:dev::toy::pulumi:providers:azure-native::default"
GROUP_TYPE = "azure-native:resources:ResourceGroup"
GROUP_INPUTS = {"resourceGroupName": "rg-sre", "location": "swedencentral", "azureApiVersion": "2024-03-01"}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x:y"}


def urn(name: str, type_: str = GROUP_TYPE) -> str:
    return f"urn:pulumi:dev::toy::{type_}::{name}"


def resource(name: str, inputs: Json | None = None, type_: str = GROUP_TYPE, **members: Any) -> Json:
    """Spell a resource of a state."""
    own = {"urn": urn(name, type_), "custom": True, "type": type_, "inputs": inputs or {}}
    return {**own, "parent": STACK, "provider": f"{PROVIDER}::1", **members}


class FakeEngine:
    """A state, and notes of what was done with it."""

    def __init__(self, *resources: Json, pending: Iterable[tuple[str, Json]] = ()) -> None:
        base = [
            {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"},
            {
                "urn": PROVIDER,
                "custom": True,
                "id": "1",
                "type": "pulumi:providers:azure-native",
                "inputs": {},
            },
        ]
        operations = [{"type": type_, "resource": each} for type_, each in pending]
        deployment = {"resources": [*base, *resources], "pending_operations": operations, "manifest": {}}
        self.exported: Json = {"version": 3, "deployment": deployment}
        self.refreshed: list[str] = []
        self.replaced = 0

    def export(self) -> Json:
        return self.exported

    def replace(self, exported: Json) -> None:
        self.replaced += 1
        self.exported = exported

    def refresh(self, urns: Iterable[str]) -> None:
        """As engines do: what is no create is settled."""
        self.refreshed += urns
        deployment = self.exported["deployment"]
        deployment["pending_operations"] = [
            each for each in deployment["pending_operations"] if each["type"] == "creating"
        ]

    def names(self) -> list[str]:
        """Name the resources, in order, with a mark for those that wait to be deleted."""
        marks = {True: " (delete)", False: ""}
        return [
            each["urn"].rpartition("::")[2] + marks[each.get("delete", False)]
            for each in self.exported["deployment"]["resources"][2:]
        ]

    def find(self, name: str) -> Json:
        return next(
            each for each in self.exported["deployment"]["resources"] if each["urn"].endswith(f"::{name}")
        )


class Recovery:
    """Recovers states against a local Azure."""

    def __init__(self, azure: LocalAzure) -> None:
        self.client = Client(Settings.load(stack_config(azure).get, azure.environ))

    def run(self, engine: FakeEngine, *, preview: bool = False) -> list[tuple[str, str, str]]:
        """Recover, and return operation, action and reason of each."""
        recovered = recover(engine, lambda stored: Lookup(self.client, stored), preview=preview)
        return [(each.operation, each.action, each.detail) for each in recovered]


@pytest.fixture
def recovery(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recovery]:
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    made = Recovery(azure)
    yield made
    made.client.close()


def test_a_create_that_came_to_nothing_is_cleared(recovery: Recovery) -> None:
    engine = FakeEngine(pending=[("creating", resource("rg", GROUP_INPUTS))])

    assert recovery.run(engine) == [("creating", "cleared", "Azure does not have it")]
    assert engine.names() == []
    assert "pending_operations" not in engine.exported["deployment"]


def test_a_create_that_came_through_is_imported_with_its_secrets_as_they_are(
    recovery: Recovery, azure: LocalAzure
) -> None:
    """It is marked so that the next update finishes it; ids are as Azure spells them."""
    inputs = {**GROUP_INPUTS, "resourceGroupName": "RG-sre", "managedBy": SECRET}
    azure.group()
    engine = FakeEngine(pending=[("creating", resource("rg", inputs))])

    [(_, action, id_)] = recovery.run(engine)

    assert (action, id_) == ("imported", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre")
    imported = engine.find("rg")
    assert (imported["id"], imported["inputs"], imported["outputs"]) == (id_, inputs, inputs)
    assert imported["initErrors"]


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        pytest.param({"location": "norwayeast"}, "is another's: it differs in location", id="location"),
        pytest.param({"tags": {"team": "b"}}, "is another's: it differs in tags", id="tags"),
        pytest.param({"resourceGroupName": SECRET}, "the state does not say where it is", id="secret-name"),
    ],
)
def test_what_is_not_what_the_program_says_is_left_to_whom_it_belongs(
    recovery: Recovery, azure: LocalAzure, inputs: Json, reason: str
) -> None:
    azure.group()
    engine = FakeEngine(pending=[("creating", resource("rg", {**GROUP_INPUTS, **inputs}))])

    [(_, action, told)] = recovery.run(engine)

    assert action == "cleared"
    assert reason in told
    assert engine.names() == []


def test_what_another_resource_of_the_state_stands_for_is_not_imported(
    recovery: Recovery, azure: LocalAzure
) -> None:
    """As of a resource whose name in Pulumi changed: to delete the old one would delete the new one."""
    id_ = azure.group()
    stored = resource("old", GROUP_INPUTS, id=id_.upper())
    engine = FakeEngine(stored, pending=[("creating", resource("new", GROUP_INPUTS))])

    assert recovery.run(engine) == [("creating", "cleared", f"{id_} is old in the state already")]
    assert engine.names() == ["old"]


def test_a_replacement_that_came_through_takes_its_place(recovery: Recovery, azure: LocalAzure) -> None:
    """Before what rests on it and what it replaces, which waits to be deleted; after what it rests on."""
    azure.group()
    old = resource("rg", {**GROUP_INPUTS, "resourceGroupName": "rg-old"}, id="/old")
    dependent = resource("user", id="/user", dependencies=[urn("rg")])
    base = resource("base", id="/base")
    new = resource("rg", GROUP_INPUTS, dependencies=[urn("base")])
    engine = FakeEngine(old, dependent, base, pending=[("creating", new)])

    recovery.run(engine)

    assert engine.names() == ["base", "rg", "rg (delete)", "user"]


def test_a_replacement_of_what_is_deleted_already_forgets_it(recovery: Recovery, azure: LocalAzure) -> None:
    azure.group()
    old = resource("rg", GROUP_INPUTS, id="/old", pendingReplacement=True)
    engine = FakeEngine(old, pending=[("creating", resource("rg", GROUP_INPUTS))])

    recovery.run(engine)

    assert engine.names() == ["rg"]
    assert engine.find("rg")["id"] == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"


def test_what_changes_is_read_anew(recovery: Recovery) -> None:
    """Of updates and deletes; reads and imports have changed nothing, and are forgotten."""
    one, two = resource("one", id="/one"), resource("two", id="/two")
    theirs = resource("theirs", id="/theirs", external=True)
    engine = FakeEngine(
        one,
        two,
        pending=[("updating", one), ("deleting", two), ("reading", theirs), ("importing", theirs)],
    )

    told = recovery.run(engine)

    assert [action for _, action, _ in told] == ["refreshed", "refreshed", "cleared", "cleared"]
    assert engine.refreshed == [urn("one"), urn("two")]
    assert engine.replaced == 0, "the refresh has settled all"


def test_what_nobody_here_knows_is_cleared_and_said(recovery: Recovery) -> None:
    bucket = resource("bucket", type_="aws:s3/bucket:Bucket")
    component = resource("box", type_="toy:index:Box", custom=False)
    engine = FakeEngine(pending=[("creating", bucket), ("creating", component)])

    told = [reason for _, _, reason in recovery.run(engine)]

    assert "aws:s3/bucket:Bucket is: look for it" in told[0]
    assert told[1] == "Azure knows nothing of it"


def test_an_item_is_imported_only_as_the_program_says_it(recovery: Recovery, azure: LocalAzure) -> None:
    """One that is half there, or somebody's own, is left to the next create, which tells them apart."""
    agent_id = azure.agent()
    text = "Do all of the steps in order, then report what you did and found."
    body = {"name": "mine", "type": "Skill", "properties": {"skillContent": text, "description": "d"}}
    azure.data("PUT", agent_id, "/api/v2/extendedAgent/skills/mine", body)
    inputs = {
        "agent_id": agent_id,
        "name": "mine",
        "skill_content": text,
        "description": "d",
        "__provider": "x",
    }
    skills = {"same": inputs, "other": {**inputs, "description": "e"}, "gone": {**inputs, "name": "gone"}}
    type_ = "pulumi-python:dynamic/sre:Skill"
    engine = FakeEngine(pending=[("creating", resource(name, each, type_)) for name, each in skills.items()])

    told = recovery.run(engine)

    assert [action for _, action, _ in told] == ["imported", "cleared", "cleared"]
    assert engine.find("same")["id"] == f"{agent_id}/skills/mine"
    assert engine.find("same")["outputs"]["__provider"] == "x"


def test_a_preview_changes_nothing(recovery: Recovery, azure: LocalAzure) -> None:
    azure.group()
    one = resource("one", id="/one")
    engine = FakeEngine(one, pending=[("creating", resource("rg", GROUP_INPUTS)), ("updating", one)])

    assert [action for _, action, _ in recovery.run(engine, preview=True)] == ["imported", "refreshed"]
    assert (engine.refreshed, engine.replaced) == ([], 0)


def test_where_azure_refuses_nothing_is_changed(recovery: Recovery, azure: LocalAzure) -> None:
    one = resource("one", id="/one")
    engine = FakeEngine(one, pending=[("updating", one), ("creating", resource("rg", GROUP_INPUTS))])
    azure.fault("status", method="GET", path="/resourceGroups/rg-sre", status=403, times=99)
    try:
        with pytest.raises(SreAgentError):
            recovery.run(engine)
    finally:
        azure.clear_faults()

    assert (engine.refreshed, engine.replaced) == ([], 0)


def test_the_table_names_every_type_that_components_create_as_azure_does() -> None:
    """The stand-in's own table is another's work: they agree."""
    ours = {type_: path.lstrip("/") for type_, path in PATHS.items()}
    theirs = {token: resource_type.path.lstrip("/") for token, resource_type in TYPES.items()}
    del theirs["azure-native:authorization:RoleAssignment"]  # a resource of the toolkit's own

    assert ours == theirs

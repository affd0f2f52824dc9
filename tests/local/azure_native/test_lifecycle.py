"""Create, read, update and delete of every type, against the local Azure."""

from typing import Any

import grpc
import pytest

from sre_agent_local.azure_native.property_values import UNKNOWN, SecretValue
from support.azure import LocalAzure
from support.azure_native import Plugin, sentence
from support.azure_native_cases import ACTION_GROUP, CASES, IDENTITY, RESOURCE_GROUP, WORKSPACE, Case


def holds(found: Any, wanted: Any) -> bool:
    """Tell whether all that is wanted is found, whatever Azure has filled in besides."""
    if isinstance(wanted, dict):
        return all(name in found and holds(found[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(holds, found, wanted))
    return bool(found == wanted)


every_type = pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)


@every_type
def test_a_resource_lives_from_create_to_delete(plugin: Plugin, azure: LocalAzure, case: Case) -> None:
    """What is created can be read, is changed in place, and is gone after its deletion."""
    case.prepare(azure)
    arm_id, inputs, outputs = plugin.made(case.token, **case.inputs)

    assert case.output in outputs
    assert holds(outputs, {name: value for name, value in case.inputs.items() if name in outputs})
    assert plugin.read(case.token, arm_id, outputs, inputs) == (arm_id, inputs, outputs)

    changed = {**inputs, **case.change}
    updated = plugin.update(case.token, arm_id, outputs, changed)
    assert holds(updated, case.change)
    assert updated[case.output] == outputs[case.output]

    plugin.delete(case.token, arm_id)
    assert plugin.read(case.token, arm_id, updated, changed) == ("", {}, {})
    plugin.delete(case.token, arm_id)  # what is gone already counts as deleted


@every_type
def test_an_imported_resource_gets_inputs_that_show_no_change(
    plugin: Plugin, azure: LocalAzure, case: Case
) -> None:
    """Reading by id alone gives inputs that hold all of the program's, and diff as equal to themselves."""
    case.prepare(azure)
    arm_id, inputs, outputs = plugin.made(case.token, **case.inputs)

    found_id, found_inputs, found_outputs = plugin.read(case.token, arm_id)

    assert found_id == arm_id
    assert found_outputs == outputs
    assert holds(found_inputs, {name: value for name, value in inputs.items() if not name.startswith("__")})
    checked, refusals = plugin.check(case.token, found_inputs, found_inputs)
    assert refusals == []
    assert not plugin.diff(case.token, found_inputs, checked).detailedDiff


@every_type
def test_what_exists_is_not_created(plugin: Plugin, azure: LocalAzure, case: Case) -> None:
    """As azure-native: also not where it is exactly what would be written, and nothing is sent."""
    case.prepare(azure)
    arm_id, inputs, _ = plugin.made(case.token, **case.inputs)
    azure.forget_requests()

    with pytest.raises(grpc.RpcError) as refused:
        plugin.create(case.token, inputs)

    told, _, path = sentence(refused).partition("'")
    assert told == "cannot create already existing resource "
    assert path.lower() == f"{arm_id}'".lower()
    assert azure.requests(plane="control", method="PUT") == []


def test_drift_becomes_inputs_but_azures_own_defaults_do_not(plugin: Plugin, azure: LocalAzure) -> None:
    """A refresh carries over what somebody changed, and nothing that Azure had filled in by itself."""
    azure.group()
    arm_id, inputs, outputs = plugin.made(
        WORKSPACE,
        resourceGroupName="rg-sre",
        workspaceName="log-new",
        sku={"name": "PerGB2018"},
        tags={"team": "a", "left": "alone"},
    )
    assert "features" in outputs
    body = {
        "location": "swedencentral",
        "tags": {"team": "b", "left": "alone"},
        "properties": {"sku": {"name": "PerGB2018"}, "retentionInDays": 90},
    }
    azure.settle(azure.arm("PUT", arm_id, body, api_version="2023-09-01"))

    _, seen, _ = plugin.read(WORKSPACE, arm_id, outputs, inputs)

    assert seen == {**inputs, "tags": {"team": "b", "left": "alone"}, "retentionInDays": 90}


def test_a_member_removed_behind_our_back_leaves_the_inputs(plugin: Plugin, azure: LocalAzure) -> None:
    """Tags that are gone from Azure leave the refreshed inputs, so that the next run brings them back."""
    arm_id, inputs, outputs = plugin.made(
        RESOURCE_GROUP, resourceGroupName="rg-new", tags={"a": "1", "b": "2"}
    )
    azure.arm("PUT", arm_id, {"location": "swedencentral", "tags": {"a": "1"}}, api_version="2024-03-01")

    _, seen, _ = plugin.read(RESOURCE_GROUP, arm_id, outputs, inputs)

    assert seen["tags"] == {"a": "1"}
    change = plugin.diff(RESOURCE_GROUP, seen, inputs)
    assert dict(change.detailedDiff).keys() == {"tags.b"}


def test_a_preview_of_a_create_knows_the_inputs_and_nothing_else(plugin: Plugin, azure: LocalAzure) -> None:
    azure.forget_requests()
    inputs, _ = plugin.check(IDENTITY, {"resourceGroupName": UNKNOWN, "resourceName": "id-new"})

    arm_id, outputs = plugin.create(IDENTITY, inputs, preview=True)

    assert arm_id == ""
    assert outputs["location"] == "swedencentral"
    assert outputs["principalId"] is UNKNOWN
    assert outputs["name"] is UNKNOWN
    assert azure.requests(plane="control") == []


def test_a_preview_of_an_update_keeps_name_and_location(plugin: Plugin, azure: LocalAzure) -> None:
    azure.group()
    arm_id, inputs, outputs = plugin.made(IDENTITY, resourceGroupName="rg-sre", resourceName="id-new")

    seen = plugin.update(IDENTITY, arm_id, outputs, {**inputs, "tags": {"a": "b"}}, preview=True)

    assert (seen["name"], seen["location"]) == ("id-new", "swedencentral")
    assert seen["principalId"] is UNKNOWN


def test_secrets_stay_secret_and_reach_azure(plugin: Plugin, azure: LocalAzure) -> None:
    """An input that is secret, as a whole or in part, is a secret output; Azure gets its plain value."""
    arm_id, inputs, outputs = plugin.made(
        RESOURCE_GROUP, resourceGroupName="rg-new", tags={"pin": SecretValue("1234")}
    )

    assert inputs["tags"] == {"pin": SecretValue("1234")}
    assert outputs["tags"] == SecretValue({"pin": "1234"})
    assert azure.arm("GET", arm_id, api_version="2024-03-01").json()["tags"] == {"pin": "1234"}
    assert "1234" not in repr(outputs)


def test_a_secret_in_a_list_makes_the_whole_list_secret(plugin: Plugin, azure: LocalAzure) -> None:
    azure.group()
    hook = {"name": "bridge", "serviceUri": SecretValue("https://hooks.example/?sig=1234")}

    _, inputs, outputs = plugin.made(
        ACTION_GROUP,
        resourceGroupName="rg-sre",
        actionGroupName="ag-new",
        location="global",
        groupShortName="sre",
        enabled=True,
        webhookReceivers=[hook],
    )

    assert inputs["webhookReceivers"] == [hook]
    assert outputs["webhookReceivers"] == SecretValue(
        [{**hook, "serviceUri": "https://hooks.example/?sig=1234"}]
    )


def test_a_create_survives_one_lost_connection(plugin: Plugin, azure: LocalAzure) -> None:
    """Whatever becomes of one answer, the next attempt ends with one resource."""
    azure.fault("reset", method="PUT", path="/resourceGroups/", times=1, processed=True)

    arm_id, _, outputs = plugin.made(RESOURCE_GROUP, resourceGroupName="rg-new")

    assert outputs["properties"] == {"provisioningState": "Succeeded"}
    assert azure.arm("GET", arm_id, api_version="2024-03-01").is_success

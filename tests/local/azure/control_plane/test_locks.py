"""Locks: what they forbid, at their scope, below it and above it."""

import pytest

from support.azure import GROUPS, IDENTITIES, SUBSCRIPTION, LocalAzure, error

LOCKS = "2020-05-01"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-sre"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/sre-one"


def lock(azure: LocalAzure, scope: str, level: str = "CanNotDelete") -> str:
    path = f"{scope}/providers/Microsoft.Authorization/locks/keep"
    answer = azure.arm("PUT", path, {"properties": {"level": level}}, api_version=LOCKS)
    assert answer.status_code == 201, answer.text
    return path


@pytest.mark.parametrize(
    "scope", [f"/subscriptions/{SUBSCRIPTION}", GROUP, AGENT], ids=["above", "group", "itself"]
)
def test_a_locked_agent_cannot_be_deleted(azure: LocalAzure, scope: str) -> None:
    """It can still change, and goes once the lock is gone."""
    azure.agent()
    path = lock(azure, scope)

    refused = azure.arm("DELETE", AGENT)

    assert error(refused) == (409, "ScopeLocked")
    assert f"following scope(s) are locked: '{scope}'" in refused.json()["error"]["message"]
    azure.settle(azure.arm("PATCH", AGENT, {"tags": {"a": "b"}}))
    assert azure.arm("DELETE", path, api_version=LOCKS).status_code == 200
    assert azure.settle(azure.arm("DELETE", AGENT))["status"] == "Succeeded"


def test_a_group_does_not_go_with_something_locked_in_it(azure: LocalAzure) -> None:
    azure.identity()
    azure.group("rg-other")
    lock(azure, IDENTITY)

    assert error(azure.arm("DELETE", GROUP, api_version=GROUPS)) == (409, "ScopeLocked")
    assert azure.arm("DELETE", GROUP.replace("rg-sre", "rg-other"), api_version=GROUPS).status_code == 202


def test_a_role_counts_as_part_of_what_it_lies_on(azure: LocalAzure) -> None:
    """It can be given, but not taken away again."""
    principal = azure.identity()["properties"]["principalId"]
    lock(azure, GROUP)
    role = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000a1"
    reader = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    body = {"properties": {"roleDefinitionId": reader, "principalId": principal}}

    assert azure.arm("PUT", role, body, api_version="2022-04-01").status_code == 201
    assert error(azure.arm("DELETE", role, api_version="2022-04-01")) == (409, "ScopeLocked")


def test_read_only_refuses_every_write(azure: LocalAzure) -> None:
    azure.agent()
    path = lock(azure, GROUP, "ReadOnly")

    refused = [
        azure.arm("PUT", IDENTITY, {"location": "swedencentral"}, api_version=IDENTITIES),
        azure.arm("PATCH", AGENT, {"tags": {}}),
        azure.arm("POST", f"{AGENT}/stop"),
        azure.arm("DELETE", AGENT),
    ]

    assert {error(answer) for answer in refused} == {(409, "ScopeLocked")}
    assert azure.arm("GET", AGENT).status_code == 200
    assert (
        azure.arm("PUT", path, {"properties": {"level": "CanNotDelete"}}, api_version=LOCKS).status_code
        == 200
    )


def test_the_locks_of_a_scope_are_listed(azure: LocalAzure) -> None:
    azure.identity()
    lock(azure, IDENTITY)
    path = lock(azure, GROUP)

    listed = azure.arm("GET", path.rpartition("/")[0], api_version=LOCKS).json()["value"]

    assert [(each["id"], each["properties"]) for each in listed] == [(path, {"level": "CanNotDelete"})]


@pytest.mark.parametrize(
    ("scope", "level", "expected"),
    [
        pytest.param(GROUP, "Never", (400, "InvalidRequestContent"), id="level"),
        pytest.param(IDENTITY, "ReadOnly", (404, "ResourceNotFound"), id="scope"),
    ],
)
def test_refusals(azure: LocalAzure, scope: str, level: str, expected: tuple[int, str]) -> None:
    azure.group()
    path = f"{scope}/providers/Microsoft.Authorization/locks/keep"

    assert error(azure.arm("PUT", path, {"properties": {"level": level}}, api_version=LOCKS)) == expected

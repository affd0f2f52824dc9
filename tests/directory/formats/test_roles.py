"""`roles.yaml`: roles that are assigned, and what is left to people."""

from typing import Any

import pytest

from support.directories import Faults, Read, agent

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def test_administrators_are_told(reads: Read) -> None:
    """The templates export them too, and apply them nowhere."""
    [note] = reads({"admin-settings.json": {"_description": "x", "adminUsers": ["a@contoso.com"]}}).notes

    assert str(note) == (
        "admin-settings.json:3: adminUsers get no role from here: name them as people of the agent"
    )


def test_azure_roles_are_given_out(reads: Read) -> None:
    """To whoever deploys the directory, with the answers to its prompts in them."""
    role = {"name": "Reads", "type": "azure-role", "scope": "{{scope}}", "role_definition_id": READER}
    prompts = {"scope": {"required": True}}

    found = reads(
        {"agent.json": agent(_prompts=prompts), "roles.yaml": {"roles": [role]}}, answers={"scope": GROUP}
    )

    assert [(grant.name, grant.role, grant.scope, str(grant.source)) for grant in found.roles] == [
        ("Reads", READER, GROUP, "roles.yaml:3")
    ]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        pytest.param(
            {"name": "GitHub", "type": "manual", "instructions": "Sign in.\n"},
            "GitHub: Sign in.",
            id="manual",
        ),
        pytest.param(
            {"name": "Key", "type": "token", "env_var": "KEY", "_help": "A key.", "instructions": "Get it."},
            "Key: needs KEY: A key. Get it.",
            id="token",
        ),
        pytest.param(
            {"name": "K", "type": "adx-principal", "scope": "c/databases/d"},
            "K: make the agent's identity a Viewer of c/databases/d, which is left to you",
            id="kusto",
        ),
        pytest.param(
            {"name": "Teams", "type": "api-connection", "api": "teams"},
            "Teams: make an API connection for teams and consent to it in the Azure portal",
            id="connection",
        ),
        pytest.param(
            {"scope": "/subscriptions/{{subscription}}", "role": "Reader", "principal": "{{who}}"},
            "the role Reader on /subscriptions/{{subscription}} is not assigned, "
            "since the entry has no type: say type: azure-role to have it",
            id="untyped",
        ),
        pytest.param({"name": "X"}, "X: has to be set up by hand", id="nothing-said"),
        pytest.param({"name": "X", "type": "rbac"}, "X: nothing is done for the type 'rbac'", id="unknown"),
    ],
)
def test_the_rest_is_noted(reads: Read, entry: dict[str, Any], text: str) -> None:
    """With file and line; unknown placeholders are no obstacle where nothing is deployed."""
    found = reads({"roles.yaml": {"roles": [entry]}})

    assert ([str(note) for note in found.notes], found.roles) == ([f"roles.yaml:3: {text}"], ())


def test_no_note_shows_a_secret(reads: Read) -> None:
    """An answer to a secret prompt may stand in instructions."""
    files = {
        "agent.json": agent(_prompts={"key": {"secret": True}}),
        "roles.yaml": {"roles": [{"name": "Key", "instructions": "Enter {{key}} there."}]},
    }

    [note] = reads(files, answers={"key": "t0p-s3cret"}).notes

    assert "t0p-s3cret" not in str(note)


@pytest.mark.parametrize("content", ["", "roles:\n", "roles: []\n", "roles:\n  # - name: x\n", "[]"])
def test_no_roles(reads: Read, content: str) -> None:
    """Most recipes have theirs commented out."""
    found = reads({"roles.yaml": content})

    assert (found.roles, found.notes) == ((), ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("roles: x\n", "roles.yaml:1: 'roles' must be a list"),
        ("roles: [", "roles.yaml:2: the YAML is malformed"),
        ("roles:\n- x\n", "roles.yaml:2: a role must be an object"),
        (
            f"roles:\n- type: azure-role\n  scope: {GROUP}\n",
            "roles.yaml:2: role_definition_id must not be empty",
        ),
        ("roles:\n- type: azure-role\n  role: Reader\n  scope: rg\n", "roles.yaml:4: scope must be"),
        (
            'roles:\n- type: azure-role\n  role: Reader\n  scope: "/subscriptions/{{nobody}}"\n',
            "roles.yaml:4: scope /subscriptions/{{nobody}} holds what is no prompt of agent.json",
        ),
    ],
)
def test_what_is_refused(faults: Faults, content: str, reason: str) -> None:
    assert any(fault.startswith(reason) for fault in faults({"roles.yaml": content}))

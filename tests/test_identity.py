"""sre.Identity: a new identity or an existing one."""

import pulumi_sre_agent as sre
from support.mocks import PRINCIPAL, SUBSCRIPTION, run

TYPE = "azure-native:managedidentity:UserAssignedIdentity"
BELOW = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"
THEIRS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/{BELOW}/id"


def test_a_new_identity_is_made_as_said() -> None:
    seen = run(
        lambda: sre.Identity(
            "oncall",
            {
                "identity_name": "id-oncall",
                "resource_group_name": "rg",
                "location": "swedencentral",
                "tags": {"team": "a"},
            },
        )
    )

    made = seen.one(TYPE)
    assert (made.name, made.parent, made.read_id) == ("oncall", "oncall", "")
    assert made.inputs == {
        "resourceName": "id-oncall",
        "resourceGroupName": "rg",
        "location": "swedencentral",
        "tags": {"team": "a"},
    }
    outputs = seen.outputs["sre:index:Identity::oncall"]
    assert outputs["identity_id"].endswith(f"/resourceGroups/rg/{BELOW}/id-oncall")
    assert outputs["principal_id"] == PRINCIPAL


def test_its_principal_is_asked_for_by_name() -> None:
    """So that a change of tags does not make it unknown, and every role with it."""
    seen = run(lambda: sre.Identity("oncall", {"identity_name": "id-oncall", "resource_group_name": "rg"}))

    assert seen.calls == [
        (
            "azure-native:managedidentity:getUserAssignedIdentity",
            {"resourceGroupName": "rg", "resourceName": "id-oncall"},
        )
    ]


def test_an_existing_identity_is_only_read() -> None:
    seen = run(lambda: sre.Identity("oncall", {"existing_id": THEIRS}))

    made = seen.one(TYPE)
    assert (made.name, made.read_id) == ("oncall", THEIRS)
    assert seen.calls == []
    assert seen.outputs["sre:index:Identity::oncall"] == {
        "identity_id": THEIRS,
        "principal_id": PRINCIPAL,
        "client_id": "of-the-mocks",
    }

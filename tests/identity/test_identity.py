"""sre.Identity: a new identity or an existing one."""

import pulumi
import pytest

import pulumi_sre_agent as sre
from support.mocks import PRINCIPAL, SUBSCRIPTION, run

CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
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


def test_a_pipeline_may_log_in_as_a_new_identity() -> None:
    """One credential waits for the other, since Azure refuses two at a time."""
    seen = run(
        lambda: sre.Identity(
            "oncall",
            {
                "identity_name": "id-oncall",
                "resource_group_name": "rg",
                "federated_credentials": {
                    "prod": sre.github_actions("contoso/payments", environment="prod"),
                    "other-cloud": {"issuer": "https://issuer.example", "subject": "s", "audience": "a"},
                },
            },
        )
    )

    made = seen.of(CREDENTIAL)
    assert made["oncall-prod"].inputs == {
        "federatedIdentityCredentialResourceName": "prod",
        "resourceGroupName": "rg",
        "resourceName": "id-oncall",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/payments:environment:prod",
        "audiences": ["api://AzureADTokenExchange"],
    }
    assert made["oncall-other-cloud"].inputs["audiences"] == ["a"]
    assert made["oncall-other-cloud"].waits_for >= {"oncall-prod"}


def test_an_existing_identity_gets_no_credentials() -> None:
    trusted = {"prod": sre.github_actions("contoso/payments", environment="prod")}

    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: sre.Identity("oncall", {"existing_id": THEIRS, "federated_credentials": trusted}))

    assert str(refused.value) == (
        f"The identity cannot be: federated_credentials are for a new identity, and {THEIRS} is used as it "
        "is: add them where it is made, or let a new one be made here."
    )

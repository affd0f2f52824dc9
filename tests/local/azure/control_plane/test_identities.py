"""Federated credentials of identities: who may log in as them without a secret."""

import pytest

from support.azure import IDENTITIES, Json, LocalAzure, error

GITHUB: Json = {
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "repo:contoso/payments:environment:prod",
    "audiences": ["api://AzureADTokenExchange"],
}


def put(azure: LocalAzure, path: str, **changes: object) -> tuple[int, str]:
    return error(azure.arm("PUT", path, {"properties": {**GITHUB, **changes}}, api_version=IDENTITIES))


def test_a_credential_lives_below_its_identity(azure: LocalAzure) -> None:
    identity = azure.identity()["id"]
    path = f"{identity}/federatedIdentityCredentials/prod"
    assert put(azure, path) == (201, "")
    assert put(azure, path, subject="repo:contoso/payments:environment:dev") == (200, "")
    (listed,) = azure.arm("GET", path.rpartition("/")[0], api_version=IDENTITIES).json()["value"]

    assert listed["properties"] == {**GITHUB, "subject": "repo:contoso/payments:environment:dev"}
    assert azure.arm("DELETE", path, api_version=IDENTITIES).status_code == 200
    assert azure.arm("DELETE", identity, api_version=IDENTITIES).status_code == 200


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        pytest.param("again", {}, (409, "Conflict"), id="same-issuer-and-subject"),
        pytest.param("p", {"subject": "s"}, (400, "InvalidResourceName"), id="name"),
        pytest.param("prod", {"issuer": "http://a.example"}, (400, "InvalidRequestContent"), id="issuer"),
        pytest.param("prod", {"subject": ""}, (400, "InvalidRequestContent"), id="subject"),
        pytest.param("prod", {"audiences": ["a", "b"]}, (400, "InvalidRequestContent"), id="audiences"),
    ],
)
def test_refusals(azure: LocalAzure, name: str, changes: Json, expected: tuple[int, str]) -> None:
    collection = f"{azure.identity()['id']}/federatedIdentityCredentials"
    put(azure, f"{collection}/first")

    assert put(azure, f"{collection}/{name}", **changes) == expected


def test_a_credential_needs_its_identity(azure: LocalAzure) -> None:
    path = f"{azure.identity()['id']}-gone/federatedIdentityCredentials/prod"

    assert put(azure, path) == (404, "ParentResourceNotFound")


def test_an_identity_has_at_most_twenty(azure: LocalAzure) -> None:
    collection = f"{azure.identity()['id']}/federatedIdentityCredentials"
    for number in range(20):
        assert put(azure, f"{collection}/prod{number}", subject=f"s{number}")[0] == 201

    assert put(azure, f"{collection}/one-more", subject="s") == (400, "BadRequest")

"""`/_local/principals`: who is in the directory, with what roles."""

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

PRINCIPALS = "/_local/principals"
ROOT = f"/subscriptions/{SUBSCRIPTION}"


def listed(azure: LocalAzure) -> dict[str, Json]:
    return {each["name"]: each for each in azure.http.get(PRINCIPALS).json()["value"]}


def test_somebody_is_added_with_roles(azure: LocalAzure) -> None:
    """By a role's name or GUID, on a scope, by default the first subscription."""
    group = azure.group()
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    roles = [{"role": reader}, {"role": "sre agent reader", "scope": group.upper()}]
    added = azure.http.post(
        PRINCIPALS, json={"type": "User", "name": "anna@contoso.com", "roles": roles}
    ).json()

    assert listed(azure)["anna@contoso.com"] == added
    assert sorted(role["role"] for role in added["roles"]) == ["Reader", "SRE Agent Reader"]
    assert {role["scope"] for role in added["roles"]} == {ROOT, group}


def test_who_was_added_is_removed_and_the_rest_is_not(azure: LocalAzure) -> None:
    azure.identity()
    team = azure.http.post(PRINCIPALS, json={"type": "Group", "name": "On call"}).json()
    identity = listed(azure)["id-sre"]

    assert list(listed(azure)) == ["developer", "id-sre", "On call"]
    assert azure.http.delete(f"{PRINCIPALS}/{team['id']}").status_code == 204
    assert error(azure.http.delete(f"{PRINCIPALS}/{identity['id']}")) == (404, "NotFound")
    assert list(listed(azure)) == ["developer", "id-sre"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"type": "Robot", "name": "r"}, 400, "'type'"),
        ({"type": "User", "name": "anna"}, 400, "a user is named by an address"),
        ({"type": "Group", "name": "g", "id": "1"}, 400, "'id'"),
        ({"type": "ServicePrincipal", "name": "developer"}, 409, "already"),
        ({"type": "Group", "name": "g", "roles": [{"role": "Boss"}]}, 400, "there are: SRE Agent Admin"),
        (
            {"type": "Group", "name": "g", "roles": [{"role": "Reader", "scope": "/nowhere"}]},
            400,
            "nothing at the scope '/nowhere'",
        ),
        ({"type": "Group", "name": "g", "roles": "Reader"}, 400, "'roles' must be a list"),
    ],
)
def test_refusals_add_nobody(azure: LocalAzure, body: Json, status: int, words: str) -> None:
    answer = azure.http.post(PRINCIPALS, json=body)

    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert list(listed(azure)) == ["developer"]

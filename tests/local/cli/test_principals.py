"""`sre-agent local principals`."""

import pytest

from support.azure import SUBSCRIPTION
from support.cli import Folder, call

ID = "5f6b1f4e-0000-4000-8000-00000000000a"
ROOT = f"/subscriptions/{SUBSCRIPTION}"


def test_somebody_is_added_listed_and_removed(running: Folder) -> None:
    words = ["add", "user", "anna@contoso.com", "--id", ID]
    roles = ["--role", "SRE Agent Reader", "--role", f"reader={ROOT}"]
    added = call(running, "local", "principals", *words, *roles)
    again = call(running, "local", "principals", *words)
    listed = call(running, "local", "principals", "list").out
    (shown,) = [
        each
        for each in call(running, "local", "principals", "list", "--json").json
        if each["name"] == "anna@contoso.com"
    ]
    removed = call(running, "local", "principals", "remove", "Anna@contoso.com")

    assert (added.code, added.out) == (0, f"Added anna@contoso.com: object id {ID}.\n")
    assert again.code == 2
    assert "There is a User 'anna@contoso.com'" in again.err
    assert f"anna@contoso.com  User  {ID}\n" in listed
    assert f"    SRE Agent Reader on {ROOT}\n" in listed
    assert sorted(role["role"] for role in shown["roles"]) == ["Reader", "SRE Agent Reader"]
    assert (removed.code, removed.out) == (0, "Removed Anna@contoso.com.\n")
    assert ID not in call(running, "local", "principals", "list").out


def test_a_service_principal_says_its_client_id(running: Folder) -> None:
    words = ["add", "service-principal", "deployer"]
    added = call(running, "local", "principals", *words, "--json").json
    removed = call(running, "local", "principals", "remove", added["id"], "--json")

    assert added["appId"] != added["id"]
    assert removed.json == {"removed": added["id"]}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "user", "anna"], "a user is named by an address, and 'anna' is none"),
        (["add", "group", "g", "--role", "Boss"], "There is no role 'Boss'; there are: SRE Agent"),
        (["add", "group", "g", "--role", "Reader=/x"], "There is nothing at the scope '/x'"),
        (["remove", "developer"], "Nobody with the id '00000000-0000-0000-0000-0000000000d0' was added"),
    ],
)
def test_refusals(running: Folder, words: list[str], sentence: str) -> None:
    refused = call(running, "local", "principals", *words)

    assert (refused.code, refused.out) == (2, "")
    assert sentence in refused.err

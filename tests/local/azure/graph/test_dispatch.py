"""Look-ups of people, groups and service principals, as the Azure CLI asks for them."""

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

ANNA = "5f6b1f4e-0000-4000-8000-00000000000a"
TEAM = "5f6b1f4e-0000-4000-8000-00000000000b"
ROBOT = "5f6b1f4e-0000-4000-8000-00000000000c"
ROBOTS_APP = "5f6b1f4e-0000-4000-8000-00000000000d"


@pytest.fixture
def people(azure: LocalAzure) -> LocalAzure:
    """Lend a directory with one principal of each type, and an identity."""
    azure.identity()
    for body in (
        {"type": "User", "name": "anna@contoso.com", "id": ANNA},
        {"type": "Group", "name": "On call", "id": TEAM},
        {"type": "ServicePrincipal", "name": "O'Hara's robot", "id": ROBOT, "appId": ROBOTS_APP},
    ):
        assert azure.http.post("/_local/principals", json=body).status_code == 201
    return azure


def ask(azure: LocalAzure, path: str, method: str = "GET", body: Json | None = None) -> tuple[int, Json]:
    headers = {"Authorization": f"Bearer {azure.token('https://graph.microsoft.com')}"}
    answer = azure.http.request(method, f"/v1.0/{path}", json=body, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("users", ["anna@contoso.com"]),
        ("groups", ["On call"]),
        ("servicePrincipals", ["developer", "id-sre", "O'Hara's robot"]),
        ("users?$filter=userPrincipalName eq 'Anna@contoso.com'", ["anna@contoso.com"]),
        ("users?$filter=userPrincipalName eq 'nobody@contoso.com'", []),
        ("groups?$filter=startswith(displayName,'on ')", ["On call"]),
        (f"servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{ROBOTS_APP}')", ["O'Hara's robot"]),
        (
            f"servicePrincipals?$filter=appId eq '{ROBOTS_APP}' and displayName eq 'O''Hara''s robot'",
            ["O'Hara's robot"],
        ),
        ("servicePrincipals?$filter=servicePrincipalType eq 'ManagedIdentity'", ["id-sre"]),
    ],
)
def test_lists_and_filters(people: LocalAzure, path: str, names: list[str]) -> None:
    status, page = ask(people, path)

    assert (status, [each["displayName"] for each in page["value"]]) == (200, names)


def test_somebody_is_found_by_id_in_any_case_and_a_user_by_address(people: LocalAzure) -> None:
    (_, user), (_, robot) = ask(people, f"users/{ANNA.upper()}"), ask(people, f"directoryObjects/{ROBOT}")

    assert ask(people, "users/anna@contoso.com") == (200, user)
    assert user["userPrincipalName"] == "anna@contoso.com"
    assert (robot["@odata.type"], robot["appId"]) == ("#microsoft.graph.servicePrincipal", ROBOTS_APP)
    status, refused = ask(people, f"groups/{ANNA}")
    assert (status, refused["error"]["code"]) == (404, "Request_ResourceNotFound")


def test_ids_are_looked_up_together(people: LocalAzure) -> None:
    """Which names the holders of roles; what there is not is left out, and so are other types."""
    body: Json = {"ids": [ANNA, TEAM.upper(), ROBOT, SUBSCRIPTION], "types": ["user", "group"]}
    _, found = ask(people, "directoryObjects/getByIds", "POST", body)

    assert [each["@odata.type"] for each in found["value"]] == [
        "#microsoft.graph.user",
        "#microsoft.graph.group",
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "users?$filter=mail ne null", None, 400),
        ("GET", "applications", None, 400),
        ("POST", "users", {"displayName": "Bob"}, 405),
        ("POST", "directoryObjects/getByIds", {"ids": "all"}, 400),
        ("GET", "me", None, 400),
    ],
)
def test_refusals(people: LocalAzure, method: str, path: str, body: Json | None, status: int) -> None:
    """Nothing is written through Graph, and who is no person has no `/me`."""
    assert ask(people, path, method, body)[0] == status


def test_a_token_for_arm_is_none_for_graph(azure: LocalAzure) -> None:
    answer = azure.http.get("/v1.0/users", headers={"Authorization": f"Bearer {azure.token()}"})

    assert error(answer) == (401, "InvalidAuthenticationTokenAudience")


def test_whoever_was_added_logs_in_but_a_group(people: LocalAzure) -> None:
    """As a managed identity does, by object id or client id; a user then is who `/me` says."""
    query = {"api-version": "2019-08-01", "resource": "https://graph.microsoft.com"}
    login = {"X-IDENTITY-HEADER": people.environ["IDENTITY_HEADER"]}

    def log_in(**by: str) -> Json:
        answer: Json = people.http.get("/msi/token", params={**query, **by}, headers=login).json()
        return answer

    token = log_in(object_id=ANNA)["access_token"]
    about = people.http.get("/v1.0/me", headers={"Authorization": f"Bearer {token}"}).json()

    assert about["id"] == ANNA
    assert log_in(client_id=ROBOTS_APP)["client_id"] == ROBOTS_APP
    assert log_in(object_id=TEAM)["statusCode"] == 400

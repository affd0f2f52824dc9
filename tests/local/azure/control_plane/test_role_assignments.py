"""Role assignments on every scope, and the roles that there are."""

import uuid

import pytest

from support.azure import ARM_AUDIENCE, SUBSCRIPTION, Json, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}"
VERSION = "2022-04-01"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
ADMINISTRATOR = "e79298df-d852-4c6d-84f9-5d13249d1e55"
SOMEONE = "5f6b1f4e-0000-4000-8000-000000000001"


def assign(
    azure: LocalAzure, scope: str, principal: str, *, name: str | None = None, **properties: str
) -> Json:
    """Ask for Reader, unless told otherwise; return the answer with its status."""
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name or uuid.uuid4()}"
    asked = {
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{READER}",
        "principalId": principal,
        "principalType": "ServicePrincipal",
        **properties,
    }
    answer = azure.arm("PUT", path, {"properties": asked}, api_version=VERSION)
    return {"status": answer.status_code, **answer.json()}


def listed(azure: LocalAzure, scope: str, **query: str) -> list[str]:
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments?api-version={VERSION}"
    path += "".join(f"&${name}={value}" for name, value in query.items())
    return [item["properties"]["scope"] for item in azure.arm("GET", path).json()["value"]]


def test_an_assignment_lives_on_any_scope(azure: LocalAzure) -> None:
    """Subscription, group and resource; it shows the scope, and goes with what it is on."""
    identity = azure.identity()
    principal, group = identity["properties"]["principalId"], azure.group()
    made = [assign(azure, scope, principal) for scope in (ROOT, group, identity["id"])]

    assert [one["status"] for one in made] == [201, 201, 201]
    assert [one["properties"]["scope"] for one in made] == [ROOT, group, identity["id"]]
    definition = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    assert {one["properties"]["roleDefinitionId"] for one in made} == {definition}
    assert azure.arm("GET", made[1]["id"], api_version=VERSION).json()["name"] == made[1]["name"]
    azure.arm("DELETE", identity["id"], api_version="2023-01-31")
    assert error(azure.arm("GET", made[2]["id"], api_version=VERSION))[0] == 404
    assert azure.arm("DELETE", made[1]["id"], api_version=VERSION).status_code == 200
    assert azure.arm("DELETE", made[1]["id"], api_version=VERSION).status_code == 204
    assert error(azure.arm("GET", made[1]["id"], api_version=VERSION)) == (404, "RoleAssignmentNotFound")


def test_the_same_again_is_the_same_and_under_another_name_a_conflict(azure: LocalAzure) -> None:
    principal, group = azure.identity()["properties"]["principalId"], azure.group()
    first = assign(azure, group, principal)
    again = assign(
        azure, group.upper().replace("SUBSCRIPTIONS", "subscriptions"), principal, name=first["name"]
    )
    other = assign(azure, group, principal.upper())
    contributor = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
    changed = assign(azure, group, principal, name=first["name"], roleDefinitionId=contributor)

    assert (first["status"], again["status"]) == (201, 200)
    assert (other["status"], other["error"]["code"]) == (409, "RoleAssignmentExists")
    assert first["name"].replace("-", "") in other["error"]["message"]
    assert (changed["status"], changed["error"]["code"]) == (400, "RoleAssignmentUpdateNotPermitted")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"principalId": SOMEONE}, (400, "PrincipalNotFound"), id="unknown-principal"),
        pytest.param({"principalId": "me"}, (400, "InvalidPrincipalId"), id="principal-is-no-guid"),
        pytest.param({"principalType": "Robot"}, (400, "InvalidRequestContent"), id="principal-type"),
        pytest.param(
            {"roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{SOMEONE}"},
            (400, "RoleDefinitionDoesNotExist"),
            id="unknown-role",
        ),
        pytest.param({"roleDefinitionId": "Reader"}, (400, "RoleDefinitionDoesNotExist"), id="role-by-name"),
        pytest.param({"name": "mine"}, (400, "InvalidRoleAssignmentId"), id="name-is-no-guid"),
        pytest.param({"scope": f"{ROOT}/resourceGroups/none"}, (404, "ResourceGroupNotFound"), id="no-group"),
        pytest.param(
            {"scope": f"{ROOT}/resourceGroups/rg-sre/providers/Microsoft.App/agents/none"},
            (404, "ResourceNotFound"),
            id="no-resource",
        ),
    ],
)
def test_refusals(azure: LocalAzure, change: dict[str, str], expected: tuple[int, str]) -> None:
    asked = {"scope": azure.group(), "principal": azure.identity()["properties"]["principalId"], **change}

    answer = assign(azure, asked.pop("scope"), asked.pop("principal"), **asked)

    assert (answer["status"], answer["error"]["code"]) == expected


def test_a_body_without_properties_is_refused(azure: LocalAzure) -> None:
    path = f"{azure.group()}/providers/Microsoft.Authorization/roleAssignments/{SOMEONE}"

    assert error(azure.arm("PUT", path, {}, api_version=VERSION)) == (400, "InvalidRequestContent")


def test_people_are_taken_on_trust(azure: LocalAzure) -> None:
    """Users and groups need not be in the directory, unless a switch says so."""
    made = assign(azure, azure.group(), SOMEONE, principalType="User", description="on call")
    azure.switch(strictDirectory=True)
    strict = assign(azure, azure.identity()["id"], SOMEONE, principalType="User")

    assert made["status"] == 201
    assert made["properties"]["description"] == "on call"
    assert (strict["status"], strict["error"]["code"]) == (400, "PrincipalNotFound")


def test_a_known_principal_is_of_one_type(azure: LocalAzure) -> None:
    """Which need not be said, and cannot be said to be another."""
    azure.http.post("/_local/principals", json={"type": "User", "name": "a@contoso.com", "id": SOMEONE})
    wrong = assign(azure, azure.group(), SOMEONE)
    path = f"{azure.group()}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    definition = f"/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    asked = {"roleDefinitionId": definition, "principalId": SOMEONE}
    made = azure.arm("PUT", path, {"properties": asked}, api_version=VERSION)

    assert (wrong["status"], wrong["error"]["code"]) == (400, "UnmatchedPrincipalType")
    assert made.json()["properties"]["principalType"] == "User"


def test_the_agents_own_identity_can_hold_a_role(azure: LocalAzure) -> None:
    agent = azure.agent()
    principal = azure.arm("GET", agent).json()["identity"]["principalId"]

    assert assign(azure, azure.group(), principal)["status"] == 201


def test_the_creator_of_an_agent_administers_it(azure: LocalAzure) -> None:
    """The service gives whoever creates an agent SRE Agent Administrator on it."""
    agent = azure.agent()
    path = f"{agent}/providers/Microsoft.Authorization/roleAssignments"
    assignments = azure.arm("GET", path, api_version=VERSION).json()["value"]

    assert [one["properties"]["roleDefinitionId"].endswith(ADMINISTRATOR) for one in assignments] == [True]
    assert azure.token(ARM_AUDIENCE)


def test_lists_look_up_and_down(azure: LocalAzure) -> None:
    """A list shows assignments at, above and below a scope; filters narrow it."""
    one, two = azure.identity(), azure.identity(name="id-two")
    group, principal = azure.group(), one["properties"]["principalId"]
    for scope in (ROOT, group, one["id"]):
        assign(azure, scope, principal)
    assign(azure, group, two["properties"]["principalId"])

    assert sorted(listed(azure, group)) == sorted([ROOT, group, group, one["id"]])
    assert sorted(listed(azure, group, filter="atScope()")) == sorted([ROOT, group, group])
    assert listed(azure, one["id"], filter=f"principalId eq '{principal}'") == [ROOT, group, one["id"]]
    assert listed(azure, group, filter=f"assignedTo('{two['properties']['principalId']}')") == [group]


def test_roles_are_found_by_id_and_by_name(azure: LocalAzure) -> None:
    base = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions"
    by_name = azure.arm("GET", f"{base}?$filter=roleName eq 'SRE Agent Administrator'&api-version={VERSION}")
    by_id = azure.arm("GET", f"{base}/{ADMINISTRATOR}", api_version=VERSION).json()
    everything = azure.arm("GET", base, api_version=VERSION).json()["value"]

    assert by_name.json()["value"] == [by_id]
    for name, answer in (("Contoso''s boss", (200, [])), ("Contoso's boss", (400, None))):
        found = azure.arm("GET", f"{base}?$filter=roleName eq '{name}'&api-version={VERSION}")
        assert (found.status_code, found.json().get("value")) == answer
    assert by_id["id"] == f"{base}/{ADMINISTRATOR}"
    assert (
        "Microsoft.App/agents/threads/approve/action" in by_id["properties"]["permissions"][0]["dataActions"]
    )
    assert len(everything) > 10
    unknown = azure.arm("GET", f"{base}/{SOMEONE}", api_version=VERSION)
    assert error(unknown) == (404, "RoleDefinitionDoesNotExist")

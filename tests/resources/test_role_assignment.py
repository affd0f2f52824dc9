"""Role assignments over the real provider process: made once, adopted where they are, waited for, left."""

import re
import uuid
from typing import Any

import pytest

from pulumi_sre_agent.resources._core.role_crud import assignment_name
from pulumi_sre_agent.resources.role_assignment import RoleAssignmentProvider
from support.azure import SUBSCRIPTION, LocalAzure
from support.provider_process import UNKNOWN, ProviderError, ProviderProcess

Json = dict[str, Any]

PROVIDER = RoleAssignmentProvider()
VERSION = "2022-04-01"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"


@pytest.fixture
def scope(cloud: LocalAzure, fresh: str) -> str:
    return cloud.group(fresh)


@pytest.fixture
def args(scope: str) -> Json:
    """Arguments that give somebody new a role on something new."""
    return {"scope": scope, "role": READER, "principal_id": str(uuid.uuid4()), "principal_type": "User"}


def roles(cloud: LocalAzure, scope: str) -> dict[str, Json]:
    """Return the assignments on a scope itself by id."""
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    found = cloud.arm("GET", path, api_version=VERSION).json()["value"]
    return {each["id"]: each["properties"] for each in found if each["properties"]["scope"] == scope}


def give(cloud: LocalAzure, args: Json) -> str:
    """Assign the role as somebody else would, under a name of their own; return the id."""
    path = f"{args['scope']}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    body = {
        "properties": {
            "roleDefinitionId": f"{ROLES}/{args['role']}",
            "principalId": args["principal_id"],
            "principalType": args["principal_type"],
        }
    }
    assert cloud.arm("PUT", path, body, api_version=VERSION).status_code == 201
    return path


def test_an_assignment_lives(providers: ProviderProcess, cloud: LocalAzure, args: Json) -> None:
    """Its description changes in place; gone, it leaves the state; deleting what is gone is no error."""
    inputs = providers.check(PROVIDER, {**args, "description": "watches"}).inputs
    made = providers.create(PROVIDER, inputs)

    assert made.id.rpartition("/")[2] == assignment_name(args["scope"], args["principal_id"], READER)
    assert made.outputs == {**inputs, "role_definition_id": f"{ROLES}/{READER}", "adopted": False}
    found = providers.read(PROVIDER, made.id, made.outputs, inputs)
    assert (found.inputs, found.outputs) == (inputs, made.outputs)

    changed = {**inputs, "description": "looks"}
    assert providers.diff(PROVIDER, made.id, made.outputs, changed).replaces == []
    outputs = providers.update(PROVIDER, made.id, made.outputs, changed)
    assert roles(cloud, args["scope"])[made.id]["description"] == "looks"
    assert providers.read(PROVIDER, made.id, outputs, changed).inputs == changed

    providers.delete(PROVIDER, made.id, outputs)
    assert roles(cloud, args["scope"]) == {}
    assert providers.read(PROVIDER, made.id, outputs, changed).id == ""
    providers.delete(PROVIDER, made.id, outputs)


def test_what_an_interrupted_run_assigned_is_assigned_once(
    providers: ProviderProcess, cloud: LocalAzure, args: Json
) -> None:
    made = [providers.create(PROVIDER, args) for _ in range(2)]

    assert made[0] == made[1]
    assert list(roles(cloud, args["scope"])) == [made[0].id]


def test_somebody_elses_assignment_is_used_and_left(
    providers: ProviderProcess, cloud: LocalAzure, args: Json
) -> None:
    """Also where its letters have another case."""
    theirs = give(cloud, args)

    made = providers.create(PROVIDER, {**args, "principal_id": args["principal_id"].upper()})

    assert (made.id, made.outputs["adopted"]) == (theirs, True)
    providers.delete(PROVIDER, made.id, made.outputs)
    assert list(roles(cloud, args["scope"])) == [theirs]


def test_a_role_may_be_given_by_name_or_id(providers: ProviderProcess, cloud: LocalAzure, args: Json) -> None:
    for role in ("Monitoring Contributor", f"{ROLES}/43d0d8ad-25c7-4714-9337-8ba259a9fe05"):
        providers.create(PROVIDER, {**args, "role": role})

    assert {each["roleDefinitionId"] for each in roles(cloud, args["scope"]).values()} == {
        f"{ROLES}/749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        f"{ROLES}/43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    }


@pytest.mark.parametrize(("role", "shown"), [("Boss", "'Boss'"), ("Contoso's boss", '"Contoso\'s boss"')])
def test_a_role_that_there_is_none_of_is_told_in_a_sentence(
    providers: ProviderProcess, args: Json, role: str, shown: str
) -> None:
    """Also where its name has a quote, which a filter of Azure's has to double."""
    with pytest.raises(ProviderError) as refused:
        providers.create(PROVIDER, {**args, "role": role})

    assert str(refused.value).strip() == (
        f"There is no role {shown} on {args['scope']}: "
        "give the name of a role as Azure shows it, or its GUID."
    )


def test_a_principal_that_is_not_known_yet_is_waited_for(
    providers: ProviderProcess, cloud: LocalAzure, args: Json
) -> None:
    """A new identity takes moments to be known wherever roles are given."""
    principal = cloud.identity()["properties"]["principalId"]
    path = f"{args['scope']}/providers/Microsoft.Authorization/roleAssignments/"
    cloud.fault("status", method="PUT", path=path, status=400, code="PrincipalNotFound", times=1)

    made = providers.create(
        PROVIDER, {**args, "principal_id": principal, "principal_type": "ServicePrincipal"}
    )

    assert list(roles(cloud, args["scope"])) == [made.id]


@pytest.mark.parametrize("key", ["scope", "role", "principal_id", "principal_type"])
def test_anything_but_the_description_replaces(providers: ProviderProcess, args: Json, key: str) -> None:
    other = {
        "scope": f"{args['scope']}2",
        "role": "Reader",
        "principal_id": str(uuid.uuid4()),
        "principal_type": "Group",
    }

    assert providers.diff(PROVIDER, "id", args, {**args, key: other[key]}).replaces == [key]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"scope": "rg"}, "scope must be an ARM id", id="scope"),
        pytest.param({"role": " "}, "role must not be empty", id="role"),
        pytest.param(
            {"principal_id": "ada@contoso.com"}, "principal_id must be an object id", id="principal"
        ),
        pytest.param({"principal_type": "App"}, "principal_type must be one of User, Group", id="type"),
    ],
)
def test_bad_input_is_refused_at_check(
    providers: ProviderProcess, args: Json, change: Json, said: str
) -> None:
    ((_, reason),) = providers.check(PROVIDER, {**args, **change}).failures

    assert reason.startswith(said)


def test_what_is_not_known_yet_passes(providers: ProviderProcess, args: Json) -> None:
    unknown = {**args, "scope": UNKNOWN, "principal_id": UNKNOWN}

    assert providers.check(PROVIDER, unknown).failures == []


def test_an_assignment_is_called_the_same_in_every_run_and_unlike_any_other() -> None:
    """The name is all that keeps a second run from assigning twice; letter case is no difference in Azure."""
    scope, ada = "/subscriptions/s/resourceGroups/rg", "00000000-0000-0000-0000-00000000ada0"
    name = assignment_name(scope, ada, "role")

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name)
    assert name == "3ccef162-7579-51a2-8f94-d8ee27ca802e"
    assert assignment_name(scope.upper(), ada.upper(), "ROLE") == name
    others = {
        assignment_name(f"{scope}2", ada, "role"),
        assignment_name(scope, "x", "role"),
        assignment_name(scope, ada, "x"),
    }
    assert len({name, *others}) == 4

"""Logic Apps: definition and parameters fit, the identity can be given roles, the trigger has a URL."""

from typing import Any

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

VERSION = "2019-05-01"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
PATH = f"{GROUP}/providers/Microsoft.Logic/workflows/logic-sre"
OWN = {"type": "SystemAssigned"}
ROLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
DEFINITION: Json = {
    "$schema": "https://schema.management.azure.com/schemas/2016-06-01/Microsoft.Logic.json",
    "contentVersion": "1.0.0.0",
    "parameters": {"target": {"type": "String"}},
    "triggers": {"incoming": {"type": "Request", "kind": "Http"}, "nightly": {"type": "Recurrence"}},
    "actions": {
        "forward": {
            "type": "Http",
            "inputs": {
                "method": "POST",
                "uri": "@parameters('target')",
                "authentication": {"type": "ManagedServiceIdentity"},
            },
            "runAfter": {},
        }
    },
}
PARAMETERS = {"target": {"value": "https://example.com"}}


def put(azure: LocalAzure, definition: Json, parameters: Json, identity: Json | None = OWN) -> Any:
    azure.group()
    body = {
        "location": "swedencentral",
        "identity": identity,
        "properties": {"definition": definition, "parameters": parameters},
    }
    return azure.arm("PUT", PATH, body, api_version=VERSION)


def test_its_identity_stays_the_same_and_can_be_given_a_role(azure: LocalAzure) -> None:
    made = put(azure, DEFINITION, PARAMETERS).json()
    again = put(azure, DEFINITION, PARAMETERS).json()
    principal = made["identity"]["principalId"]
    assignment = {
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"{ROLE}/acdd72a7-3385-48ef-bd42-f606fba81ae7",
    }
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-000000000123"
    answer = azure.arm("PUT", path, {"properties": assignment}, api_version="2022-04-01")

    assert answer.status_code == 201
    assert again["identity"] == made["identity"]
    assert made["properties"]["state"] == "Enabled"


def test_an_identity_of_its_own_making_is_used(azure: LocalAzure) -> None:
    theirs = azure.identity()["id"]

    made = put(
        azure, DEFINITION, PARAMETERS, {"type": "UserAssigned", "userAssignedIdentities": {theirs: {}}}
    ).json()

    assert list(made["identity"]["userAssignedIdentities"]) == [theirs]


def test_its_trigger_has_a_url(azure: LocalAzure) -> None:
    """The same at every call, and another one for a workflow that was made anew."""
    put(azure, DEFINITION, PARAMETERS)
    ask = f"{PATH}/triggers/incoming/listCallbackUrl"
    first, second = (azure.arm("POST", ask, api_version=VERSION).json() for _ in range(2))
    azure.arm("DELETE", PATH, api_version=VERSION)
    put(azure, DEFINITION, PARAMETERS)
    other = azure.arm("POST", ask, api_version=VERSION).json()

    assert first == second
    assert first["value"].startswith(f"{first['basePath']}?")
    assert first["queries"]["sig"] != other["queries"]["sig"]


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        pytest.param("outgoing", (404, "WorkflowTriggerNotFound"), id="not-there"),
        pytest.param("nightly", (400, "InvalidWorkflowTrigger"), id="not-http"),
    ],
)
def test_not_every_trigger_has_a_url(azure: LocalAzure, trigger: str, expected: tuple[int, str]) -> None:
    put(azure, DEFINITION, PARAMETERS)

    answer = azure.arm("POST", f"{PATH}/triggers/{trigger}/listCallbackUrl", api_version=VERSION)

    assert error(answer) == expected


@pytest.mark.parametrize(
    ("change", "parameters", "identity", "said"),
    [
        pytest.param(
            {"triggers": None}, PARAMETERS, OWN, "the definition has no member 'triggers'", id="member"
        ),
        pytest.param({}, {}, OWN, "the parameter 'target' is not given", id="missing-parameter"),
        pytest.param(
            {}, {**PARAMETERS, "extra": {"value": 1}}, OWN, "'extra' is given, but not declared", id="extra"
        ),
        pytest.param({"parameters": None}, {}, OWN, "'target' is used, but not declared", id="undeclared"),
        pytest.param(
            {"actions": {"late": {"type": "Http", "runAfter": {"early": ["Succeeded"]}}}},
            PARAMETERS,
            OWN,
            "the action 'late' runs after 'early', which there is not",
            id="order",
        ),
        pytest.param({}, PARAMETERS, None, "the workflow has none", id="no-identity"),
    ],
)
def test_a_definition_must_make_sense(
    azure: LocalAzure, change: Json, parameters: Json, identity: Json | None, said: str
) -> None:
    definition = {name: value for name, value in {**DEFINITION, **change}.items() if value is not None}

    answer = put(azure, definition, parameters, identity)

    assert error(answer) == (400, "InvalidTemplate")
    assert said in answer.json()["error"]["message"]


def test_it_has_one_kind_of_identity(azure: LocalAzure) -> None:
    answer = put(azure, DEFINITION, PARAMETERS, {"type": "SystemAssigned, UserAssigned"})

    assert error(answer) == (400, "InvalidRequestContent")

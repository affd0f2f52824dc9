"""Identities of agents: what they show, and which are refused."""

import copy

import pytest

from support.arm_agent import AGENT, GROUP
from support.azure import Json, LocalAzure, error


def test_identity_shows_ids_and_refuses_them(azure: LocalAzure) -> None:
    """What an answer adds to the identity block may not be sent back."""
    azure.agent()
    shown = azure.arm("GET", AGENT).json()
    identity = shown["identity"]
    (assigned,) = identity["userAssignedIdentities"].values()
    echoed = {**azure.agent_body(), "identity": identity}

    assert identity["type"] == "SystemAssigned, UserAssigned"
    assert identity["principalId"] != assigned["principalId"]
    assert assigned == {key: azure.identity()["properties"][key] for key in ("principalId", "clientId")}
    assert error(azure.arm("PUT", AGENT, echoed)) == (400, "MismatchingResourceIdentityPrincipalId")
    del echoed["identity"]["principalId"]
    assert error(azure.arm("PUT", AGENT, echoed)) == (400, "MismatchingResourceIdentityPrincipalId")


def test_the_agents_own_identity_can_be_switched_off(azure: LocalAzure) -> None:
    azure.agent()
    azure.settle(azure.arm("PATCH", AGENT, {"identity": {"type": "UserAssigned"}}))

    identity = azure.arm("GET", AGENT).json()["identity"]
    assert identity["type"] == "UserAssigned"
    assert "principalId" not in identity


def change_identity(body: Json, case: str) -> Json:
    """Return a body whose identity is wrong in one way."""
    body = copy.deepcopy(body)
    (assigned,) = body["identity"]["userAssignedIdentities"]
    graph, action = (body["properties"][f"{name}Configuration"] for name in ("knowledgeGraph", "action"))
    if case == "system alone":
        body["identity"] = {"type": "SystemAssigned"}
    elif case == "none for knowledge":
        del graph["identity"]
    elif case == "not assigned":
        action["identity"] = f"{assigned}-two"
    elif case == "type without ids":
        body["identity"] = {"type": "UserAssigned"}
    elif case == "ids without type":
        body["identity"]["type"] = "SystemAssigned"
    elif case == "unknown type":
        body["identity"]["type"] = "Borrowed"
    elif case == "no object":
        body["identity"]["userAssignedIdentities"] = [assigned]
    elif case == "not there":
        body["identity"]["userAssignedIdentities"] = {f"{assigned}-two": {}}
    else:
        body["identity"]["userAssignedIdentities"] = {GROUP: {}}
    return body


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("system alone", "InvalidIdentity"),
        ("none for knowledge", "InvalidIdentity"),
        ("not assigned", "InvalidIdentity"),
        ("type without ids", "InvalidIdentity"),
        ("ids without type", "InvalidIdentity"),
        ("unknown type", "InvalidRequestContent"),
        ("no object", "InvalidRequestContent"),
        ("not there", "FailedIdentityOperation"),
        ("not an identity", "FailedIdentityOperation"),
    ],
)
def test_wrong_identities(azure: LocalAzure, case: str, code: str) -> None:
    assert error(azure.arm("PUT", AGENT, change_identity(azure.agent_body(), case))) == (400, code)

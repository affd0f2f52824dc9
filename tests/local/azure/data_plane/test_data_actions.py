"""Roles on an agent, where its data plane asks for them."""

import pytest

from support.azure import DATA_AUDIENCE, SUBSCRIPTION, Json, LocalAzure

DEVELOPER = "00000000-0000-0000-0000-0000000000d0"
ADMINISTRATOR = "e79298df-d852-4c6d-84f9-5d13249d1e55"
READER = "a4b156ac-253f-4a1a-9851-96d62b71b047"
USER = "2d84a65a-63b2-4343-bbb6-31105d857bc1"
AUTHOR = "eb64ab4c-23eb-4f63-a9c2-27da365f04e7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
ROLES = "2022-04-01"
Call = tuple[str, str, Json | None]
MESSAGE: Call = ("POST", "/api/v1/threads", {"text": "Look."})
THREADS: Call = ("GET", "/api/v1/threads", None)
SKILL: Call = ("PUT", "/api/v2/extendedAgent/skills/a", {"properties": {"description": "x"}})
APPLY: Call = ("PUT", "/api/v1/extendedAgent/apply", {"kind": "ToolList"})
FILTERS: Call = ("GET", "/api/v2/extendedAgent/incidentFilters", None)
REPOSITORIES: Call = ("GET", "/api/v2/repos", None)


def with_role(azure: LocalAzure, role: str | None, scope: str = "") -> str:
    """Make an agent on which, or on `scope`, the developer has one role only."""
    agent = azure.agent()
    assigned = f"{agent}/providers/Microsoft.Authorization/roleAssignments"
    for each in azure.arm("GET", assigned, api_version=ROLES).json()["value"]:
        assert azure.arm("DELETE", each["id"], api_version=ROLES).is_success
    if role:
        definition = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        body = {"principalId": DEVELOPER, "principalType": "ServicePrincipal", "roleDefinitionId": definition}
        name = "00000000-0000-0000-0000-0000000000a1"
        path = f"{scope or agent}/providers/Microsoft.Authorization/roleAssignments/{name}"
        assert azure.arm("PUT", path, {"properties": body}, api_version=ROLES).is_success
    azure.switch(dataPlaneRoles=True)
    return agent


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (ADMINISTRATOR, [MESSAGE, THREADS, SKILL, APPLY, FILTERS, REPOSITORIES]),
        (USER, [MESSAGE, THREADS, FILTERS]),
        (READER, [THREADS, FILTERS]),
        (AUTHOR, [THREADS, SKILL, APPLY, FILTERS]),
        (CONTRIBUTOR, []),
        (None, []),
    ],
)
def test_a_role_allows_what_its_data_actions_say(
    azure: LocalAzure, role: str | None, allowed: list[Call]
) -> None:
    """A role for ARM allows nothing here, however much it allows there."""
    agent = with_role(azure, role)

    for call in (MESSAGE, THREADS, SKILL, APPLY, FILTERS, REPOSITORIES):
        answer = azure.data(call[0], agent, call[1], call[2])
        if call in allowed:
            assert answer.status_code != 403, call
        else:
            assert (answer.status_code, answer.text) == (403, "Forbidden: Access denied by PDP"), call


def test_a_role_above_the_agent_is_as_good(azure: LocalAzure) -> None:
    agent = with_role(azure, ADMINISTRATOR, f"/subscriptions/{SUBSCRIPTION}")

    assert azure.data("GET", agent, "/api/v2/repos").status_code == 200


def test_whoever_makes_an_agent_administers_it(azure: LocalAzure) -> None:
    azure.switch(dataPlaneRoles=True)

    assert azure.data("GET", azure.agent(), "/api/v2/repos").status_code == 200


def test_approving_is_for_administrators(azure: LocalAzure) -> None:
    path = "/api/v1/approvals/thread/approval/decision"
    answer = azure.data("POST", with_role(azure, USER), path, {})

    assert answer.status_code == 403


def test_a_webhook_that_is_public_asks_for_no_role(azure: LocalAzure) -> None:
    """404: there is no such trigger, but who asks would have been let through."""
    url = f"{azure.endpoint(with_role(azure, None))}/api/v1/httptriggers/trigger/none"
    azure.switch(webhookNeedsToken=False)

    assert azure.http.post(url, json={}).status_code == 404
    assert azure.token(DATA_AUDIENCE)

"""What ARM asks before a provider sees a request: may the caller, and is the provider registered."""

import pytest

from support.azure import GROUPS, IDENTITIES, NETWORKS, PREVIEW, SUBSCRIPTION, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{ROOT}/resourceGroups/rg-sre"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/sre-one"
INSIDE = {"egress": {"mode": "AzureVNet"}}


@pytest.mark.parametrize(
    ("denied", "method", "path", "version", "scope"),
    [
        ("Microsoft.App/agents/write", "PUT", AGENT, PREVIEW, AGENT),
        ("Microsoft.App/agents/write", "PATCH", AGENT, PREVIEW, AGENT),
        ("microsoft.app/*", "GET", AGENT, PREVIEW, AGENT),
        ("*/delete", "DELETE", AGENT, PREVIEW, AGENT),
        ("Microsoft.App/agents/start/action", "POST", f"{AGENT}/start", PREVIEW, AGENT),
        ("Microsoft.Resources/subscriptions/resourceGroups/write", "PUT", GROUP, GROUPS, GROUP),
        (
            "Microsoft.Authorization/roleAssignments/read",
            "GET",
            f"{AGENT}/providers/Microsoft.Authorization/roleAssignments",
            "2022-04-01",
            f"{AGENT}/providers/Microsoft.Authorization",
        ),
    ],
)
def test_a_denied_action_is_refused_by_name_and_scope(
    azure: LocalAzure, denied: str, method: str, path: str, version: str, scope: str
) -> None:
    """In any letter case, and before Azure looks whether the thing is there."""
    azure.switch(deniedActions=[denied])

    answer = azure.arm(method, path, {}, api_version=version)

    assert error(answer) == (403, "AuthorizationFailed")
    said = answer.json()["error"]["message"]
    assert f"over scope '{scope}' or" in said
    assert "with object id '00000000-0000-0000-0000-0000000000d0' does not have authorization" in said


def test_what_is_not_denied_goes_on(azure: LocalAzure) -> None:
    azure.switch(deniedActions=["Microsoft.App/agents/write"])

    assert azure.arm("GET", f"{azure.group()}/providers/Microsoft.App/agents").status_code == 200


def test_what_an_agent_refers_to_must_be_usable_too(azure: LocalAzure) -> None:
    """Its identities and its subnet; what is taken away from it needs no permission."""
    subnet = {"vnetConfiguration": {"subnetResourceId": azure.subnet()}, "sandboxConfiguration": INSIDE}
    body = azure.agent_body()

    azure.switch(deniedActions=["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"])
    assert error(azure.arm("PUT", AGENT, body)) == (403, "LinkedAuthorizationFailed")
    azure.switch(deniedActions=["*/subnets/join/action"])
    agent = azure.agent()
    joining = azure.arm("PATCH", agent, {"properties": subnet})
    azure.switch(deniedActions=[])
    azure.settle(azure.arm("PATCH", agent, {"properties": subnet}))
    azure.switch(deniedActions=["*/subnets/join/action", "*/assign/action"])
    leaving = {"vnetConfiguration": None, "sandboxConfiguration": {"egress": {"mode": "Limited"}}}
    azure.settle(azure.arm("PATCH", agent, {"properties": leaving, "tags": {"a": "b"}}))

    assert error(joining) == (403, "LinkedAuthorizationFailed")
    assert (
        "not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' "
        f"on the linked scope(s) '{azure.subnet()}'"
    ) in joining.json()["error"]["message"]


def test_nothing_is_written_for_a_provider_that_is_not_registered(azure: LocalAzure) -> None:
    body = azure.agent_body()
    azure.switch(unregisteredProviders=["microsoft.app"])

    answer = azure.arm("PUT", AGENT, body)

    assert error(answer) == (409, "MissingSubscriptionRegistration")
    assert "'Microsoft.App'" in answer.json()["error"]["message"]
    assert azure.arm("GET", AGENT).status_code == 404
    provider = azure.arm("GET", f"{ROOT}/providers/Microsoft.App", api_version=GROUPS).json()
    assert provider["registrationState"] == "NotRegistered"
    identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other"
    other = azure.arm("PUT", identity, {"location": "uksouth"}, api_version=IDENTITIES)
    assert other.status_code == 201
    assert azure.arm("GET", azure.subnet(), api_version=NETWORKS).status_code == 200


def test_what_is_denied_is_told(azure: LocalAzure) -> None:
    azure.group("rg-net")
    azure.switch(deniedActions=["Microsoft.Network/*"])

    path = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-net"
    shown = azure.arm(
        "GET", f"{path}/providers/Microsoft.Authorization/permissions", api_version="2022-04-01"
    )

    assert shown.json()["value"] == [
        {"actions": ["*"], "notActions": ["Microsoft.Network/*"], "dataActions": [], "notDataActions": []}
    ]

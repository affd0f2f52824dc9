"""The tenant, its subscriptions, and what is registered in them."""

import pytest

from support.azure import GROUPS, OTHER_SUBSCRIPTION, REGION, SUBSCRIPTION, TENANT, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}"
ROLE_ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments"


def test_there_is_one_tenant_with_two_subscriptions(azure: LocalAzure) -> None:
    tenants = azure.arm("GET", "/tenants", api_version=GROUPS).json()["value"]
    subscriptions = azure.arm("GET", "/subscriptions", api_version=GROUPS).json()["value"]

    assert [tenant["tenantId"] for tenant in tenants] == [TENANT]
    assert [one["subscriptionId"] for one in subscriptions] == [SUBSCRIPTION, OTHER_SUBSCRIPTION]
    for one in subscriptions:
        assert azure.arm("GET", one["id"], api_version=GROUPS).json() == one


def test_a_subscription_of_ones_own_comes_first_until_a_reset(azure: LocalAzure) -> None:
    """It takes resources like any other; its name can change."""
    own = "0f6bd0cc-52bd-4a9c-b1d1-1d5a4f6f4c11"
    for name in ("Shop", "The shop"):
        added = azure.http.post("/_local/subscriptions", json={"id": own.upper(), "name": name})
        assert (added.status_code, added.json()) == (201, {"id": own, "name": name})
    group = f"/subscriptions/{own}/resourceGroups/rg-shop"
    made = azure.arm("PUT", group, {"location": REGION}, api_version=GROUPS)
    listed = azure.arm("GET", "/subscriptions", api_version=GROUPS).json()["value"]

    assert made.status_code == 201
    assert [each["displayName"] for each in listed] == ["The shop", "Local Azure", "Local Azure, too"]
    assert azure.arm("GET", f"/subscriptions/{own.upper()}", api_version=GROUPS).json() == listed[0]
    azure.reset()
    gone = azure.arm("GET", f"/subscriptions/{own}", api_version=GROUPS)
    assert error(gone) == (404, "SubscriptionNotFound")
    assert azure.http.post("/_local/subscriptions", json={"id": "shop"}).status_code == 400


def test_what_lies_in_one_subscription_is_not_in_the_other(azure: LocalAzure) -> None:
    """Groups and agents of one name are two things, each with its own operations, endpoint and roles."""
    here = azure.agent("sre-one")
    body = azure.agent_body()
    there, group = (path.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION) for path in (here, azure.group()))
    assert azure.arm("GET", there).json()["error"]["code"] == "ResourceGroupNotFound"

    assert azure.arm("PUT", group, {"location": REGION}, api_version=GROUPS).status_code == 201
    made = azure.arm("PUT", there, body)
    assert f"/subscriptions/{OTHER_SUBSCRIPTION}/" in made.headers["azure-asyncoperation"]
    assert azure.settle(made)["status"] == "Succeeded"

    assert azure.endpoint(here) != azure.endpoint(there)
    listed = azure.arm("GET", f"/subscriptions/{OTHER_SUBSCRIPTION}/providers/Microsoft.App/agents")
    assert [each["id"] for each in listed.json()["value"]] == [there]
    roles = azure.arm("GET", f"{there}/{ROLE_ASSIGNMENTS}", api_version="2022-04-01").json()["value"]
    assert {each["properties"]["roleDefinitionId"].split("/")[2] for each in roles} == {OTHER_SUBSCRIPTION}
    azure.settle(azure.arm("DELETE", group, api_version=GROUPS))
    assert azure.arm("GET", there).status_code == 404
    assert azure.arm("GET", here).status_code == 200


def test_providers_list_their_types_and_versions(azure: LocalAzure) -> None:
    listed = azure.arm("GET", f"{ROOT}/providers", api_version=GROUPS).json()["value"]
    app = azure.arm("GET", f"{ROOT}/providers/microsoft.app", api_version=GROUPS).json()

    assert app in listed
    assert app["registrationState"] == "Registered"
    agents = next(kind for kind in app["resourceTypes"] if kind["resourceType"] == "agents")
    assert agents["apiVersions"] == ["2026-01-01", "2025-05-01-preview"]


def test_locations_have_names_for_people(azure: LocalAzure) -> None:
    locations = azure.arm("GET", f"{ROOT}/locations", api_version="2022-12-01").json()["value"]

    assert {each["name"]: each["displayName"] for each in locations}[REGION] == "Sweden Central"


def test_there_are_no_deployments_of_templates(azure: LocalAzure) -> None:
    """The lists are empty; a template is refused, with what to do instead."""
    deployments = "providers/Microsoft.Resources/deployments"
    for scope in (ROOT, azure.group()):
        assert azure.arm("GET", f"{scope}/{deployments}", api_version=GROUPS).json()["value"] == []
    none = azure.arm("GET", f"{ROOT}/{deployments}/mine", api_version=GROUPS)
    sent = azure.arm("PUT", f"{ROOT}/{deployments}/mine", {"properties": {}}, api_version=GROUPS)

    assert error(none) == (404, "DeploymentNotFound")
    assert error(sent) == (400, "InvalidTemplateDeployment")
    assert "or with Pulumi" in sent.text


@pytest.mark.parametrize("namespace", ["Microsoft.Web", "nonsense"])
def test_an_unknown_provider_is_refused(azure: LocalAzure, namespace: str) -> None:
    answer = azure.arm("GET", f"{ROOT}/providers/{namespace}", api_version=GROUPS)

    assert error(answer) == (404, "InvalidResourceNamespace")

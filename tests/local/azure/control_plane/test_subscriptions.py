"""The tenant, its subscription, and what is registered in it."""

import pytest

from support.azure import GROUPS, SUBSCRIPTION, TENANT, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}"


def test_there_is_one_tenant_and_one_subscription(azure: LocalAzure) -> None:
    tenants = azure.arm("GET", "/tenants", api_version=GROUPS).json()["value"]
    subscriptions = azure.arm("GET", "/subscriptions", api_version=GROUPS).json()["value"]

    assert [tenant["tenantId"] for tenant in tenants] == [TENANT]
    assert [one["subscriptionId"] for one in subscriptions] == [SUBSCRIPTION]
    assert azure.arm("GET", ROOT, api_version=GROUPS).json() == subscriptions[0]


def test_providers_list_their_types_and_versions(azure: LocalAzure) -> None:
    listed = azure.arm("GET", f"{ROOT}/providers", api_version=GROUPS).json()["value"]
    app = azure.arm("GET", f"{ROOT}/providers/microsoft.app", api_version=GROUPS).json()

    assert app in listed
    assert app["registrationState"] == "Registered"
    agents = next(kind for kind in app["resourceTypes"] if kind["resourceType"] == "agents")
    assert agents["apiVersions"] == ["2026-01-01", "2025-05-01-preview"]


@pytest.mark.parametrize("namespace", ["Microsoft.Web", "nonsense"])
def test_an_unknown_provider_is_refused(azure: LocalAzure, namespace: str) -> None:
    answer = azure.arm("GET", f"{ROOT}/providers/{namespace}", api_version=GROUPS)

    assert error(answer) == (404, "InvalidResourceNamespace")

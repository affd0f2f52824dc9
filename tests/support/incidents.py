"""What tests of incidents need: agents that take some, their plans, and incidents that fire."""

from typing import Any

from support.azure import SUBSCRIPTION, Json, LocalAzure

FILTERS = "/api/v2/extendedAgent/incidentFilters"
RESOURCE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.Web/sites/checkout"


def on_call(azure: LocalAzure, platform: str = "AzMonitor", **properties: Any) -> str:
    """Make an agent with an incident platform, and without a quickstart plan."""
    azure.switch(quickstartPlan="")
    connection = {"type": platform, "connectionName": platform.lower()}
    return azure.agent(incidentManagementConfiguration=connection, **properties)


def plan(azure: LocalAzure, agent: str, name: str, platform: str = "AzMonitor", **members: Any) -> None:
    body = {"name": name, "type": "IncidentFilter", "properties": {"incidentPlatform": platform, **members}}
    answer = azure.data("PUT", agent, f"{FILTERS}/{name}", body)
    assert answer.is_success, answer.text


def fire(azure: LocalAzure, **members: Any) -> list[Json]:
    """Let an incident fire; return what became of it at each agent."""
    answer = azure.http.post("/_local/incidents", json={"title": "Checkout: latency", **members})
    assert answer.status_code == 201, answer.text
    results: list[Json] = answer.json()["value"]
    return results

"""Incident platforms that come and go with their filters; version 1 of filters, and handlers."""

import pytest

from support.azure import Json, LocalAzure, error

PLAYGROUND = "/api/v1/incidentPlayground"
FILTERS = "/api/v2/extendedAgent/incidentFilters"
AZ_MONITOR: Json = {"type": "AzMonitor", "connectionName": "azmonitor"}


def connect(azure: LocalAzure, agent: str, platform: Json | None) -> None:
    body = {"properties": {"incidentManagementConfiguration": platform}}
    azure.settle(azure.arm("PATCH", agent, body))


def names(azure: LocalAzure, agent: str) -> list[str]:
    return [one["name"] for one in azure.data("GET", agent, FILTERS).json()["value"]]


def put(azure: LocalAzure, agent: str, **spec: object) -> tuple[int, str]:
    body = {"properties": {"incidentPlatform": "AzMonitor", **spec}}
    return error(azure.data("PUT", agent, f"{FILTERS}/all", body))


def test_an_agent_sees_its_platform_some_time_after_arm(azure: LocalAzure) -> None:
    """Until then it refuses the platform's filters (docs/reference/run-time.md#incident-platforms)."""
    agent = azure.agent()
    azure.switch(platformSeconds=3600)
    connect(azure, agent, AZ_MONITOR)

    assert azure.arm("GET", agent).json()["properties"]["incidentManagementConfiguration"] == AZ_MONITOR
    assert azure.platform(agent) == "None"
    assert put(azure, agent) == (400, "BadRequest")
    azure.switch(writableFiltersV1=True)
    assert error(azure.data("PUT", agent, f"{PLAYGROUND}/filters/all", {})) == (400, "BadRequest")

    azure.switch(platformSeconds=0)
    connect(azure, agent, None)
    connect(azure, agent, AZ_MONITOR)
    azure.poll(lambda: azure.platform(agent) == "AzMonitor")
    assert put(azure, agent) == (202, "")


def test_arm_takes_a_platform_that_does_not_work(azure: LocalAzure) -> None:
    """`AzureMonitor` is stored, and nothing is connected (docs/reference/run-time.md#incident-platforms)."""
    agent = azure.agent()
    connect(azure, agent, {"type": "AzureMonitor"})

    shown = azure.arm("GET", agent).json()["properties"]["incidentManagementConfiguration"]
    assert shown == {"type": "AzureMonitor"}
    assert azure.platform(agent) == "None"
    assert names(azure, agent) == []


def test_filters_go_with_their_platform(azure: LocalAzure) -> None:
    """Also when another takes its place, which brings a default plan of its own."""
    agent = azure.agent(incidentManagementConfiguration=AZ_MONITOR)
    put(azure, agent)
    assert names(azure, agent) == ["all", "quickstart_response_plan"]

    connect(azure, agent, {"type": "PagerDuty", "connectionKey": "k"})
    assert names(azure, agent) == ["quickstart_response_plan"]

    connect(azure, agent, None)
    assert names(azure, agent) == []


@pytest.mark.parametrize("name", ["quickstart_response_plan", "quickstart_handler"])
def test_a_platform_comes_with_a_default_plan(azure: LocalAzure, name: str) -> None:
    """Under either name; once deleted it stays so until a platform is connected again.

    See docs/reference/assumptions.md#quickstart-plan.
    """
    azure.switch(quickstartPlan=name)
    agent = azure.agent(incidentManagementConfiguration=AZ_MONITOR)
    (plan,) = azure.data("GET", agent, f"{PLAYGROUND}/filters").json()
    assert (plan["id"], plan["name"], plan["incidentPlatform"]) == (name, "", "AzMonitor")

    assert azure.data("DELETE", agent, f"{PLAYGROUND}/filters/{name}").status_code == 204
    assert error(azure.data("DELETE", agent, f"{PLAYGROUND}/filters/{name}")) == (404, "NotFound")
    connect(azure, agent, {**AZ_MONITOR, "oboUser": "me@contoso.com"})

    assert names(azure, agent) == []


def test_no_default_plan_where_none_is_wished(azure: LocalAzure) -> None:
    azure.switch(quickstartPlan="")

    assert names(azure, azure.agent(incidentManagementConfiguration=AZ_MONITOR)) == []


def test_version_1_writes_filters_where_it_may(azure: LocalAzure) -> None:
    """A client looks first, PUT makes, POST changes, names may begin with capitals; some builds refuse both.

    See docs/reference/assumptions.md#version-1-filters.
    """
    azure.switch(quickstartPlan="")
    agent = azure.agent(incidentManagementConfiguration=AZ_MONITOR)
    path = f"{PLAYGROUND}/filters/all"
    assert error(azure.data("GET", agent, path)) == (404, "NotFound")
    assert azure.data("PUT", agent, path, {}).status_code == 405

    azure.switch(writableFiltersV1=True)
    assert azure.data("PUT", agent, path, {"incidentPlatform": "AzMonitor"}).status_code == 405
    assert error(azure.data("POST", agent, path, {})) == (404, "NotFound")
    made = azure.data("PUT", agent, path, {"Id": "all", "Priorities": ["Sev1"]}).json()
    assert error(azure.data("PUT", agent, path, {})) == (409, "Conflict")
    azure.data("POST", agent, path, {"priorities": ["Sev2"], "isEnabled": True})
    azure.data("POST", agent, f"{path}/disable")

    assert made == {"id": "all", "name": "", "priorities": ["Sev1"], "incidentPlatform": "AzMonitor"}
    assert azure.data("GET", agent, path).json() == {**made, "priorities": ["Sev2"], "isEnabled": False}
    assert azure.data("GET", agent, f"{FILTERS}/all").json()["properties"] == {
        "incidentPlatform": "AzMonitor",
        "priorities": ["Sev2"],
        "isEnabled": False,
    }
    azure.data("POST", agent, f"{path}/enable")
    (shown,) = azure.data("GET", agent, "/api/v2/incidentManagement/incidentFilters").json()["value"]
    assert (shown["id"], shown["isEnabled"]) == ("all", True)


@pytest.mark.parametrize(
    "spec", [{"mergeWindowHours": 25}, {"mergeWindowHours": 0}, {"deepInvestigationEnabled": True}]
)
def test_filters_are_checked(azure: LocalAzure, spec: Json) -> None:
    """Some builds know no deep investigation (docs/reference/data-plane.md#incident-filters)."""
    azure.switch(deepInvestigation=False)

    assert put(azure, azure.agent(incidentManagementConfiguration=AZ_MONITOR), **spec) == (400, "BadRequest")


def test_a_filter_keeps_no_instructions(azure: LocalAzure) -> None:
    """Only a handler does (docs/reference/data-plane.md#incident-filters)."""
    agent = azure.agent(incidentManagementConfiguration=AZ_MONITOR)
    put(azure, agent, customInstructions="Look first.")

    shown = azure.data("GET", agent, f"{FILTERS}/all").json()["properties"]
    assert shown == {"incidentPlatform": "AzMonitor"}


def test_a_handler_lives(azure: LocalAzure) -> None:
    """PUT makes one, POST changes it; both versions list it."""
    agent, path = azure.agent(), f"{PLAYGROUND}/handlers/all-handler"
    sent = {"incidentFilterId": "all", "customInstructions": "Look first.", "tools": ["SearchMemory"]}
    assert error(azure.data("POST", agent, path, sent)) == (404, "NotFound")
    made = azure.data("PUT", agent, path, sent).json()

    assert made == {
        "id": "all-handler",
        "name": "",
        "description": "",
        "incidentProcessingGuide": [],
        "incidents": [],
        **sent,
    }
    assert error(azure.data("PUT", agent, path, sent)) == (409, "Conflict")
    assert azure.data("POST", agent, path, {**sent, "tools": "none"}).status_code == 405
    assert azure.data("POST", agent, path, {**sent, "tools": []}).json() == {**made, "tools": []}
    assert azure.data("GET", agent, path).json() == {**made, "tools": []}
    for listing in (f"{PLAYGROUND}/handlers", "/api/v2/extendedAgent/incidentHandlers"):
        assert azure.data("GET", agent, listing).json() == [{**made, "tools": []}]
    assert azure.data("DELETE", agent, path).status_code == 204
    assert error(azure.data("GET", agent, path)) == (404, "NotFound")

"""connectors.json: written out, toggled, and as it used to be."""

from typing import Any

import pytest

from support.directories import Faults, Read, agent

APP = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Insights/components/appi-payments"
LAW = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-payments"
KUSTO = {
    "name": "my-kusto",
    "properties": {
        "dataConnectorType": "Kusto",
        "dataSource": "https://mycluster.eastus2.kusto.windows.net",
        "identity": "system",
    },
}


def test_the_connector_of_the_api_reference(reads: Read) -> None:
    """The body that Microsoft's page shows."""
    [item] = reads({"connectors.json": {"connectors": [KUSTO]}}).items

    assert item.args == {
        "name": "my-kusto",
        "data_connector_type": "Kusto",
        "data_source": "https://mycluster.eastus2.kusto.windows.net",
        "identity": "system",
    }


@pytest.mark.parametrize(
    "document",
    [
        [KUSTO],
        {"connectors": [KUSTO], "toggles": {}},
        {"connectors": [KUSTO], "_description": "x", "toggles": None},
    ],
    ids=["bare-list", "object", "metadata"],
)
def test_a_bare_list_is_read_too(reads: Read, document: Any) -> None:
    """The legacy form is the list alone."""
    assert [item.name for item in reads({"connectors.json": document}).items] == ["my-kusto"]


def test_toggles_stand_for_connectors(reads: Read) -> None:
    """As the templates make them, through the agent's system identity."""
    toggles = {
        "enableAppInsightsConnector": True,
        "appInsightsResourceId": APP,
        "appInsightsAppId": "11111111-1111-1111-1111-111111111111",
        "enableLogAnalyticsConnector": True,
        "lawResourceId": LAW,
        "enableAzureMonitorConnector": True,
        "azureMonitorLookbackDays": 3,
        "grafanaUrl": "https://grafana.example.com",
        "grafanaApiKey": "",
    }

    found = reads(
        {"connectors.json": {"toggles": toggles}, "agent.json": agent(identity={"subscription": "s1"})}
    )

    assert [item.args for item in found.items] == [
        {
            "name": "app-insights",
            "data_connector_type": "AppInsights",
            "data_source": APP,
            "identity": "system",
            "extended_properties": {
                "armResourceId": APP,
                "resource": {"name": "appi-payments"},
                "appId": "11111111-1111-1111-1111-111111111111",
            },
        },
        {
            "name": "log-analytics",
            "data_connector_type": "LogAnalytics",
            "data_source": LAW,
            "identity": "system",
            "extended_properties": {"armResourceId": LAW, "resource": {"name": "law-payments"}},
        },
        {
            "name": "azure-monitor",
            "data_connector_type": "AzureMonitor",
            "data_source": "/subscriptions/s1",
            "identity": "system",
            "extended_properties": {"armResourceId": "/subscriptions/s1", "lookbackDays": 3},
        },
    ]


def test_the_azure_monitor_connector_reads_the_subscription_of_the_deployment(reads: Read) -> None:
    """Unless agent.json names one; a week back unless it is told otherwise."""
    found = reads({"connectors.json": {"toggles": {"enableAzureMonitorConnector": True}}}, subscription="s9")

    assert found.items[0].args["data_source"] == "/subscriptions/s9"
    assert found.items[0].args["extended_properties"]["lookbackDays"] == 7


@pytest.mark.parametrize("off", [False, "", None])
def test_a_toggle_that_is_off_makes_nothing(reads: Read, off: Any) -> None:
    """Even where the id is there."""
    toggles = {"enableLogAnalyticsConnector": off, "lawResourceId": LAW}

    assert reads({"connectors.json": {"toggles": toggles, "connectors": []}}).items == ()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(
            3, "1: connectors.json must be an object with toggles and connectors, or a list", id="number"
        ),
        pytest.param({"connectors": {}}, "2: 'connectors' must be a list", id="object-for-list"),
        pytest.param({"toggles": []}, None, id="empty-toggles"),
        pytest.param({"toggles": [1]}, "2: 'toggles' must be an object", id="list-of-toggles"),
        pytest.param(
            {"conectors": []},
            "2: 'conectors' is no member of connectors.json (did you mean 'connectors'?)",
            id="typo",
        ),
        pytest.param(
            {"toggles": {"enableLogAnalyticConnector": True}},
            "3: 'enableLogAnalyticConnector' is no member of toggles (did you mean 'enableLogAnalytics",
            id="typo-in-toggle",
        ),
        pytest.param(
            {"toggles": {"enableLogAnalyticsConnector": True}},
            "3: enableLogAnalyticsConnector needs lawResourceId",
            id="no-workspace",
        ),
        pytest.param(
            {"toggles": {"enableAzureMonitorConnector": True}},
            "3: enableAzureMonitorConnector needs a subscription: give identity.subscription in agent.json",
            id="no-subscription",
        ),
        pytest.param(
            {"toggles": {"enableLogAnalyticsConnector": "perhaps"}},
            "3: enableLogAnalyticsConnector must be true or false",
            id="toggle-of-text",
        ),
        pytest.param(
            {"toggles": {"enableLogAnalyticsConnector": True, "lawResourceId": "law"}},
            "4: lawResourceId must be the ARM id of the resource",
            id="workspace-by-name",
        ),
        pytest.param(
            [{"name": "x", "properties": {"dataConnectorType": "Kustoo", "dataSource": "https://x"}}],
            "5: dataConnectorType must be one of",
            id="unknown-type",
        ),
        pytest.param(
            [{"properties": {"dataConnectorType": "Kusto"}}], "2: the connector has no name", id="nameless"
        ),
        pytest.param(
            [{"name": "x", "properties": {"dataSource": "https://x"}}],
            "2: dataConnectorType is missing",
            id="no-type",
        ),
        pytest.param(["kusto"], "2: a connector must be an object with a name", id="text"),
    ],
)
def test_what_is_refused(faults: Faults, reads: Read, document: Any, reason: str | None) -> None:
    """One sentence each, on the line where the mistake is."""
    if reason is None:
        assert reads({"connectors.json": document}).items == ()
    else:
        assert any(
            fault.startswith(f"connectors.json:{reason}") for fault in faults({"connectors.json": document})
        )


def test_a_toggle_that_nothing_reads_is_told(reads: Read) -> None:
    """Recipes have it, and leave it blank."""
    found = reads({"connectors.json": {"toggles": {"grafanaUrl": "https://grafana.example.com"}}})
    blank = reads({"connectors.json": {"toggles": {"grafanaUrl": "", "grafanaApiKey": ""}}})

    assert [str(note) for note in found.notes] == [
        "connectors.json:3: grafanaUrl does nothing, here as in the templates"
    ]
    assert blank.notes == ()


def test_members_that_azure_sets_are_dropped(reads: Read) -> None:
    """Exports contain them."""
    exported = {**KUSTO, "type": "AgentConnector", "tags": []}
    exported["properties"] = {
        **KUSTO["properties"],  # type: ignore[dict-item] # the properties are an object
        "name": "my-kusto",
        "provisioningState": "Succeeded",
        "deploymentError": None,
        "source": "Agent",
    }

    assert set(reads({"connectors.json": [exported]}).items[0].args) == {
        *("name", "data_connector_type", "data_source", "identity")
    }

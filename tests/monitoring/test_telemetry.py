"""sre.Telemetry: Application Insights on a workspace, each new or existing."""

import pulumi_sre_agent as sre
from pulumi_sre_agent.monitoring.telemetry import TelemetryArgs
from support.mocks import CONNECTION_STRING, SUBSCRIPTION, Secret, run

WORKSPACE = "azure-native:operationalinsights:Workspace"
COMPONENT = "azure-native:applicationinsights:Component"
THEIRS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers"
THEIR_COMPONENT = f"{THEIRS}/Microsoft.Insights/components/appi"
THEIR_WORKSPACE = f"{THEIRS}/Microsoft.OperationalInsights/workspaces/log"

NEW: TelemetryArgs = {
    "app_insights_name": "appi-oncall",
    "workspace_name": "log-oncall",
    "resource_group_name": "rg",
    "location": "swedencentral",
    "tags": {"team": "a"},
}


def test_both_are_made_and_wired_together() -> None:
    seen = run(lambda: sre.Telemetry("oncall", NEW))

    workspace, component = seen.one(WORKSPACE), seen.one(COMPONENT)
    place = {"resourceGroupName": "rg", "location": "swedencentral", "tags": {"team": "a"}}
    assert workspace.inputs == {
        **place,
        "workspaceName": "log-oncall",
        "retentionInDays": 30,
        "sku": {"name": "PerGB2018"},
    }
    assert (
        component.inputs.items()
        >= {
            **place,
            "resourceName": "appi-oncall",
            "kind": "web",
            "applicationType": "web",
            "requestSource": "SreAgent",
        }.items()
    )
    assert component.inputs["workspaceResourceId"].endswith("/workspaces/log-oncall")
    assert component.waits_for == {"oncall"}
    assert {workspace.parent, component.parent} == {"oncall"}


def test_what_sends_telemetry_is_secret() -> None:
    """Neither the component's state nor what is passed on shows the connection string or the key."""
    seen = run(lambda: sre.Telemetry("oncall", NEW))

    assert seen.one(COMPONENT).secret_outputs == {"connectionString", "instrumentationKey"}
    assert seen.outputs["sre:index:Telemetry::oncall"]["connection_string"] == Secret(CONNECTION_STRING)


def test_an_existing_component_is_only_read_and_needs_no_workspace() -> None:
    seen = run(lambda: sre.Telemetry("oncall", {"existing_app_insights_id": THEIR_COMPONENT}))

    assert seen.of(WORKSPACE) == {}
    component = seen.one(COMPONENT)
    assert component.read_id == THEIR_COMPONENT
    assert component.secret_outputs == {"connectionString", "instrumentationKey"}
    outputs = seen.outputs["sre:index:Telemetry::oncall"]
    assert outputs["app_insights_id"] == THEIR_COMPONENT
    assert outputs["connection_string"] == Secret(CONNECTION_STRING)


def test_a_new_component_may_write_to_an_existing_workspace() -> None:
    seen = run(lambda: sre.Telemetry("oncall", {**NEW, "existing_workspace_id": THEIR_WORKSPACE}))

    assert seen.of(WORKSPACE) == {}
    assert seen.one(COMPONENT).inputs["workspaceResourceId"] == THEIR_WORKSPACE


def test_retention_is_as_said() -> None:
    seen = run(lambda: sre.Telemetry("oncall", {**NEW, "retention_in_days": 90}))

    assert seen.one(WORKSPACE).inputs["retentionInDays"] == 90

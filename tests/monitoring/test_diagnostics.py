"""sre.DiagnosticSettings: where a resource sends its logs and metrics."""

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.monitoring.diagnostics import DiagnosticSettingArgs
from support.mocks import SUBSCRIPTION, Made, run

TYPE = "azure-native:monitor:DiagnosticSetting"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/oncall"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/logs"


def made(*settings: DiagnosticSettingArgs) -> dict[str, Made]:
    return run(lambda: sre.DiagnosticSettings("it", {"resource_id": AGENT, "settings": settings})).of(TYPE)


def test_everything_is_sent_by_default() -> None:
    (setting,) = made({"workspace_resource_id": WORKSPACE}).values()

    assert (setting.name, setting.parent) == ("it-diagnostics", "it")
    assert setting.inputs == {
        "name": "diagnostics",
        "resourceUri": AGENT,
        "workspaceId": WORKSPACE,
        "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        "metrics": [{"category": "AllMetrics", "enabled": True}],
    }


def test_single_categories_take_the_place_of_groups() -> None:
    settings = made(
        {
            "name": "audit",
            "storage_account_resource_id": STORAGE,
            "log_categories": ["Audit"],
            "metric_categories": [],
        },
        {"name": "both", "storage_account_resource_id": STORAGE, "log_groups": ["audit"]},
    )

    assert settings["it-audit"].inputs["logs"] == [{"category": "Audit", "enabled": True}]
    assert settings["it-audit"].inputs["metrics"] == []
    assert settings["it-both"].inputs["logs"] == [{"categoryGroup": "audit", "enabled": True}]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param(
            [{"log_groups": ["audit"]}],
            "settings[0] needs a place to send to: workspace_resource_id, storage_account_resource_id or "
            "event_hub_authorization_rule_resource_id.",
            id="nowhere",
        ),
        pytest.param(
            [{"workspace_resource_id": WORKSPACE}, {"storage_account_resource_id": STORAGE}],
            "settings must each have a name of their own: two are called 'diagnostics'.",
            id="same-name",
        ),
    ],
)
def test_what_azure_would_refuse_is_refused_first(settings: list[DiagnosticSettingArgs], said: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        made(*settings)

    assert str(refused.value) == f"The diagnostic settings cannot be: {said}"

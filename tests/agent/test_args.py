"""What `sre.Agent` takes: typed as deep as it goes, so that a slip is seen where it is written.

Each `type: ignore` here is one that `make lint` demands: mypy in strict mode refuses those that hide nothing.
"""

import pulumi
import pytest

import pulumi_sre_agent as sre
from support.mocks import run

SMALL: sre.AgentArgs = {"name": "oncall", "resource_group_name": "rg-oncall", "location": "swedencentral"}
NETWORK: sre.AgentArgs = {**SMALL, "network": {"egres": {}}}  # type: ignore[typeddict-unknown-key]
EGRESS: sre.AgentArgs = {**SMALL, "network": {"egress": {"mode": "Limitd"}}}  # type: ignore[typeddict-item]
PLATFORM: sre.AgentArgs = {**SMALL, "incident_platform": {"type": "PagerDuti"}}  # type: ignore[typeddict-item]
KEYLESS: sre.AgentArgs = {**SMALL, "incident_platform": {"obo_user": "ada@contoso.com"}}  # type: ignore[typeddict-item]
TRIGGER: sre.AgentArgs = {**SMALL, "http_triggers": {"look": {"agent_promt": "Look."}}}  # type: ignore[typeddict-item, typeddict-unknown-key]
ALERTS: sre.AgentArgs = {**SMALL, "alerts": {"exceptions": {"treshold": 9}}}  # type: ignore[typeddict-unknown-key]
DASHBOARD: sre.AgentArgs = {**SMALL, "dashboard": {"enabled": "no"}}  # type: ignore[typeddict-item]
SPEND: sre.AgentArgs = {**SMALL, "spend": {"share": "most"}}  # type: ignore[typeddict-item]
BRIDGE: sre.AgentArgs = {**SMALL, "webhook_bridge": {"triger": "look"}}  # type: ignore[typeddict-unknown-key]
SETTINGS: sre.AgentArgs = {**SMALL, "settings": {"upgrade_chanel": "Stable"}}  # type: ignore[typeddict-unknown-key]
PLACED: sre.AgentArgs = {**SMALL, "dashboard": {"app_insights_id": "/…"}}  # type: ignore[typeddict-unknown-key]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(NETWORK, "network.egres is not a property here (did you mean 'egress'?)", id="network"),
        pytest.param(EGRESS, "network.egress.mode must be one of AzureVNet, Limited, ", id="choice"),
        pytest.param(PLATFORM, "incident_platform.type must be one of AzMonitor, PagerDuty, ", id="platform"),
        pytest.param(KEYLESS, "incident_platform.type is missing", id="missing"),
        pytest.param(TRIGGER, "http_triggers.look.agent_promt is not a property here", id="trigger"),
        pytest.param(ALERTS, "alerts.exceptions.treshold is not a property here", id="alerts"),
        pytest.param(DASHBOARD, "dashboard.enabled must be true or false", id="dashboard"),
        pytest.param(SPEND, "spend.share must be a number", id="spend"),
        pytest.param(
            BRIDGE, "webhook_bridge.triger is not a property here (did you mean 'trigger'?)", id="bridge"
        ),
        pytest.param(SETTINGS, "settings.upgrade_chanel is not a property here", id="settings"),
        pytest.param(PLACED, "dashboard.app_insights_id is not a property here", id="filled-by-the-agent"),
    ],
)
def test_a_slip_is_an_error_in_the_editor_and_a_sentence_at_run_time(args: sre.AgentArgs, said: str) -> None:
    """The one comes from the types, the other from the tree that is read from them."""
    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: sre.Agent("it", args))

    assert f"The agent cannot be: {said}" in str(refused.value)


def test_a_refusal_repeats_no_secret_of_the_config() -> None:
    """Wherever somebody has put it, and in whichever form."""
    args: sre.AgentArgs = {**SMALL, "http_triggers": {"s3cr&t-1": {}}}  # type: ignore[typeddict-item]

    with pytest.raises(pulumi.RunError, match=r"\*\*\*.*is missing") as refused:
        run(
            lambda: sre.Agent("oncall", args),
            {"sre-agent:variables": '{"A": "s3cr&t-1"}'},
            secret_keys=["sre-agent:variables"],
        )

    assert "s3cr" not in str(refused.value)

"""A PagerDuty key, asked about before a platform is connected with it."""

import httpx
import pytest

from pulumi_sre_agent.api import ConfigError
from pulumi_sre_agent.api.kinds import INCIDENT_PLATFORM
from support.scripted import AGENT, Answer, Script, page, refused, reply

KEY = "y+0123456789abcdefg"
SPEC = {"type": "PagerDuty", "connectionKey": KEY, "connectionName": "pagerduty"}
GENERAL = {"error": "This does not work with an account-level access token."}


def connect(script: Script, *answers: Answer, **settings: str) -> list[str]:
    """Connect PagerDuty with a key that PagerDuty says this of; return the hosts that saw the key."""
    script.agent(incidentManagementConfiguration={"type": "ServiceNow"})
    script.on("PATCH", "/agents/pay$", reply(200, {"properties": {"provisioningState": "Succeeded"}}))
    script.on("GET", "/users/me$", *answers)
    with script.azure(**settings) as azure:
        azure.items(INCIDENT_PLATFORM, AGENT, "control").put("default", SPEC)
    asked = [each for each in script.requests if each.headers.get("authorization") == f"Token token={KEY}"]
    return [each.url.host for each in asked]


def test_a_users_key_is_taken(script: Script) -> None:
    assert connect(script, reply(200, {"user": {}})) == ["api.pagerduty.com"]


def test_a_general_key_is_refused_before_anything_is_sent(script: Script) -> None:
    """The platform that is there stays; the sentence says where to make another key, and not which it was."""
    with pytest.raises(ConfigError) as refusal:
        connect(script, reply(400, GENERAL))

    assert str(refusal.value) == (
        "PagerDuty says that connection_key is a general access key, which cannot acknowledge incidents "
        "since it acts for no user: make one under My Profile > User Settings > Create API User Token, and "
        "set that."
    )
    assert not any(call.startswith("PATCH") for call in script.calls)


def test_pager_duty_of_europe_is_asked_where_the_settings_say_so(script: Script) -> None:
    asked = connect(script, reply(200, {}), pager_duty="https://api.eu.pagerduty.com")

    assert asked == ["api.eu.pagerduty.com"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(refused(401, "", f"{KEY} is invalid"), id="unknown"),
        pytest.param(reply(400, {"error": "odd"}), id="odd"),
        pytest.param(page(), id="page"),
        pytest.param(httpx.ConnectError("no route"), id="unreachable"),
    ],
)
def test_a_key_that_cannot_be_judged_is_taken_with_a_warning(
    script: Script, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    """Whoever deploys need not reach PagerDuty; the agent must."""
    connect(script, answer)

    assert "PATCH /subscriptions/sub/resourceGroups/rg/providers/Microsoft.App/agents/pay" in script.calls
    assert "set sre:pagerDuty" in caplog.text
    assert KEY not in caplog.text

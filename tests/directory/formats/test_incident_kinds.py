"""Incident platforms, response plans and triggers, in each way that they are written."""

from typing import Any

import pytest

from pulumi_sre_agent.directory import SecretStr
from support.directories import Faults, Read

Made = list[tuple[str, dict[str, Any]]]
KEYED = '{"endpoint": "https://x.service-now.com", "username": "u", "password": "${KEY}"}'
PLAN = {"priorities": ["Sev0"], "agentMode": "autonomous"}
PLAN_ARGS = {"name": "sev0", "priorities": ["Sev0"], "agent_mode": "autonomous"}


def made(read: Read, files: dict[str, Any], **options: Any) -> Made:
    return [(item.kind.name, dict(item.args)) for item in read(files, **options).items]


@pytest.mark.parametrize(
    ("spec", "platform", "args"),
    [
        pytest.param(PLAN, None, {"incident_platform": "AzMonitor"}, id="no-platform-anywhere"),
        pytest.param(
            {**PLAN, "priorities": ["P1"]},
            {"platformType": "PagerDuty", "connectionKey": "u+key", "oboUser": "a@b.example"},
            {"incident_platform": "PagerDuty", "priorities": ["P1"]},
            id="the-directory's-platform",
        ),
        pytest.param(
            {**PLAN, "platformType": "AzureMonitor"}, None, {"incident_platform": "AzureMonitor"}, id="alias"
        ),
        pytest.param(
            {**PLAN, "handlingAgent": "", "isEnabled": False},
            None,
            {"incident_platform": "AzMonitor", "is_enabled": False},
            id="nobody-handles-and-off",
        ),
        pytest.param(
            {**PLAN, "customInstructions": "Be brief.", "handlingAgent": "triage", "mergeWindowHours": "2"},
            None,
            {
                "incident_platform": "AzMonitor",
                "custom_instructions": "Be brief.",
                "handling_agent": "triage",
                "merge_window_hours": 2,
            },
            id="handler",
        ),
    ],
)
def test_incident_filters(
    reads: Read, spec: dict[str, Any], platform: dict[str, Any] | None, args: dict[str, Any]
) -> None:
    """A plan belongs to the platform of the directory unless it says otherwise; false means false."""
    files: dict[str, Any] = {"automations/incident-filters/f.json": {"name": "sev0", "spec": spec}}
    if platform:
        files["config/incident-platforms/p.json"] = {"name": "p", "spec": platform}

    found = made(reads, files)

    assert found[-1] == ("IncidentFilter", PLAN_ARGS | args)


@pytest.mark.parametrize(
    ("spec", "args"),
    [
        pytest.param({"platformType": "AzMonitor", "displayName": "x"}, {"type": "AzMonitor"}, id="monitor"),
        pytest.param({"incidentPlatform": "AzureMonitor"}, {"type": "AzMonitor"}, id="other-spelling"),
        pytest.param(
            {
                "platformType": "PagerDuty",
                "connectionKey": "${KEY}",
                "connectionUrl": "",
                "oboUser": "a@b.example",
            },
            {"type": "PagerDuty", "connection_key": "k3y", "obo_user": "a@b.example"},
            id="pagerduty",
        ),
        pytest.param(
            {
                "platformType": "ServiceNow",
                "connectionUrl": "https://x.service-now.com",
                "connectionKey": KEYED,
            },
            {
                "type": "ServiceNow",
                "connection_url": "https://x.service-now.com",
                "username": "u",
                "password": "k3y",
            },
            id="servicenow",
        ),
        pytest.param(
            {
                "platformType": "ServiceNow",
                "connectionKey": KEYED.replace("${KEY}", "p"),
            },
            {
                "type": "ServiceNow",
                "connection_url": "https://x.service-now.com",
                "username": "u",
                "password": "p",
            },
            id="servicenow-by-its-login-alone",
        ),
    ],
)
def test_incident_platforms(reads: Read, spec: dict[str, Any], args: dict[str, Any]) -> None:
    """The one platform of an agent has no name; ServiceNow's login is taken out of its JSON."""
    [item] = reads(
        {"automations/incident-platforms/p.json": {"name": "p", "spec": spec}}, variables={"KEY": "k3y"}
    ).items

    assert (item.kind.name, item.name, item.args) == ("IncidentPlatform", "", args)


def test_a_password_cannot_break_out_of_its_json(reads: Read) -> None:
    """Whatever is in it; and it stays a secret."""
    password = 'p"w\\1&|$x'
    key = '{"endpoint":"https://x.service-now.com","username":"u","password":"${PASSWORD}"}'
    written = {"name": "p", "spec": {"platformType": "ServiceNow", "connectionKey": key}}

    [item] = reads({"config/incident-platforms/p.json": written}, variables={"PASSWORD": password}).items

    assert item.args["password"] == password
    assert isinstance(item.args["password"], SecretStr)


def test_http_triggers(reads: Read) -> None:
    """Prompt and subagent go by other names in the file."""
    written = {
        "name": "pr",
        "spec": {"prompt": "Look at {payload.url}.", "handlingAgent": "guard", "agentMode": "autonomous"},
    }

    assert made(reads, {"automations/http-triggers/t.json": written}) == [
        (
            "HttpTrigger",
            {
                "name": "pr",
                "agent_prompt": "Look at {payload.url}.",
                "agent": "guard",
                "agent_mode": "autonomous",
            },
        )
    ]


def test_an_agent_has_one_incident_platform(faults: Faults) -> None:
    """Taking the first and dropping the others would not be what the directory says."""
    platform = {"name": "a", "spec": {"platformType": "AzMonitor"}}

    [fault] = faults(
        {
            "automations/incident-platforms/a.json": platform,
            "config/incident-platforms/b.json": {**platform, "name": "b"},
        }
    )

    assert fault == (
        "automations/incident-platforms/a.json:1: an agent has only one incident platform: "
        "here is another than in config/incident-platforms/b.json:1"
    )

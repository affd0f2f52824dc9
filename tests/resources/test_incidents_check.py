"""What the check refuses of what has to do with incidents, and how Azure is told."""

import json

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from support.samples import AGENT_ID, SAMPLES, Json
from support.samples.incidents import FILTER, OAUTH, PAGER, SNOW, TRIGGER

INDEXING: Json = {"platform": "servicenow"}
USER_KEY = "the API key of a user: a general access key cannot acknowledge incidents"
LOGINS = "connection_url, username, password, api_connection_name"
INSTANCE = "connection_url must be the instance's address, such as https://contoso.service-now.com"


def without(args: Json, *names: str) -> Json:
    return {name: value for name, value in args.items() if name not in names}


# fmt: off
PLAN = [
    "agentMode", "alertId", "azMonitorFilterSettings", "customInstructions", "deepInvestigationEnabled",
    "description", "handlingAgent", "handlingAgents", "icmFilterSettings", "impactedService",
    "incidentPlatform", "incidentProcessingGuide", "incidentType", "incidents", "isEnabled",
    "maxAutomatedInvestigationAttempts", "mergeEnabled", "mergeWindowHours", "owningTeamId", "owningTeamIds",
    "priorities", "titleContains", "titleContainsAll", "titleContainsAny", "titleNotContains", "tools",
]
# fmt: on
"""What a plan says, of the filter and of its handler (docs/reference/data-plane.md#incident-filters)."""

REFUSED = [
    (
        "IncidentPlatform",
        {"type": "AzureMonitor"},
        "type must be one of AzMonitor, PagerDuty, ServiceNow, None (did you mean 'AzMonitor'?)",
    ),
    (
        "IncidentPlatform",
        {"type": "AzMonitor", "connection_url": "https://a"},
        "connection_url is not for AzMonitor, which takes nothing besides",
    ),
    (
        "IncidentPlatform",
        {"type": "None", "obo_user": "me@contoso.com"},
        "obo_user is not for None, which takes nothing besides",
    ),
    (
        "IncidentPlatform",
        without(PAGER, "connection_key"),
        f"connection_key is missing, which PagerDuty needs: {USER_KEY}",
    ),
    ("IncidentPlatform", PAGER | {"obo_user": "me"}, "obo_user must be an e-mail address"),
    ("IncidentPlatform", PAGER | {"connection_key": ""}, "connection_key must not be empty"),
    (
        "IncidentPlatform",
        PAGER | {"connection_key": "0123456789abcdef0123456789ABCDEF"},
        "connection_key is an integration key of the Events API: say a user's REST API key",
    ),
    (
        "IncidentPlatform",
        PAGER | {"password": "x"},
        "password is not for PagerDuty, which takes connection_key, obo_user",
    ),
    (
        "IncidentPlatform",
        without(SNOW, "connection_url"),
        "connection_url is missing, which ServiceNow needs: the address of the instance",
    ),
    ("IncidentPlatform", SNOW | {"connection_url": "contoso.service-now.com"}, INSTANCE),
    ("IncidentPlatform", SNOW | {"connection_url": "https://contoso.service-now.com/login"}, INSTANCE),
    ("IncidentPlatform", without(SNOW, "username"), "username is missing, which password needs"),
    ("IncidentPlatform", without(SNOW, "password"), "password is missing, which username needs"),
    (
        "IncidentPlatform",
        without(SNOW, "username", "password"),
        "username and password are missing, which ServiceNow needs, or api_connection_name",
    ),
    (
        "IncidentPlatform",
        SNOW | {"api_connection_name": "snow"},
        "api_connection_name and username exclude each other",
    ),
    (
        "IncidentPlatform",
        OAUTH | {"connection_key": "{}"},
        f"connection_key is not for ServiceNow, which takes {LOGINS}",
    ),
    ("IncidentFilter", without(FILTER, "incident_platform"), "incident_platform is missing"),
    (
        "IncidentFilter",
        FILTER | {"incident_platform": "OpsGenie"},
        "incident_platform must be one of AzMonitor, PagerDuty, ServiceNow",
    ),
    (
        "IncidentFilter",
        FILTER | {"priorities": ["Sev1", "P1"]},
        "priorities[1] must be one of Sev0, Sev1, Sev2, Sev3, Sev4, the priorities of AzMonitor",
    ),
    (
        "IncidentFilter",
        FILTER | {"incident_platform": "ServiceNow", "priorities": ["P1"]},
        "priorities[0] must be one of 1, 2, 3, 4, 5, the priorities of ServiceNow",
    ),
    (
        "IncidentFilter",
        FILTER | {"incident_platform": "PagerDuty", "priorities": ["P0"]},
        "priorities[0] must be one of P1, P2, P3, P4, P5, the priorities of PagerDuty",
    ),
    ("IncidentFilter", FILTER | {"title_contains_all": "db"}, "title_contains_all must be a list"),
    ("IncidentFilter", FILTER | {"agent_mode": "Manual"}, "agent_mode must be one of Autonomous, Review"),
    ("IncidentFilter", FILTER | {"merge_window_hours": 25}, "merge_window_hours must be between 1 and 24"),
    ("IncidentFilter", FILTER | {"merge_window_hours": 1.5}, "merge_window_hours must be a whole number"),
    (
        "IncidentFilter",
        FILTER | {"max_automated_investigation_attempts": 0},
        "max_automated_investigation_attempts must be at least 1",
    ),
    ("IncidentFilter", FILTER | {"handling_agent": " "}, "handling_agent must not be empty"),
    ("IncidentFilter", FILTER | {"is_enabled": "yes"}, "is_enabled must be true or false"),
    (
        "IncidentIndexing",
        {"platform": "opsgenie"},
        "platform must be one of azmonitor, pagerduty, servicenow",
    ),
    ("IncidentIndexing", INDEXING | {"lookback_days": 0}, "lookback_days must be at least 1"),
    (
        "IncidentIndexing",
        INDEXING | {"additional_properties": {"lookbackDays": 3}},
        "additional_properties.lookbackDays has an argument here: lookback_days",
    ),
    (
        "IncidentIndexing",
        INDEXING | {"additional_properties": {"providerType": "x"}},
        "additional_properties.providerType has an argument here: platform",
    ),
    ("AgentPower", {"state": "Paused"}, "state must be one of Running, Stopped"),
    ("QuickstartPlan", {}, "present is missing"),
    ("HttpTrigger", without(TRIGGER, "agent_prompt"), "agent_prompt is missing"),
    ("HttpTrigger", TRIGGER | {"agent_prompt": " "}, "agent_prompt must not be empty"),
    ("HttpTrigger", TRIGGER | {"agent_mode": "Manual"}, "agent_mode must be one of Autonomous, Review"),
    (
        "HttpTrigger",
        TRIGGER | {"agent_promt": "x"},
        "agent_promt is not a property here (did you mean 'agent_prompt'?)",
    ),
]


@pytest.mark.parametrize(("kind", "args", "sentence"), REFUSED)
def test_bad_input_is_refused_in_one_sentence(kind: str, args: Json, sentence: str) -> None:
    """That names the property, before anything is sent."""
    assert [fault.reason for fault in resources.validate(kind, args)] == [sentence]


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("IncidentPlatform", {"type": "AzMonitor"}),
        ("IncidentPlatform", {"type": "None"}),
        ("IncidentPlatform", PAGER),
        ("IncidentPlatform", OAUTH),
        ("IncidentFilter", {"name": "all", "incident_platform": "PagerDuty"}),
        ("IncidentIndexing", {"platform": "azmonitor", "additional_properties": {"anything": 1}}),
        ("QuickstartPlan", {"present": True}),
        ("HttpTrigger", TRIGGER),
    ],
)
def test_good_input_passes(kind: str, args: Json) -> None:
    assert resources.validate(kind, args) == []


@pytest.mark.parametrize(
    ("kind", "args", "canonical"),
    [
        ("IncidentFilter", FILTER | {"priorities": ["sev1", "SEV0"]}, {"priorities": ["Sev0", "Sev1"]}),
        (
            "IncidentFilter",
            FILTER | {"incident_platform": "AzureMonitor"},
            {"incident_platform": "AzMonitor"},
        ),
        ("IncidentFilter", FILTER | {"agent_mode": "autonomous"}, {"agent_mode": "Autonomous"}),
        ("IncidentFilter", FILTER, {"handling_agent": "default", "is_enabled": True}),
        ("IncidentFilter", FILTER | {"is_enabled": False}, {"is_enabled": False}),
        ("IncidentFilter", FILTER | {"handling_agents": ["a"]}, {"handling_agent": None}),
        (
            "IncidentPlatform",
            SNOW | {"connection_url": "https://contoso.service-now.com/"},
            {"connection_url": "https://contoso.service-now.com"},
        ),
    ],
)
def test_one_thing_is_written_in_one_way(kind: str, args: Json, canonical: Json) -> None:
    """And what the kind assumes is said."""
    inputs = model_of(kind).check({}, {"agent_id": AGENT_ID, **args}, StackDefaults())[0]

    assert {name: inputs.get(name) for name in canonical} == canonical


@pytest.mark.parametrize(
    ("args", "sent"),
    [
        pytest.param({"type": "AzMonitor"}, {"type": "AzMonitor", "connectionName": "azmonitor"}, id="azure"),
        pytest.param(
            PAGER,
            {
                "type": "PagerDuty",
                "connectionName": "pagerduty",
                "connectionKey": "u+s3cret-user-key",
                "oboUser": "me@contoso.com",
            },
            id="pagerduty",
        ),
        pytest.param(
            SNOW,
            {
                "type": "ServiceNow",
                "connectionName": "servicenow",
                "connectionUrl": "https://contoso.service-now.com",
                "connectionKey": json.dumps(
                    {
                        "endpoint": "https://contoso.service-now.com",
                        "username": "sre",
                        "password": "s3cret-password",
                    }
                ),
            },
            id="servicenow",
        ),
        pytest.param(
            OAUTH,
            {
                "type": "ServiceNow",
                "connectionName": "servicenow",
                "connectionUrl": "https://contoso.service-now.com",
                "apiConnectionName": "snow",
            },
            id="servicenow-through-oauth",
        ),
        pytest.param({"type": "None"}, {"type": "None"}, id="none"),
    ],
)
def test_a_platform_is_said_in_azures_words(args: Json, sent: Json) -> None:
    """ServiceNow's login is a text that holds JSON (docs/reference/run-time.md#incident-platforms)."""
    assert model_of("IncidentPlatform").to_wire({"agent_id": AGENT_ID, **args}) == sent


def test_a_plan_and_a_trigger_are_said_in_azures_words() -> None:
    plan = model_of("IncidentFilter").to_wire(SAMPLES["IncidentFilter"].args)
    trigger = model_of("HttpTrigger").to_wire(SAMPLES["HttpTrigger"].args)

    assert {name: plan[name] for name in ("azMonitorFilterSettings", "icmFilterSettings")} == {
        "azMonitorFilterSettings": {
            "targetResourceType": "Microsoft.App/containerApps",
            "targetResource": "checkout",
        },
        "icmFilterSettings": {"tier": 1},
    }
    assert sorted(plan) == PLAN
    assert sorted(trigger) == ["agent", "agentMode", "agentPrompt", "description", "isEnabled", "threadId"]

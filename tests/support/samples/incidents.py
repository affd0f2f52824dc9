"""Samples of what has to do with incidents, power and triggers."""

from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure

from .sample import Json, Sample

PLAYGROUND = "/api/v1/incidentPlayground"
TRIGGERS = "/api/v1/httptriggers"
HANDLED = ("description", "customInstructions", "tools", "incidentProcessingGuide", "incidents")
AZ_MONITOR: Json = {"incidentManagementConfiguration": {"type": "AzMonitor", "connectionName": "azmonitor"}}

PAGER: Json = {"type": "PagerDuty", "connection_key": "u+s3cret-user-key", "obo_user": "me@contoso.com"}
OAUTH: Json = {
    "type": "ServiceNow",
    "connection_url": "https://contoso.service-now.com",
    "api_connection_name": "snow",
}
FILTER: Json = {"name": "urgent", "incident_platform": "AzMonitor", "priorities": ["Sev0"]}
TRIGGER: Json = {"name": "deploys", "agent_prompt": "Look."}
"""Some arguments of each, where not all are wanted."""


def wire(kind: Kind, inputs: Json) -> Json:
    return provider_of(kind.name).model.to_wire(inputs)


def write_plan(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    """Write the filter and its handler, as the portal does."""
    agent_id, name, spec = inputs["agent_id"], inputs["name"], wire(kind, inputs)
    handler = {member: spec.pop(member) for member in HANDLED if member in spec}
    body = {"name": name, "type": kind.envelope, "properties": spec}
    assert cloud.data("PUT", agent_id, f"{kind.data}/{name}", body).is_success
    path = f"{PLAYGROUND}/handlers/{name}-handler"
    is_new = not cloud.data("GET", agent_id, path).is_success
    handler |= {"incidentFilterId": name}
    assert cloud.data("PUT" if is_new else "POST", agent_id, path, handler).is_success


def write_platform(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    patch(cloud, inputs["agent_id"], wire(kind, inputs))


def patch(cloud: LocalAzure, agent_id: str, platform: Json | None) -> None:
    """Set the platform through ARM, not keeping what the old one had."""
    for block in (None, platform):
        answer = cloud.arm("PATCH", agent_id, {"properties": {"incidentManagementConfiguration": block}})
        cloud.settle(answer)
    wanted = platform["type"] if platform else "None"
    cloud.poll(lambda: cloud.platform(agent_id) == wanted)


def platform_is_there(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    block = cloud.arm("GET", inputs["agent_id"]).json()["properties"].get("incidentManagementConfiguration")
    return bool(block and block["type"] == inputs["type"])


def write_quickstart(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    """Have the plan come back, or delete it as somebody in the portal does."""
    if not inputs["present"]:
        cloud.data("DELETE", inputs["agent_id"], f"{kind.data}/quickstart_response_plan")
        return
    path = "/api/v2/extendedAgent/incidentFilters/quickstart_response_plan"
    body = {"properties": {"incidentPlatform": "AzMonitor"}}
    assert cloud.data("PUT", inputs["agent_id"], path, body).is_success


def quickstart_is_there(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    """Whether things are as inputs say: what may be present need not be."""
    found = cloud.data("GET", inputs["agent_id"], str(kind.data)).json()
    return bool(inputs["present"]) or not [plan for plan in found if plan["id"].startswith("quickstart")]


def write_indexing(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    path = f"{kind.data}/{inputs['platform']}/configuration"
    body = {"providerType": inputs["platform"], **wire(kind, inputs)}
    assert cloud.data("PUT", inputs["agent_id"], path, body).is_success


def indexing_is_there(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    path = f"{kind.data}/{inputs['platform']}/configuration"
    return cloud.data("GET", inputs["agent_id"], path).is_success


def write_power(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    action = {"Running": "start", "Stopped": "stop"}[inputs["state"]]
    cloud.settle(cloud.arm("POST", f"{inputs['agent_id']}/{action}"))


def power_is_there(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    power = cloud.arm("GET", inputs["agent_id"]).json()["properties"]["powerState"]
    return bool(power == inputs["state"])


def triggers_named(cloud: LocalAzure, agent_id: str, name: str) -> list[str]:
    """Return the ids of an agent's triggers of one name."""
    listed = cloud.data("GET", agent_id, TRIGGERS).json()
    return [trigger["id"] for trigger in listed if trigger["name"] == name]


def write_trigger(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    agent_id, name, spec = inputs["agent_id"], inputs["name"], wire(kind, inputs)
    is_enabled = spec.pop("isEnabled", True)
    body = {"name": name, **spec}
    if not (ids := triggers_named(cloud, agent_id, name)):
        ids = [cloud.data("POST", agent_id, f"{TRIGGERS}/create", body).json()["triggerId"]]
    (trigger_id,) = ids
    assert cloud.data("PUT", agent_id, f"{TRIGGERS}/{trigger_id}", body).is_success
    action = "enable" if is_enabled else "disable"
    assert cloud.data("POST", agent_id, f"{TRIGGERS}/{trigger_id}/{action}").is_success


def trigger_is_there(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    """Whether there is one, and not two."""
    found = triggers_named(cloud, inputs["agent_id"], inputs["name"])
    assert len(found) < 2
    return bool(found)


INCIDENTS: dict[str, Sample] = {
    "IncidentFilter": Sample(
        {
            "name": "urgent",
            "incident_platform": "AzMonitor",
            "priorities": ["Sev0", "Sev1"],
            "title_contains": "payments",
            "title_contains_all": ["db", "slow"],
            "title_contains_any": ["prod", "staging"],
            "title_not_contains": ["test"],
            "incident_type": "major",
            "impacted_service": "checkout",
            "alert_id": "/subscriptions/s/providers/rule",
            "az_monitor_filter_settings": {
                "target_resource_type": "Microsoft.App/containerApps",
                "target_resource": "checkout",
            },
            "owning_team_id": "7",
            "owning_team_ids": ["7", "8"],
            "icm_filter_settings": {"tier": 1},
            "handling_agent": "database-expert",
            "handling_agents": ["database-expert", "network-expert"],
            "agent_mode": "Review",
            "max_automated_investigation_attempts": 5,
            "deep_investigation_enabled": True,
            "merge_enabled": True,
            "merge_window_hours": 6,
            "is_enabled": True,
            "description": "What wakes people up.",
            "custom_instructions": "Look at the database first.\n",
            "tools": ["RunAzCliReadCommands", "SearchMemory"],
            "incident_processing_guide": [{"step": "Look."}],
            "incidents": ["INC1"],
        },
        {
            "priorities": ["Sev2"],
            "title_contains": "ledger",
            "title_contains_all": ["db"],
            "title_contains_any": ["prod"],
            "title_not_contains": ["drill"],
            "incident_type": "security",
            "impacted_service": "ledger",
            "alert_id": "/subscriptions/s/providers/other",
            "az_monitor_filter_settings": {
                "target_resource_type": "Microsoft.App/containerApps",
                "target_resource": "ledger",
            },
            "owning_team_id": "8",
            "owning_team_ids": ["9"],
            "icm_filter_settings": {"tier": 2},
            "handling_agent": "meta_agent",
            "handling_agents": ["network-expert"],
            "agent_mode": "Autonomous",
            "max_automated_investigation_attempts": 2,
            "deep_investigation_enabled": False,
            "merge_enabled": False,
            "merge_window_hours": 12,
            "is_enabled": False,
            "description": "What can wait.",
            "custom_instructions": "Look at the network first.\n",
            "tools": ["SearchMemory"],
            "incident_processing_guide": [{"step": "Look twice."}],
            "incidents": ["INC1", "INC2"],
        },
        replaces={"incident_platform": "PagerDuty"},
        agent=AZ_MONITOR,
        write=write_plan,
    ),
    "IncidentPlatform": Sample(
        {
            "type": "ServiceNow",
            "connection_url": "https://contoso.service-now.com",
            "username": "sre",
            "password": "s3cret-password",
        },
        {"connection_url": "https://fabrikam.service-now.com"},
        hidden={"username": "oncall", "password": "s3cret-other"},
        keyed=None,
        write=write_platform,
        is_there=platform_is_there,
        method="PATCH",
        path="$",
        operations=True,
    ),
    "QuickstartPlan": Sample(
        {"present": False},
        {"present": True},
        agent=AZ_MONITOR,
        keyed=None,
        write=write_quickstart,
        is_there=quickstart_is_there,
        method="DELETE",
        path="/filters/",
        refuses=False,
        deletable=False,
    ),
    "IncidentIndexing": Sample(
        {
            "platform": "servicenow",
            "assignment_group": "Network",
            "lookback_days": 60,
            "additional_properties": {"includeResolved": True},
        },
        {
            "assignment_group": "Database",
            "lookback_days": 90,
            "additional_properties": {"includeResolved": False},
        },
        replaces={"platform": "pagerduty"},
        keyed=None,
        write=write_indexing,
        is_there=indexing_is_there,
        path="/configuration$",
        deletable=False,
    ),
    "AgentPower": Sample(
        {"state": "Stopped"},
        {"state": "Running"},
        keyed=None,
        write=write_power,
        is_there=power_is_there,
        method="POST",
        path="/stop$",
        operations=True,
        refuses=False,
        deletable=False,
    ),
    "HttpTrigger": Sample(
        {
            "name": "deploys",
            "agent_prompt": "Look at deployment {payload.id}.\n",
            "description": "Looks at deployments.",
            "agent": "guard",
            "agent_mode": "Review",
            "thread_id": "7f3f7fd0-9b56-4a4f-9d3a-0f1d3e6a1c11",
            "is_enabled": False,
        },
        {
            "agent_prompt": "Look at release {payload.id}.\n",
            "description": "Looks at releases.",
            "agent": "judge",
            "agent_mode": "Autonomous",
            "thread_id": "7f3f7fd0-9b56-4a4f-9d3a-0f1d3e6a1c12",
            "is_enabled": True,
        },
        outputs=frozenset({"trigger_id", "trigger_url"}),
        write=write_trigger,
        is_there=trigger_is_there,
        method="POST",
        path="/create$",
        nameless=True,
    ),
}

SNOW: Json = INCIDENTS["IncidentPlatform"].args

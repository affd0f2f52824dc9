"""An agent's incident platform as its runtime sees it, and what comes and goes with one.

See docs/reference/data-plane.md#incident-filters, docs/reference/run-time.md#incident-platforms,
docs/reference/product.md#quickstart-plans.
"""

from dataclasses import replace

from sre_agent_local.azure import clock
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.kinds import INCIDENT_FILTERS
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.settings import LocalSettings
from sre_agent_local.azure.state.store import Resource

NONE = "None"
PLATFORMS = ("AzMonitor", "PagerDuty", "ServiceNow")
"""Types that work; ARM stores any other, and the runtime then has none."""
QUICKSTART = {"AzMonitor": ["Sev3"], "PagerDuty": ["P1"], "ServiceNow": ["2"]}
"""What the default plan takes, by platform, as the latest pages have it."""


def configured(agent: Resource) -> str:
    """Return the type that ARM holds; `None` without one."""
    return str((agent.properties.get("incidentManagementConfiguration") or {}).get("type") or NONE)


def visible_platform(agent: Resource) -> str:
    """Return the type that the runtime knows of, some time after ARM."""
    change = agent.state.get("platform")
    if change and clock.now() < change["seenAt"]:
        return str(change["before"])
    return configured(agent) if configured(agent) in PLATFORMS else NONE


def with_platform_change(before: Resource | None, agent: Resource, settings: LocalSettings) -> Resource:
    """Return an agent about to be stored, noting when its runtime will see another platform."""
    if configured(agent) == (configured(before) if before else NONE):
        return agent
    seen_at = clock.now() + settings.operation_seconds + settings.platform_seconds
    note: Json = {"before": visible_platform(before) if before else NONE, "seenAt": seen_at}
    return replace(agent, state=agent.state | {"platform": note})


def replace_filters(azure: AzureState, before: Resource | None, agent: Resource) -> None:
    """Drop the filters of a platform that is not connected any more, and make the default one of another."""
    platform = configured(agent)
    if platform == (configured(before) if before else NONE):
        return
    for item in azure.store.of_type(INCIDENT_FILTERS.type, agent.id):
        azure.store.delete(item.id)
    if azure.settings.quickstart_plan and platform in PLATFORMS:
        properties: Json = {
            "incidentPlatform": platform,
            "priorities": QUICKSTART[platform],
            "handlingAgent": "default",
            "agentMode": "Autonomous",
            "isEnabled": True,
        }
        filter_id = f"{agent.id}/{INCIDENT_FILTERS.control}/{azure.settings.quickstart_plan}"
        azure.store.put(Resource(filter_id, INCIDENT_FILTERS.type, {"properties": properties}))

"""Which response plan takes an incident (docs/reference/product.md#which-plan-takes-it)."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.kinds import INCIDENT_FILTERS, INCIDENT_HANDLER_TYPE
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from .incident import AZURE_MONITOR, Incident

MERGE_WINDOW_HOURS = 3
"""Where a plan does not say (docs/reference/assumptions.md#merge-window)."""
THE_AGENT_ITSELF = ("", "default", "meta_agent")


@dataclass(frozen=True)
class Plan:
    """A response plan, by the filter and the handlers that it is made of."""

    name: str
    subagent: str
    """The one that handles; empty: the agent itself."""
    mode: str
    instructions: str
    merge_window_seconds: float
    """For how long alerts of one rule join what is there; 0: each opens a thread."""


def matching(azure: AzureState, agent: Resource, incident: Incident) -> tuple[list[Plan], dict[str, str]]:
    """Return the plans whose conditions all hold, and of the others which condition does not, by name."""
    plans, missed = [], {}
    for item in items.list_of(azure, agent, INCIDENT_FILTERS):
        reason = first_miss(item.properties, incident)
        if reason is None:
            plans.append(_plan(azure, agent, item.name, _by_lower_name(item.properties)))
        else:
            missed[item.name] = reason
    return plans, missed


def first_miss(filter_: Json, incident: Incident) -> str | None:
    """Say which condition of a filter an incident does not meet; None where it meets them all."""
    members = _by_lower_name(filter_)
    return next((reason for reason, holds in _CONDITIONS if not holds(members, incident)), None)


def choose(plans: Sequence[Plan], incident: Incident, seed: int) -> Plan:
    """Return the one of several that takes an incident, which is undefined: drawn here, by a seed."""
    return random.Random(f"{seed}/{incident.merge_key}").choice(plans)  # noqa: S311 - to be the same again


def _by_lower_name(members: Json) -> Json:
    return {name.lower(): value for name, value in members.items()}


def _plan(azure: AzureState, agent: Resource, name: str, members: Json) -> Plan:
    several = members.get("handlingagents") or [""]
    subagent = str(members.get("handlingagent") or several[0])
    handlers = azure.store.of_type(INCIDENT_HANDLER_TYPE, agent.id)
    instructions = [
        str(handler.properties.get("customInstructions") or "")
        for handler in handlers
        if name.lower() in (str(handler.properties.get("incidentFilterId")).lower(), handler.name.lower())
        or handler.name.lower() == f"{name}-handler".lower()
    ]
    merges = members.get("mergeenabled") is not False and members["incidentplatform"] == AZURE_MONITOR
    hours = float(members.get("mergewindowhours") or MERGE_WINDOW_HOURS)
    return Plan(
        name=name,
        subagent="" if subagent.lower() in THE_AGENT_ITSELF else subagent,
        mode=str(members.get("agentmode") or "Autonomous"),
        instructions="\n".join(filter(None, instructions)),
        merge_window_seconds=hours * 3600 if merges else 0.0,
    )


def _is_on(members: Json, _: Incident) -> bool:
    return members.get("isenabled") is not False and not members.get("isdeleted")


def _has_platform(members: Json, incident: Incident) -> bool:
    return members.get("incidentplatform") == incident.platform


def _has_priority(members: Json, incident: Incident) -> bool:
    wanted = [str(one).lower() for one in members.get("priorities") or []]
    return not wanted or incident.priority.lower() in wanted


def _has_all(members: Json, incident: Incident) -> bool:
    words = [members.get("titlecontains") or "", *(members.get("titlecontainsall") or [])]
    return all(str(word) in incident.title for word in words)


def _has_any(members: Json, incident: Incident) -> bool:
    words = members.get("titlecontainsany") or []
    return not words or any(str(word) in incident.title for word in words)


def _has_none(members: Json, incident: Incident) -> bool:
    return not any(str(word) in incident.title for word in members.get("titlenotcontains") or [])


def _has_service(members: Json, incident: Incident) -> bool:
    return _fits(members.get("impactedservice"), incident.service)


def _has_type(members: Json, incident: Incident) -> bool:
    return _fits(members.get("incidenttype"), incident.incident_type)


def _has_id(members: Json, incident: Incident) -> bool:
    return _fits(members.get("alertid"), incident.id)


def _has_resource(members: Json, incident: Incident) -> bool:
    wanted = str(_monitor_settings(members).get("targetResource") or "").lower()
    return not wanted or f"{incident.resource}/".lower().startswith(f"{wanted.rstrip('/')}/")


def _has_resource_type(members: Json, incident: Incident) -> bool:
    return _fits(_monitor_settings(members).get("targetResourceType"), incident.resource_type)


def _monitor_settings(members: Json) -> Json:
    settings = members.get("azmonitorfiltersettings")
    return settings if isinstance(settings, dict) else {}


def _fits(wanted: object, value: str) -> bool:
    """Compare without regard to case; nothing, and the portal's "All", fit everything."""
    return str(wanted or "all").lower() in ("all", value.lower())


_CONDITIONS: tuple[tuple[str, Callable[[Json, Incident], bool]], ...] = (
    ("it is off", _is_on),
    ("it is for another platform", _has_platform),
    ("it takes other priorities", _has_priority),
    ("the title lacks one of titleContainsAll", _has_all),
    ("the title has none of titleContainsAny", _has_any),
    ("the title has one of titleNotContains", _has_none),
    ("it is for another impacted service", _has_service),
    ("it is for another incident type", _has_type),
    ("it is for another alert", _has_id),
    ("it is for another resource", _has_resource),
    ("it is for another type of resource", _has_resource_type),
)
"""In the order in which they are looked at, and what it means where one does not hold."""
